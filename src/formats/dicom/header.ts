import { open } from 'node:fs/promises';
import type { DataSet, Element } from 'dicom-parser';
import { messageOf } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { parseElements, type ReadElements } from './elements';
import { hasPrefix } from './prefix';

/** Tag of the pixels, behind which nothing of use follows. */
const PIXEL_DATA = 'x7fe00010';
/** Bytes that are read first; most headers are shorter. */
const HEAD_BYTES = 65_536;
/** Where in a file, or in what it unpacks to, the pixels are. */
export interface PixelPlace {
  readonly offset: number;
  /** Bytes; of unknown number where they are encapsulated. */
  readonly length: number;
  readonly encapsulated: boolean;
  /** Whether they are stored as words of two bytes (OW). */
  readonly words: boolean;
  /** The unpacked file, if it was deflated. */
  readonly unpacked: Uint8Array | null;
}

/** A file's elements up to its pixels. */
export interface DicomFile {
  readonly path: string;
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** Null where the file has no image. */
  readonly pixels: PixelPlace | null;
  readonly bytes: number;
}

/**
 * Read a DICOM file (PS3.10) up to its pixels.
 * @throws SlicescopeError `unsupported-format` if it has no DICOM prefix, `file-corrupt` if its elements cannot be followed.
 */
export async function readDicomFile(path: string): Promise<DicomFile> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (let length = Math.min(size, HEAD_BYTES); ; length = Math.min(size, length * 16)) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
      const head = buffer.subarray(0, bytesRead);
      if (!hasPrefix(head)) {
        throw unsupported(
          path,
          'no DICOM file, it has no DICM at byte 128; if it is an older one, rewrite it with its header',
        );
      }
      const whole = bytesRead >= size || bytesRead < length;
      const parsed = parse(path, head, whole);
      if (parsed !== null) return { ...parsed, path, bytes: size };
    }
  } finally {
    await file.close();
  }
}

/** Null where more of the file is needed. */
function parse(path: string, bytes: Uint8Array, whole: boolean): Omit<DicomFile, 'path' | 'bytes'> | null {
  let read: ReadElements;
  try {
    read = parseElements(bytes, whole, PIXEL_DATA);
  } catch (thrown) {
    if (!whole) return null;
    throw corrupt(path, `its DICOM elements cannot be followed (${messageOf(thrown)})`, thrown);
  }
  const { dataSet, unpacked } = read;
  const element = dataSet.elements[PIXEL_DATA];
  if (element === undefined && !whole) return null;
  const transferSyntax = dataSet.string('x00020010') ?? '';
  return { dataSet, transferSyntax, pixels: element === undefined ? null : placeOf(element, unpacked) };
}

function placeOf(element: Element, unpacked: Uint8Array | null): PixelPlace {
  const encapsulated = element.hadUndefinedLength ?? false;
  return { offset: element.dataOffset, length: element.length, encapsulated, words: element.vr === 'OW', unpacked };
}
