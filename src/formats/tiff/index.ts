import { fileHeader, type FileHeader } from '../file-header';
import type { Format } from '../format';
import { readTiff } from './read';
import { TiffFile } from './source';

export { readTiffSlices } from './slices';

function isTiff(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  return (
    (a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0) ||
    (a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43))
  );
}

/** The tags of the first page, without those that say where its parts lie. */
async function headerOf(path: string): Promise<FileHeader> {
  const file = await TiffFile.open(path);
  try {
    const directory = (await file.first()).getFileDirectory();
    for (const tag of directory.deferredFields.keys()) await directory.loadValue(tag as number);
    return fileHeader(Object.entries(directory.toObject()));
  } finally {
    await file.close();
  }
}

/**
 * TIFF and BigTIFF of one or many pages of one size, with the metadata of ImageJ, OME, tifffile,
 * MetaMorph and Zeiss LSM.
 */
export const tiff: Format = {
  name: 'tiff',
  title: 'TIFF (.tif, .tiff, .lsm)',
  several: ['series', 'level'],
  matches: (head) => isTiff(head),
  read: async (request, onFraction) => await readTiff(request.paths[0], request, onFraction),
  prepare: () => import('geotiff'),
  header: async ({ paths: [path] }) => await headerOf(path),
};
