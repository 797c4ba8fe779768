import { describe, expect, test } from '@jest/globals';
import { decodeFrame } from './decode-frame';
import type { DicomImage } from './image';

const WIDTH = 6;

/** What an encoder writes bit by bit, with a 0 behind each byte of ones. */
class Bits {
  readonly bytes: number[] = [];
  #rest = '';

  put(code: string): void {
    this.#rest += code;
    while (this.#rest.length >= 8) this.#byte();
  }

  /** Fill the last byte with ones. @returns whether there was nothing to fill */
  end(): boolean {
    const isFull = this.#rest === '';
    if (!isFull) this.put('1'.repeat(8 - this.#rest.length));
    return isFull;
  }

  #byte(): void {
    const byte = parseInt(this.#rest.slice(0, 8), 2);
    this.#rest = this.#rest.slice(8);
    this.bytes.push(byte, ...(byte === 0xff ? [0] : []));
  }
}

/** Codes of 5 bits for each number of bits that a difference may have. */
const codeOf = (category: number): string => category.toString(2).padStart(5, '0');

/**
 * Lossless JPEG (ITU-T T.81, H) of 8 bits: each pixel is predicted from the one on its left, with a
 * restart after `rows` rows.
 */
function losslessJpeg(
  values: readonly number[],
  rows: number,
): { readonly bytes: Uint8Array; readonly isFull: boolean } {
  const height = values.length / WIDTH;
  const segment = (marker: number, ...content: number[]): number[] => [0xff, marker, 0, content.length + 2, ...content];
  const counts = Array.from({ length: 16 }, (_, at) => (at === 4 ? 17 : 0));
  const out = [
    ...[0xff, 0xd8],
    ...segment(0xc3, 8, 0, height, 0, WIDTH, 1, 1, 0x11, 0),
    ...segment(0xc4, 0, ...counts, ...Array.from({ length: 17 }, (_, at) => at)),
    ...(rows < height ? segment(0xdd, 0, rows * WIDTH) : []),
    ...segment(0xda, 1, 1, 0, 1, 0, 0),
  ];
  let isFull = false;
  for (let row = 0; row < height; row += rows) {
    const bits = new Bits();
    for (let at = row * WIDTH; at < Math.min(height, row + rows) * WIDTH; at += 1) {
      const isFirstRow = at < (row + 1) * WIDTH;
      const before = at === row * WIDTH ? 128 : at % WIDTH === 0 && !isFirstRow ? values[at - WIDTH] : values[at - 1];
      const difference = (values[at] as number) - (before as number);
      const category = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
      const extra = difference < 0 ? difference + 2 ** category - 1 : difference;
      bits.put(codeOf(category) + (category === 0 ? '' : extra.toString(2).padStart(category, '0')));
    }
    isFull = bits.end();
    out.push(...bits.bytes);
    if (row + rows < height) out.push(0xff, 0xd0 + ((row / rows) % 8));
  }
  return { bytes: Uint8Array.from([...out, 0xff, 0xd9]), isFull };
}

function imageOf(height: number): DicomImage {
  const layout = { width: WIDTH, height, samples: 1, bitsAllocated: 8, bitsStored: 8, signed: false, frames: 1 };
  return { path: 'a.dcm', transferSyntax: '1.2.840.10008.1.2.4.70', layout } as unknown as DicomImage;
}

test.each([
  ['one run', 8],
  ['restarts after each row', 1],
  ['restarts after three rows', 3],
])('a lossless JPEG keeps its last pixels, also where its bits end with a byte: %s', async (_, rows) => {
  let full = 0;
  for (let seed = 1; seed <= 40; seed += 1) {
    const values = Array.from({ length: 8 * WIDTH }, (__, at) => (at * at * seed + 31 * seed) % 256);
    const { bytes, isFull } = losslessJpeg(values, rows);
    expect(Array.from(await decodeFrame(imageOf(8), bytes))).toEqual(values);
    if (isFull) full += 1;
  }
  expect(full).toBeGreaterThan(0);
});

describe('colours of 16 bits', () => {
  const [PIXELS, HEIGHT] = [2 * WIDTH, 2];
  const layout = { width: WIDTH, height: HEIGHT, samples: 3, bitsAllocated: 16, bitsStored: 16, photometric: 'RGB' };
  const coloured = (transferSyntax: string): DicomImage =>
    ({ path: 'a.dcm', transferSyntax, layout: { ...layout, frames: 1, signed: false } }) as unknown as DicomImage;

  test.each(['57', '70'])('in lossless JPEG are refused: the decoder mixes them up (%s)', async (end) => {
    const { bytes } = losslessJpeg(
      Array.from({ length: PIXELS }, (_, at) => at),
      HEIGHT,
    );
    await expect(decodeFrame(coloured(`1.2.840.10008.1.2.4.${end}`), bytes)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('colours of 16 bits in lossless JPEG'),
    });
  });

  test.each([
    ['that lie apart', 0],
    ['in lines', 1],
    ['of a pixel next to each other', 2],
  ])('in JPEG-LS have their values: samples %s', async (_, mode) => {
    const { default: open } = await import('@cornerstonejs/codec-charls/wasmjs');
    const encoder = new (await open({})).JpegLSEncoder();
    const info = { width: WIDTH, height: HEIGHT, bitsPerSample: 16, componentCount: 3, isSigned: false };
    // Of each sample in its own range, so that none is taken for another.
    const values = Uint16Array.from({ length: 3 * PIXELS }, (__, at) => 20_000 * (at % 3) + 257 * Math.floor(at / 3));
    const apart = Uint16Array.from(
      { length: values.length },
      (__, at) => values[3 * (at % PIXELS) + Math.floor(at / PIXELS)]!,
    );
    encoder.getDecodedBuffer(info).set(new Uint8Array((mode === 0 ? apart : values).buffer));
    encoder.setInterleaveMode(mode);
    encoder.encode();
    const decoded = await decodeFrame(coloured('1.2.840.10008.1.2.4.80'), Uint8Array.from(encoder.getEncodedBuffer()));
    encoder.delete();
    expect(Array.from(new Uint16Array(Uint8Array.from(decoded).buffer))).toEqual(Array.from(values));
  });
});
