import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readHead } from '../voxels';

/** Whether a file begins as DICOM's do: 128 bytes of anything, then this word. */
export function hasPrefix(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
}

export async function isDicom(path: string): Promise<boolean> {
  if (!(await stat(path)).isFile()) return false;
  return hasPrefix((await readHead(path, 132)).bytes);
}

/** Whether a folder has a DICOM file. */
export async function hasDicom(folder: string): Promise<boolean> {
  for (const name of await readdir(folder)) if (await isDicom(join(folder, name))) return true;
  return false;
}
