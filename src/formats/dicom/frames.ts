import type { FileHandle } from 'node:fs/promises';
import {
  readEncapsulatedImageFrame,
  readEncapsulatedPixelDataFromFragments,
  createJPEGBasicOffsetTable,
  type DataSet,
  type Element,
} from 'dicom-parser';
import { isSlicescopeError, messageOf } from '../../protocol';
import { corrupt, openFile, readWhole, unsupported } from '../format';
import { checkColours, checkSyntax, decodeFrame, decodesToRgb } from './decode-frame';
import { toRgb } from './colour';
import { parseElements } from './elements';
import type { DicomImage } from './image';

const BIG_ENDIAN = '1.2.840.10008.1.2.2';
/** A file of packed frames is read whole: bytes that it may have. */
const MOST_PACKED_BYTES = 2 ** 32;

/** The frames of one file, one after the other. */
export class Frames {
  readonly #image: DicomImage;
  readonly #file: FileHandle | null;
  readonly #packed: { readonly dataSet: DataSet; readonly element: Element } | null;

  private constructor(
    image: DicomImage,
    file: FileHandle | null,
    packed: { dataSet: DataSet; element: Element } | null,
  ) {
    this.#image = image;
    this.#file = file;
    this.#packed = packed;
  }

  /** @throws SlicescopeError `unsupported-format`, `file-corrupt`. */
  static async open(image: DicomImage): Promise<Frames> {
    if (!image.pixels.encapsulated) {
      return new Frames(image, image.pixels.unpacked === null ? await openFile(image.path) : null, null);
    }
    checkSyntax(image);
    const { path, layout } = image;
    try {
      const { dataSet } = parseElements(await readWhole(path, MOST_PACKED_BYTES), true);
      const element = dataSet.elements.x7fe00010 as Element;
      if ((element.fragments?.length ?? 0) < layout.frames)
        throw new Error(`fewer fragments than the ${layout.frames} frames`);
      return new Frames(image, null, { dataSet, element });
    } catch (thrown) {
      if (isSlicescopeError(thrown)) throw thrown;
      throw corrupt(path, `its packed pixels cannot be followed (${messageOf(thrown)})`, thrown);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  /**
   * Put a frame into `target`: colours as RGB of 8 bits, other values as they are stored. The byte
   * order is the machine's (little endian).
   * @param target exactly as large as the frame.
   */
  async read(frame: number, target: Buffer): Promise<void> {
    const { layout, transferSyntax, pixels } = this.#image;
    const isColour = layout.samples === 3;
    if (layout.bitsAllocated % 8 !== 0) {
      await this.#readBits(frame, target);
      return;
    }
    if (this.#packed !== null) {
      const packed = this.#fragmentsOf(frame, this.#packed);
      const bytes = await decodeFrame(this.#image, packed);
      target.set(isColour && !decodesToRgb(this.#image, packed) ? toRgb(bytes, layout) : bytes);
      return;
    }
    const size = frameBytes(this.#image);
    if (!isColour) {
      await this.#readAt(frame * size, target);
      if (transferSyntax === BIG_ENDIAN && layout.bitsAllocated === 16) target.swap16();
      if (transferSyntax === BIG_ENDIAN && layout.bitsAllocated === 32) target.swap32();
      return;
    }
    if (layout.bitsAllocated === 16) {
      const wide = Buffer.alloc(target.length);
      await this.#readAt(frame * size, wide);
      if (transferSyntax === BIG_ENDIAN) wide.swap16();
      target.set(toRgb(wide, layout));
      return;
    }
    // Bytes of words in big endian lie the wrong way round, and a frame of odd size shares its last word.
    const isSwapped = transferSyntax === BIG_ENDIAN && pixels.words;
    const start = frame * size;
    const skip = isSwapped ? start % 2 : 0;
    const bytes = Buffer.alloc(isSwapped ? 2 * Math.ceil((skip + size) / 2) : size);
    await this.#readAt(start - skip, bytes);
    if (isSwapped) bytes.swap16();
    target.set(toRgb(bytes.subarray(skip, skip + size), layout));
  }

  /**
   * 1 or 12 bits a pixel, the lowest bit of a byte first. A frame may begin within a byte (PS3.5
   * 8.1.1, of 2004 for 12).
   */
  async #readBits(frame: number, target: Buffer): Promise<void> {
    const { layout, transferSyntax, pixels } = this.#image;
    const bits = layout.bitsAllocated;
    const count = layout.width * layout.height;
    const first = frame * count * bits;
    // From a word on, in which big endian has the bytes the other way round.
    const from = 2 * Math.floor(first / 16);
    const bytes = Buffer.alloc(2 * Math.ceil((first + count * bits) / 16) - from);
    const available = pixels.length - from;
    await this.#readAt(from, bytes.subarray(0, Math.min(bytes.length, available)));
    if (transferSyntax === BIG_ENDIAN && pixels.words) bytes.swap16();
    if (bits === 1) {
      unpackBits(bytes, first - from * 8, target.subarray(0, count));
      return;
    }
    const mask = 2 ** bits - 1;
    for (let i = 0; i < count; i++) {
      const bit = first + i * bits - from * 8;
      const at = bit >> 3;
      const held = (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
      target.writeUInt16LE((held >> (bit & 7)) & mask, 2 * i);
    }
  }

  async #readAt(from: number, target: Buffer): Promise<void> {
    const { path, pixels } = this.#image;
    const start = pixels.offset + from;
    if (pixels.unpacked !== null) {
      target.set(pixels.unpacked.subarray(start, start + target.length));
      return;
    }
    for (let done = 0; done < target.length;) {
      const read = await this.#file?.read(target, done, target.length - done, start + done);
      if (read === undefined || read.bytesRead === 0) throw corrupt(path, 'truncated while it was read');
      done += read.bytesRead;
    }
  }

  #fragmentsOf(frame: number, { dataSet, element }: { dataSet: DataSet; element: Element }): Uint8Array {
    const { path, layout } = this.#image;
    const fragments = element.fragments ?? [];
    try {
      if (layout.frames === 1)
        return readEncapsulatedPixelDataFromFragments(dataSet, element, 0, fragments.length, fragments);
      if (fragments.length === layout.frames) {
        return readEncapsulatedPixelDataFromFragments(dataSet, element, frame, 1, fragments);
      }
      const given = element.basicOffsetTable ?? [];
      const table = given.length === layout.frames ? given : createJPEGBasicOffsetTable(dataSet, element, fragments);
      return readEncapsulatedImageFrame(dataSet, element, frame, table, fragments);
    } catch (cause) {
      throw corrupt(
        path,
        `frame ${String(frame)} cannot be found among its packed pixels (${messageOf(cause)})`,
        cause,
      );
    }
  }
}

/** A value for each bit from `first` on. Most masks are nearly empty, so bytes of zeros are passed over. */
function unpackBits(bytes: Uint8Array, first: number, target: Uint8Array): void {
  target.fill(0);
  for (let at = first >> 3; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === 0) continue;
    for (let bit = 0; bit < 8; bit++) {
      const i = at * 8 + bit - first;
      if (i >= 0 && i < target.length) target[i] = (byte >> bit) & 1;
    }
  }
}

/** Bytes of a frame in the file, where it is not compressed. */
function frameBytes({ layout }: Pick<DicomImage, 'layout'>): number {
  const { width, height, samples, bitsAllocated, photometric } = layout;
  return width * height * (photometric === 'YBR_FULL_422' ? 2 : (samples * bitsAllocated) / 8);
}

/**
 * Check, before memory is taken, that an image's file can hold its pixels, and that we can read them.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`.
 */
export function checkPixels(image: Omit<DicomImage, 'planes'>): void {
  const { path, layout, pixels, transferSyntax } = image;
  const { bitsAllocated, photometric } = layout;
  const is16 = bitsAllocated === 16 && photometric === 'RGB';
  if (layout.samples === 3 && bitsAllocated !== 8 && !is16) {
    throw unsupported(
      path,
      `colours of ${String(bitsAllocated)} bits (${photometric}); convert them to RGB of 8 or 16`,
    );
  }
  checkColours(image);
  if (pixels.encapsulated) {
    if (bitsAllocated % 8 !== 0)
      throw unsupported(path, `compressed samples of ${String(bitsAllocated)} bits (BitsAllocated)`);
    checkSyntax(image);
    checkExpansion(image);
    return;
  }
  if (decodesPacked(transferSyntax))
    throw corrupt(path, 'its header says that it is compressed, but its pixels are not');
  const needed = Math.ceil(frameBytes(image) * layout.frames);
  const end = pixels.unpacked?.length ?? image.fileBytes;
  const found = Math.min(pixels.length, end - pixels.offset);
  if (found >= needed) return;
  throw corrupt(path, `truncated, it has ${String(found)} bytes of pixels, but its header says ${String(needed)}`);
}

/** What packed pixels may unpack to whatever their size, in bytes; beyond, to so many times the size of their file. */
const ANY_BYTES = 2 ** 26;
const MOST_TIMES = 2000;

function checkExpansion({ path, layout, fileBytes }: Omit<DicomImage, 'planes'>): void {
  const { width, height, frames, samples, bitsAllocated } = layout;
  const bytes = (width * height * frames * samples * bitsAllocated) / 8;
  if (bytes <= ANY_BYTES || bytes <= fileBytes * MOST_TIMES) return;
  throw corrupt(
    path,
    `its header says ${String(bytes)} bytes of pixels, which its ${String(fileBytes)} bytes cannot be packed from`,
  );
}

/** Every transfer syntax but the four plain ones. */
function decodesPacked(transferSyntax: string): boolean {
  return /^1\.2\.840\.10008\.1\.2\.(4|5)/.test(transferSyntax);
}
