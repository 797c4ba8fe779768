import { segmentation } from './dicom/write';
import { metaimage } from './metaimage/write';
import { mrc } from './mrc/write';
import { nifti } from './nifti/write';
import { npy } from './npy/write';
import { nrrd } from './nrrd/write';
import { tiff } from './tiff/write';
import type { Writer } from './writer';
import { zarr } from './zarr/write';

/** All kinds of files that can be written. */
export const WRITERS: readonly Writer[] = [nifti, nrrd, metaimage, mrc, npy, tiff, zarr, segmentation];

/** The kind of a path by its ending; the longest ending decides. Null if none fits. */
export function writerOf(path: string): Writer | null {
  const lower = path.toLowerCase();
  const fitting = WRITERS.flatMap((writer) =>
    writer.endings.filter((ending) => lower.endsWith(ending)).map((ending) => ({ writer, length: ending.length })),
  );
  return fitting.sort((one, other) => other.length - one.length)[0]?.writer ?? null;
}
