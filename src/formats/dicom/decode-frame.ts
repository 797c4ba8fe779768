import { messageOf } from '../../protocol';
import { corrupt, unsupported } from '../format';
import type { DicomImage, PixelLayout } from './image';
import { interleaved, interleavedWords } from './colour';
import { decodeRle } from './rle';

/** Decodes one frame to samples of a pixel next to each other, the lower byte of each first. */
type Decoder = (packed: Uint8Array, layout: PixelLayout) => Promise<Uint8Array>;

const family = (prefix: string, ends: readonly number[], decoder: Decoder): [string, Decoder][] =>
  ends.map((end) => [`${prefix}${String(end)}`, decoder]);

/** By transfer syntax; see PS3.5 section 10. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ...family('1.2.840.10008.1.2.', [5], rle),
  ...family('1.2.840.10008.1.2.4.', [50, 51], jpeg),
  ...family('1.2.840.10008.1.2.4.', [57, 70], losslessJpeg),
  ...family('1.2.840.10008.1.2.4.', [80, 81], jpegLs),
  ...family('1.2.840.10008.1.2.4.', [90, 91, 201, 202, 203], jpeg2000),
]);

/** Whether colours of this frame are RGB once decoded, whatever the header calls them. */
export function decodesToRgb({ transferSyntax, layout }: DicomImage, packed: Uint8Array): boolean {
  const decoder = DECODERS.get(transferSyntax);
  if (decoder === jpeg2000 && layout.photometric === 'YBR_FULL') return hasColourTransform(packed);
  return decoder === jpeg || decoder === jpeg2000;
}

/**
 * Whether a transform was applied to the RGB of a JPEG 2000 code stream (COD, ISO/IEC 15444-1 A.6.1).
 * Its decoder undoes it.
 */
function hasColourTransform(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 < bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === 0xff52) return bytes[at + 8] !== 0;
    if (marker === 0xff90 || marker < 0xff00) break;
  }
  return true;
}

/** Colours that become RGB here; those of the others a decoder turns into RGB itself. */
const COLOURS: readonly string[] = ['RGB', 'YBR_FULL', 'YBR_FULL_422'];
const COLOURS_OF_CODECS: readonly string[] = ['YBR_ICT', 'YBR_RCT', 'YBR_PARTIAL_420', 'YBR_PARTIAL_422'];

/** @throws SlicescopeError `unsupported-format` for colours that would be taken for others. */
export function checkColours({ path, transferSyntax, layout }: Omit<DicomImage, 'planes'>): void {
  const { samples, photometric } = layout;
  const decoder = DECODERS.get(transferSyntax);
  const isDecoded = decoder === jpeg || decoder === jpeg2000;
  if (samples === 1 || COLOURS.includes(photometric) || (isDecoded && COLOURS_OF_CODECS.includes(photometric))) return;
  throw unsupported(path, `colours of the kind ${photometric} (PhotometricInterpretation); convert them to RGB`);
}

/** @throws SlicescopeError `unsupported-format`. */
export function checkSyntax({ path, transferSyntax }: Omit<DicomImage, 'planes'>): void {
  if (DECODERS.has(transferSyntax)) return;
  throw unsupported(path, `compressed with ${transferSyntax || 'a method that it does not name'}; decompress it first`);
}

/**
 * Decode a frame to as many bytes as its header says.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`.
 */
export async function decodeFrame(image: DicomImage, packed: Uint8Array): Promise<Uint8Array> {
  const { path, layout, transferSyntax } = image;
  const { width, height, samples, bitsAllocated } = layout;
  const expected = (width * height * samples * bitsAllocated) / 8;
  const size = sizeIn(packed);
  if (size !== null && (size[0] !== width || size[1] !== height)) {
    throw corrupt(
      path,
      `its header says ${String(width)} × ${String(height)} pixels, but its frame has ${size.join(' × ')}`,
    );
  }
  if (transferSyntax.endsWith('.4.51') && bitsAllocated > 8) {
    throw unsupported(path, 'compressed with JPEG of 12 bits; decompress it first');
  }
  // The decoder mixes up their components.
  if (/\.4\.(57|70)$/.test(transferSyntax) && layout.samples === 3 && bitsAllocated > 8) {
    throw unsupported(path, 'colours of 16 bits in lossless JPEG; decompress it first');
  }
  const decoder = DECODERS.get(transferSyntax) as Decoder;
  let bytes: Uint8Array;
  try {
    bytes = await decoder(packed, layout);
  } catch (cause) {
    throw corrupt(path, `a frame cannot be decoded (${messageOf(cause)})`, cause);
  }
  if (bytes.length * 2 === expected && bitsAllocated === 16) return new Uint8Array(Uint16Array.from(bytes).buffer);
  if (bytes.length === expected) return bytes;
  throw corrupt(path, `a frame has ${String(bytes.length)} bytes once decoded, expected ${String(expected)}`);
}

/** Columns and rows, as JPEG (SOF), JPEG-LS or JPEG 2000 (SIZ) say them; null where it says nothing. */
function sizeIn(bytes: Uint8Array): readonly [number, number] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 24 && view.getUint32(0) === 0xff4fff51) {
    return [view.getUint32(8) - view.getUint32(16), view.getUint32(12) - view.getUint32(20)];
  }
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] as number;
    const isFrame = marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

function rle(packed: Uint8Array, { width, height, samples, bitsAllocated }: PixelLayout): Promise<Uint8Array> {
  const bytes = decodeRle(packed, width * height, samples, bitsAllocated / 8);
  if (bytes === null) throw new Error('its RLE segments are broken');
  return Promise.resolve(bytes);
}

/** Says of a JPEG that its colours are RGB (Adobe's APP14, without a transform). */
const IS_RGB = Buffer.from('ffee000e41646f626500640000000000', 'hex');

async function jpeg(packed: Uint8Array, { samples, photometric }: PixelLayout): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  // A JPEG that does not say it itself is taken for YCbCr, whatever the header of the file says.
  const isSilent = packed[2] === 0xff && packed[3] !== 0xe0 && packed[3] !== 0xee;
  const bytes =
    samples === 3 && photometric === 'RGB' && isSilent
      ? Buffer.concat([packed.subarray(0, 2), IS_RGB, packed.subarray(2)])
      : packed;
  const image = sharp(bytes, { limitInputPixels: false });
  return await (samples === 1 ? image.toColourspace('b-w') : image.toColourspace('srgb').removeAlpha())
    .raw()
    .toBuffer();
}

/**
 * The decoder sees a marker before it has emptied its bits, and then loses the last pixel before it. A
 * byte of ones before the end, which is no data, prevents that. The pieces between restart markers are
 * decoded as pictures of their own.
 */
async function losslessJpeg(packed: Uint8Array): Promise<Uint8Array> {
  const {
    default: { lossless },
  } = await import('jpeg-lossless-decoder-js');
  const parts = intervalsOf(packed).map(
    (part) => new Uint8Array(new lossless.Decoder().decompress(part.buffer, 0, part.length)),
  );
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}

/** In front of the end of a picture: ones, as which bits that are not used are written, and that end. */
const ROOM_AND_END = Uint8Array.of(0xff, 0, 0xff, 0xd9);

/**
 * Each piece between restart markers as a picture of its own (ITU-T T.81, H.1.1): it is predicted as
 * if it was the first.
 */
function intervalsOf(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [heightAt, width, height, restartAt, interval, data] = [0, 0, 0, 0, 0, 0];
  for (let at = 2; at + 9 < bytes.length && data === 0;) {
    const [marker, length] = [view.getUint16(at), view.getUint16(at + 2)];
    if (marker === 0xffc3) [heightAt, height, width] = [at + 5, view.getUint16(at + 5), view.getUint16(at + 7)];
    if (marker === 0xffdd) [restartAt, interval] = [at + 4, view.getUint16(at + 4)];
    at += marker === 0xffff ? 1 : 2 + length;
    if (marker === 0xffda) data = at;
  }
  const ends: number[] = [];
  for (let at = data; at + 1 < bytes.length; at += 1) {
    const marker = bytes[at] === 0xff ? (bytes[at + 1] as number) : 0;
    if (marker === 0xd9 || (marker >= 0xd0 && marker <= 0xd7)) ends.push(at);
    if (marker === 0xd9) break;
  }
  const rows = interval === 0 ? height : interval / width;
  if (data === 0 || heightAt === 0 || ends.length !== Math.ceil(height / rows) || !Number.isInteger(rows)) {
    return [Uint8Array.from(bytes)]; // The decoder says what is wrong, if anything is.
  }
  return ends.map((end, part) => {
    const start = part === 0 ? data : (ends[part - 1] as number) + 2;
    const own = Uint8Array.from(Buffer.concat([bytes.subarray(0, data), bytes.subarray(start, end), ROOM_AND_END]));
    const header = new DataView(own.buffer);
    header.setUint16(heightAt, Math.min(rows, height - part * rows));
    if (restartAt > 0) header.setUint16(restartAt, 0);
    return own;
  });
}

/** Whether the components of a JPEG-LS code stream lie one after the other: its first scan has one only. */
function liesApart(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 5 < bytes.length; at += 2 + view.getUint16(at + 2)) {
    if (bytes[at] !== 0xff) return false;
    if (bytes[at + 1] === 0xda) return bytes[at + 4] === 1;
  }
  return false;
}

async function jpegLs(packed: Uint8Array, { samples, width, height, bitsAllocated }: PixelLayout): Promise<Uint8Array> {
  const end = Buffer.from(packed.buffer, packed.byteOffset, packed.length).lastIndexOf('ffd9', undefined, 'hex') + 1;
  // Some writers leave a byte of zeros before the end; it belongs to nothing.
  const isStray = end > 2 && packed[end - 2] === 0;
  let decoded: Uint8Array;
  try {
    decoded = await decodeJpegLs(packed);
  } catch (cause) {
    if (!isStray) throw cause;
    decoded = await decodeJpegLs(Buffer.concat([packed.subarray(0, end - 2), packed.subarray(end - 1)]));
  }
  if (samples !== 3 || !liesApart(packed)) return decoded;
  const pixels = width * height;
  const areWords = bitsAllocated === 16 && decoded.length === 6 * pixels;
  return areWords ? interleavedWords(decoded, pixels) : interleaved(decoded, pixels);
}

async function decodeJpegLs(packed: Uint8Array): Promise<Uint8Array> {
  const { default: open } = await import('@cornerstonejs/codec-charls/decodewasmjs');
  const codec = await open({});
  try {
    return decodeWith(new codec.JpegLSDecoder(), packed);
  } catch (cause) {
    throw typeof cause === 'number' ? new Error(codec.getExceptionMessage(cause)) : cause;
  }
}

async function jpeg2000(packed: Uint8Array): Promise<Uint8Array> {
  const { default: open } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
  return decodeWith(new (await open({})).J2KDecoder(), packed);
}

function decodeWith(decoder: WasmDecoder, packed: Uint8Array): Uint8Array {
  try {
    decoder.getEncodedBuffer(packed.length).set(packed);
    decoder.decode();
    return Uint8Array.from(decoder.getDecodedBuffer());
  } finally {
    decoder.delete();
  }
}
