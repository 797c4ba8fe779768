import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSlicescopeError } from './errors';
import { HEADER_BYTES, decodeFrame, voxelsOf, writeHeader, type FrameHeader } from './frame';
import { LIMITS } from './limits';
import { ARRAY_OF, DTYPES, ENCODINGS, MAX_LEVEL, PLANES, type DType, type VoxelArray } from './types';
import { refusal } from './testing/thrown';

const HEADER: FrameHeader = {
  channel: 0x0a0b0c0d,
  requestId: 0x01020304,
  revision: 0x11121314,
  plane: 'yz',
  index: 0x21222324,
  level: [7, 2],
  dtype: 'int16',
  components: 1,
  width: 5,
  height: 9,
  tile: { x: 3, y: 4, width: 2, height: 3 },
  encoding: 'raw',
};

/** A frame as the companion makes it. */
function encode(header: FrameHeader, data: VoxelArray): ArrayBuffer {
  const frame = new Uint8Array(HEADER_BYTES + data.byteLength);
  writeHeader(frame, header);
  frame.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), HEADER_BYTES);
  return frame.buffer;
}

const VOXELS = Int16Array.of(-32_768, -1, 0, 1, 258, 32_767);

/** The valid frame with one of its fields overwritten. */
function broken(change: (view: DataView) => void): ArrayBuffer {
  const buffer = encode(HEADER, VOXELS);
  change(new DataView(buffer));
  return buffer;
}

describe('a header', () => {
  test('is these 48 bytes, and the voxels follow in little-endian order', () => {
    // prettier-ignore
    const expected = [
      1, 1, 2, 3, 1, 0, 7, 2, // version, kind, plane, dtype, components, encoding, level of columns and rows
      0x04, 0x03, 0x02, 0x01, // request id
      0x14, 0x13, 0x12, 0x11, // revision
      0x24, 0x23, 0x22, 0x21, // index
      5, 0, 0, 0, 9, 0, 0, 0, // the slice's width and height
      3, 0, 0, 0, 4, 0, 0, 0, // the tile's x and y
      2, 0, 0, 0, 3, 0, 0, 0, // the tile's width and height
      0x0d, 0x0c, 0x0b, 0x0a, // channel
      0x00, 0x80, 0xff, 0xff, 0, 0, 1, 0, 0x02, 0x01, 0xff, 0x7f, // voxels
    ];
    expect(Array.from(new Uint8Array(encode(HEADER, VOXELS)))).toEqual(expected);
    const { payload, ...header } = decodeFrame(Uint8Array.from(expected).buffer);
    expect(header).toEqual(HEADER);
    expect(voxelsOf(header, payload)).toEqual(VOXELS);
  });

  test('has a length that is a multiple of every element size, so the voxels are viewed and not copied', () => {
    expect(HEADER_BYTES).toBe(48);
    for (const dtype of DTYPES) expect(HEADER_BYTES % ARRAY_OF[dtype].BYTES_PER_ELEMENT).toBe(0);
    const buffer = encode(HEADER, VOXELS);
    const frame = decodeFrame(buffer);
    expect(voxelsOf(frame, frame.payload).buffer).toBe(buffer);
  });

  test('is written where the target begins, which may be in the middle of a buffer', () => {
    const buffer = new ArrayBuffer(200);
    writeHeader(new Uint8Array(buffer, 100, HEADER_BYTES), HEADER);
    expect(Array.from(new Uint8Array(buffer, 0, 100))).toEqual(new Array(100).fill(0));
    const alone = encode(HEADER, VOXELS).slice(0, HEADER_BYTES);
    expect(buffer.slice(100, 100 + HEADER_BYTES)).toEqual(alone);
    expect(Array.from(new Uint8Array(buffer, 100 + HEADER_BYTES))).toEqual(new Array(52).fill(0));
  });

  test.each(ENCODINGS.map((encoding, code) => [encoding, code] as const))('says %s as %i', (encoding, code) => {
    const buffer = encode({ ...HEADER, encoding }, VOXELS);
    expect(new Uint8Array(buffer)[5]).toBe(code);
    expect(decodeFrame(buffer)).toMatchObject({ ...HEADER, encoding });
  });

  test('says nothing of the length of an encoded tile, which may be anything', () => {
    for (const encoding of ['packed', 'preview'] as const) {
      for (const bytes of [[], [7], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]]) {
        const { payload } = decodeFrame(encode({ ...HEADER, encoding }, Uint8Array.from(bytes)));
        expect(Array.from(payload)).toEqual(bytes);
      }
    }
  });

  test.each(PLANES)('names the plane %s', (plane) => {
    expect(decodeFrame(encode({ ...HEADER, plane }, VOXELS)).plane).toBe(plane);
  });
});

const EXTREMES: { readonly [D in DType]: readonly number[] } = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
  float32: [NaN, -Infinity, Infinity, -0, 3.4028234663852886e38, 1.401298464324817e-45],
  float64: [NaN, -Infinity, Infinity, -0, Number.MAX_VALUE, Number.MIN_VALUE],
};

describe.each(DTYPES)('a frame of %s', (dtype) => {
  test('comes back as it went, with the extremes of its values', () => {
    const values = EXTREMES[dtype];
    const data = new ARRAY_OF[dtype](values.length);
    data.set(values);
    const tile = { x: 0, y: 0, width: values.length, height: 1 };
    const header = { ...HEADER, dtype, tile, width: values.length, height: 1 };
    const { payload, ...rest } = decodeFrame(encode(header, data));
    expect(rest).toEqual(header);
    const back = voxelsOf(rest, payload);
    expect(back).toBeInstanceOf(ARRAY_OF[dtype]);
    expect(Array.from(back)).toEqual(values);
  });

  test('comes back as it went, whatever its header says', () => {
    const uint32 = fc.nat({ max: 0xffff_ffff });
    const size = fc.integer({ min: 1, max: 9 });
    const anything = fc.record({
      channel: uint32,
      requestId: uint32,
      revision: uint32,
      plane: fc.constantFrom(...PLANES),
      index: uint32,
      level: fc.tuple(fc.nat({ max: MAX_LEVEL }), fc.nat({ max: MAX_LEVEL })),
      encoding: fc.constantFrom(...ENCODINGS),
      components: dtype === 'uint8' ? fc.constantFrom(1, 3, 4) : fc.constant(1),
      tile: fc.record({ x: fc.nat({ max: 1000 }), y: fc.nat({ max: 1000 }), width: size, height: size }),
      more: fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 1000 })),
    });
    fc.assert(
      fc.property(anything, ({ more, ...fields }) => {
        const { tile } = fields;
        const [width, height] = [tile.x + tile.width + more[0], tile.y + tile.height + more[1]];
        const header = { ...fields, dtype, width, height };
        const bytes = tile.width * tile.height * header.components * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
        const voxels = new ARRAY_OF[dtype](Uint8Array.from({ length: bytes }, (_, i) => 37 * i).buffer);
        const { payload, ...rest } = decodeFrame(encode(header, voxels));
        expect(rest).toEqual(header);
        expect(payload).toEqual(new Uint8Array(voxels.buffer));
      }),
      { numRuns: 50 },
    );
  });
});

describe('refused, with a sentence, is', () => {
  const setByte = (at: number, value: number) => broken((view) => view.setUint8(at, value));
  const setWord = (at: number, value: number) => broken((view) => view.setUint32(at, value, true));
  const largest = new ArrayBuffer(LIMITS.frameBytes + 1);

  test.each<[string, ArrayBuffer, string]>([
    ['nothing', new ArrayBuffer(0), '0 bytes, a header has 48'],
    ['a part of a header', new ArrayBuffer(47), '47 bytes, a header has 48'],
    ['what is over the limit', largest, '4194305 bytes are over the limit'],
    ['another version', setByte(0, 2), 'version 2, expected 1'],
    ['another kind', setByte(1, 0), 'unknown kind 0'],
    ['another plane', setByte(2, 3), 'unknown plane 3'],
    ['another dtype', setByte(3, 8), 'unknown dtype 8'],
    ['another encoding', setByte(5, 3), 'unknown encoding 3'],
    ['a level of columns that there is not', setByte(6, 16), 'level 16, 2'],
    ['a level of rows that there is not', setByte(7, 255), 'level 7, 255'],
    ['no component', setByte(4, 0), '0 components of int16'],
    ['three components of int16', setByte(4, 3), '3 components of int16'],
    ['a tile without columns', setWord(36, 0), 'an empty tile'],
    ['a tile without rows', setWord(40, 0), 'an empty tile'],
    ['a tile too far right', setWord(28, 4), 'a tile outside its slice'],
    ['a tile too far down', setWord(32, 7), 'a tile outside its slice'],
    ['a tile whose end overflows 32 bits', setWord(28, 0xffff_ffff), 'a tile outside its slice'],
    ['too few voxels', encode(HEADER, VOXELS.subarray(1)), '10 bytes of voxels, its tile needs 12'],
    ['too many voxels', encode(HEADER, Int16Array.of(...VOXELS, 0)), '14 bytes of voxels, its tile needs 12'],
    ['half a voxel', encode(HEADER, VOXELS).slice(0, 59), '11 bytes of voxels, its tile needs 12'],
  ])('%s', (_, buffer, what) => {
    expect(refusal(() => decodeFrame(buffer), 'protocol-error')).toEqual({
      message: `binary frame: ${what}`,
      details: {},
    });
  });

  test('two components of uint8; one, three and four are taken', () => {
    const encodeWith = (components: number) => {
      const tile = { x: 0, y: 0, width: 1, height: 1 };
      return encode({ ...HEADER, dtype: 'uint8', components, tile }, new Uint8Array(components));
    };
    const { message } = refusal(() => decodeFrame(encodeWith(2)), 'protocol-error');
    expect(message).toBe('binary frame: 2 components of uint8');
    for (const components of [1, 3, 4]) expect(decodeFrame(encodeWith(components)).components).toBe(components);
  });

  test('a tile that claims more voxels than there is memory, before any is taken', () => {
    const huge = broken((view) => {
      for (const at of [20, 24, 36, 40]) view.setUint32(at, 0xffff_ffff, true);
      for (const at of [28, 32]) view.setUint32(at, 0, true);
    });
    expect(refusal(() => decodeFrame(huge), 'protocol-error').message).toMatch(
      /^binary frame: 12 bytes of voxels, its tile needs/,
    );
  });
});

test('a frame of exactly the limit is taken', () => {
  const width = LIMITS.frameBytes - HEADER_BYTES;
  const header: FrameHeader = { ...HEADER, dtype: 'uint8', width, height: 1, tile: { x: 0, y: 0, width, height: 1 } };
  expect(decodeFrame(encode(header, new Uint8Array(width).fill(3))).payload).toHaveLength(width);
});

describe('whatever arrives, it is a frame or a protocol-error', () => {
  /** True if it was a frame. */
  function check(buffer: ArrayBuffer): boolean {
    try {
      const frame = decodeFrame(buffer);
      const { tile, components, encoding, payload } = frame;
      expect(payload).toHaveLength(buffer.byteLength - HEADER_BYTES);
      if (encoding === 'raw') expect(voxelsOf(frame, payload)).toHaveLength(tile.width * tile.height * components);
      return true;
    } catch (error) {
      if (!isSlicescopeError(error, 'protocol-error')) throw error;
      return false;
    }
  }

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        check(bytes.slice().buffer);
      }),
      { numRuns: 2000 },
    );
  });

  test('random fields behind the first bytes of a frame', () => {
    const fields = fc.tuple(
      fc.constantFrom(0, 1, 2, 255),
      fc.nat({ max: 9 }),
      fc.constantFrom(0, 1, 2, 3, 4, 255),
      fc.array(fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 0xffff_ffff })), { minLength: 10, maxLength: 10 }),
      fc.nat({ max: 64 }),
    );
    let taken = 0;
    fc.assert(
      fc.property(fields, ([plane, dtype, components, words, length]) => {
        const frame = new Uint8Array(HEADER_BYTES + length);
        frame.set([1, 1, plane, dtype, components]);
        const view = new DataView(frame.buffer);
        words.forEach((word, i) => view.setUint32(8 + 4 * i, word, true));
        if (check(frame.buffer)) taken += 1;
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeLessThan(5000);
  });

  test('frames with some bytes changed, and cut or lengthened', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: 59 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    const lengths = fc.oneof({ weight: 3, arbitrary: fc.constant(60) }, fc.nat({ max: 70 }));
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(changes, lengths, (bytes, length) => {
        const frame = new Uint8Array(encode(HEADER, VOXELS));
        for (const [at, value] of bytes) frame[at] = value;
        const sized = new Uint8Array(length);
        sized.set(frame.subarray(0, length));
        if (check(sized.buffer)) taken += 1;
        else refused += 1;
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});
