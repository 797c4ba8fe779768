import type { DataSet, Element } from 'dicom-parser';
import { messageOf } from '../../protocol';
import { corrupt, openFile, readInto, unsupported } from '../format';
import { parseElements, type ReadElements } from './elements';
import { hasPrefix, isDicomHead } from './prefix';

/** Tag of the pixels, behind which nothing of use follows. */
const PIXEL_DATA = 'x7fe00010';
/** Objects of contours, and the tag of these (ROIContourSequence). */
export const STRUCTURE_SET = '1.2.840.10008.5.1.4.1.1.481.3';
export const CONTOURS = 'x30060039';
/** Bytes that are read first; most headers are shorter. */
const HEAD_BYTES = 65_536;
/** Bytes that are looked at for the pixels. */
const MOST_HEADER_BYTES = 2 ** 28;
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

/** A file's elements up to its pixels or its contours, which are read one by one. */
export interface DicomFile {
  readonly path: string;
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** Null where the file has no image. */
  readonly pixels: PixelPlace | null;
  /** The unpacked file, if it was deflated. */
  readonly unpacked: Uint8Array | null;
  readonly bytes: number;
}

/**
 * Read a DICOM file (PS3.10) up to its pixels or its contours.
 * @throws SlicescopeError `unsupported-format` if it does not begin as DICOM does, `file-corrupt` if its elements cannot be followed.
 */
export async function readDicomFile(path: string): Promise<DicomFile> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    for (let length = Math.min(size, HEAD_BYTES); ; length = Math.min(size, length * 16)) {
      if (length > MOST_HEADER_BYTES) {
        throw unsupported(
          path,
          `no pixels within the first ${String(MOST_HEADER_BYTES)} bytes; what comes before them is too long`,
        );
      }
      const buffer = new Uint8Array(length);
      const bytesRead = await readInto(file, buffer, 0);
      const head = buffer.subarray(0, bytesRead);
      if (!isDicomHead(head)) {
        throw unsupported(
          path,
          'no DICOM file, it has no DICM at byte 128, nor does it begin with little-endian elements of the group 0002 or 0008',
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
    read = parseElements(bytes, whole, lastTag);
  } catch (thrown) {
    if (!whole) return null;
    throw corrupt(path, `its DICOM elements cannot be followed (${messageOf(thrown)})`, thrown);
  }
  const { dataSet, transferSyntax, unpacked } = read;
  const element = dataSet.elements[PIXEL_DATA];
  if (element === undefined && dataSet.elements[CONTOURS] === undefined && !whole) return null;
  if (element !== undefined && !hasPrefix(bytes)) checkOld(path, dataSet);
  return { dataSet, transferSyntax, pixels: element === undefined ? null : placeOf(element, unpacked), unpacked };
}

function lastTag(sopClass: string | undefined): string {
  return sopClass === STRUCTURE_SET ? CONTOURS : PIXEL_DATA;
}

/** What ACR-NEMA could say of pixels, and no file with a header says. */
function checkOld(path: string, dataSet: DataSet): void {
  const compression = (dataSet.string('x00280060') ?? '').trim();
  if (compression !== '' && compression !== 'NONE') {
    throw unsupported(
      path,
      `its pixels are compressed as ACR-NEMA had it (CompressionCode ${compression}); decompress it`,
    );
  }
  const [stored, high] = [dataSet.uint16('x00280101'), dataSet.uint16('x00280102')];
  if (stored !== undefined && high !== undefined && high !== stored - 1) {
    const what = `${String(stored)} bits of each value, the highest of them bit ${String(high)} (HighBit)`;
    throw unsupported(path, `it has ${what}, expected bit ${String(stored - 1)}; move them to the lowest bits`);
  }
}

function placeOf(element: Element, unpacked: Uint8Array | null): PixelPlace {
  const encapsulated = element.hadUndefinedLength ?? false;
  return { offset: element.dataOffset, length: element.length, encapsulated, words: element.vr === 'OW', unpacked };
}
