import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HEAD_BYTES } from '../format';
import { withoutEnd } from '../text-end';
import { readHead } from '../voxels';

/** Whether a file begins as DICOM's do: 128 bytes of anything, then this word. */
export function hasPrefix(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
}

/**
 * How a file without a preamble begins: with its header (group 0002), which says how the other
 * elements lie, or with its data (group 0008), with or without value representations. Little endian.
 */
export type Bare = 'header' | 'explicit' | 'implicit';

/** Value representations (PS3.5 6.2); those whose length has 32 bits. */
const SHORT = new Set('AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));
export const LONG: ReadonlySet<string> = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));

const UID = /^[0-2](\.\d+){3,}$/;
/** Elements by which such a file is known, two of them at least; they are in all that were ever written. */
const TELLING: ReadonlyMap<number, RegExp> = new Map([
  [0x0002_0002, UID], // MediaStorageSOPClassUID
  [0x0002_0003, UID], // MediaStorageSOPInstanceUID
  [0x0002_0010, /^1\.2\.840(\.\d+)+$/], // TransferSyntaxUID
  [0x0008_0010, /^ACR-NEMA [12]/], // RecognitionCode
  [0x0008_0016, UID], // SOPClassUID
  [0x0008_0018, UID], // SOPInstanceUID
  [0x0008_0020, /^(\d{8}|\d{4}\.\d\d\.\d\d)$/], // StudyDate
  [0x0008_0060, /^[A-Z]{2,16}$/], // Modality
]);
const LEAST_TELLING = 2;

/**
 * How a file without a preamble begins, as ACR-NEMA's do, and those whose preamble was cut off. Null
 * if it is no DICOM: the tags must ascend, each length must lead to the next element, and some
 * elements must have their texts.
 */
export function bareKind(file: Uint8Array): Bare | null {
  const head = file.subarray(0, HEAD_BYTES);
  if (head.length < 8 || head[1] !== 0 || (head[0] !== 2 && head[0] !== 8)) return null;
  const group = head[0];
  const isExplicit = SHORT.has(textAt(head, 4, 2)) || LONG.has(textAt(head, 4, 2));
  if (group === 2 && !isExplicit) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  let [at, before, telling] = [0, -1, 0];
  while (at + 12 <= head.length) {
    const tag = view.getUint16(at, true) * 65_536 + view.getUint16(at + 2, true);
    if (tag <= before) return null;
    if (tag >>> 16 !== group) break;
    const vr = isExplicit ? textAt(head, at + 4, 2) : '';
    if (isExplicit && !SHORT.has(vr) && !LONG.has(vr)) return null;
    const start = at + (LONG.has(vr) ? 12 : 8);
    const length = SHORT.has(vr) ? view.getUint16(at + 6, true) : view.getUint32(start - 4, true);
    if (length === 0xffff_ffff) break; // A sequence, whose end is not looked for.
    if (TELLING.get(tag)?.test(textAt(head, start, Math.min(length, 64))) === true) telling += 1;
    [at, before] = [start + length, tag];
  }
  if (telling < LEAST_TELLING) return null;
  return group === 2 ? 'header' : isExplicit ? 'explicit' : 'implicit';
}

/** Without what pads it. */
function textAt(bytes: Uint8Array, at: number, length: number): string {
  return withoutEnd(String.fromCharCode(...bytes.subarray(at, at + length)), '\0 ');
}

/** Whether a file is DICOM. @param head its first bytes. */
export function isDicomHead(head: Uint8Array): boolean {
  return hasPrefix(head) || bareKind(head) !== null;
}

export async function isDicom(path: string): Promise<boolean> {
  // A link may lead nowhere.
  if ((await stat(path).catch(() => null))?.isFile() !== true) return false;
  return isDicomHead((await readHead(path, HEAD_BYTES)).bytes);
}

/** Folders in folders that are looked into. */
export const MOST_DEPTH = 16;

/** Whether there is a DICOM file in a folder, or in a folder within it. */
export async function hasDicom(folder: string, depth = 0): Promise<boolean> {
  const inner: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (await isDicom(path)) return true;
    } else if (depth < MOST_DEPTH && !entry.name.startsWith('.')) inner.push(path);
  }
  for (const path of inner) if (await hasDicom(path, depth + 1)) return true;
  return false;
}
