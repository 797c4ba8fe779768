import { readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { SlicescopeError, quote } from '../protocol';
import { afni } from './afni';
import { dicom, hasDicom } from './dicom';
import { fileError, HEAD_BYTES, unsupported, type Format, type ReadRequest } from './format';
import { hdf5 } from './hdf5';
import { hasImages, images } from './images';
import { metaimage } from './metaimage';
import { mgh } from './mgh';
import { mrc } from './mrc';
import { mrtrix } from './mrtrix';
import { nifti } from './nifti';
import { npy } from './npy';
import { npz } from './npz';
import { nrrd } from './nrrd';
import { raw } from './raw';
import { looksLike } from './signatures';
import { tiff } from './tiff';
import { readHead } from './voxels';
import { isUrl, nameOf } from './web';
import { isZarr, zarr } from './zarr';

/**
 * All formats, in the order in which they are tried. DICOM is known by four bytes behind a preamble of
 * 128, which may begin like any other format; without a preamble, by elements that no other format
 * begins with.
 */
export const FORMATS: readonly Format[] = [
  ...[dicom, nifti, nrrd, metaimage, mrtrix, afni, npy, npz, hdf5, mrc, tiff, mgh],
  ...[images, zarr, raw],
];

/**
 * The format to read with: the one that was asked for, else the first that knows the file.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `unsupported-format`;
 *   `invalid-argument` for several files if the format has one.
 */
export async function formatOf(request: ReadRequest): Promise<Format> {
  const { paths, raw, format } = request;
  if (raw !== undefined && format !== undefined && format !== 'raw') {
    const message = `${nameOf(paths[0])}: format is ${quote(format)}, but raw describes a file that has no format; leave one of them out`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'format' });
  }
  const found = await formatOfFirst({ ...request, format: raw === undefined ? format : 'raw' });
  if (paths.length === 1 || found === dicom || found === images) return found;
  if (found === tiff) return images;
  const advice = 'several paths are slices: DICOM, PNG, JPEG or TIFF; open one file at a time';
  throw new SlicescopeError('invalid-argument', `${paths[0]}: ${found.title} is one file, and ${advice}`, {
    argument: 'path',
  });
}

async function formatOfFirst({ paths: [path], format }: ReadRequest): Promise<Format> {
  const named = FORMATS.find(({ name }) => name === format);
  if (named !== undefined) return named;
  if (isUrl(path)) return zarr;
  if (await isFolder(path))
    return (await isZarr(path)) ? zarr : (await hasImages(path)) && !(await hasDicom(path)) ? images : dicom;
  const head = await readHead(path, HEAD_BYTES);
  const found = FORMATS.find(({ matches }) => matches(head.bytes, basename(path).toLowerCase()));
  if (found !== undefined) return found;
  const header = await headerBeside(path);
  if (header !== null) throw unsupported(path, `values without a header, which lies beside them; open ${header}`);
  const known = FORMATS.map(({ title }) => title).join(', ');
  throw unsupported(path, `no volume: ${looksLike(head.bytes)}; what can be read is ${known}`);
}

/** The header of a file whose name is that of a pair's values. Null if it has no header beside it. */
async function headerBeside(path: string): Promise<string | null> {
  const name = basename(path);
  const header = name.replace(/\.img(\.gz)?$/i, '.hdr').replace(/\.BRIK(\.gz)?$/i, '.HEAD');
  return header !== name && (await readdir(dirname(path))).includes(header) ? header : null;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError(path, cause);
  }
}
