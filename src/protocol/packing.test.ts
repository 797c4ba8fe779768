import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FrameHeader } from './frame';
import { fromPlanes, toPlanes } from './packing';
import { ARRAY_OF, DTYPES, type DType, type VoxelArray } from './types';
import { refusal } from './testing/thrown';

function headerOf(dtype: DType, width: number, height: number, components = 1): FrameHeader {
  const tile = { x: 0, y: 0, width, height };
  const numbers = { channel: 1, requestId: 1, revision: 1, index: 0, width, height };
  return { ...numbers, plane: 'xy', level: [0, 0], dtype, components, tile, encoding: 'packed' };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: VoxelArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

describe('the planes of', () => {
  test.each<[string, VoxelArray, number, number[]]>([
    // Differences 3, -1, 0, -128, 127 are folded to 6, 1, 0, 255, 254.
    ['uint8', Uint8Array.of(3, 2, 2, 130, 1), 1, [6, 1, 0, 255, 254]],
    ['int8', Int8Array.of(-1, -128, 127), 1, [1, 253, 1]],
    // 258, -1, and 65535 - 257, which is -259 modulo 2^16: folded 0x0204, 1, 0x0205.
    ['uint16', Uint16Array.of(258, 257, 65_534), 1, [4, 1, 5, 2, 0, 2]],
    ['int16', Int16Array.of(-2, 0), 1, [3, 4, 0, 0]],
    ['uint32', Uint32Array.of(0x01020304, 0x01020303), 1, [8, 1, 6, 0, 4, 0, 2, 0]],
    ['int32', Int32Array.of(-1), 1, [1, 0, 0, 0]],
    // 1 is 0x3f800000, and the difference to 2 is 0x00800000.
    ['float32', Float32Array.of(1, 2), 1, [0, 0, 0, 0, 0, 0, 0x7f, 1]],
    ['colours, each for itself', Uint8Array.of(1, 20, 3, 2, 20, 2), 3, [2, 2, 40, 0, 6, 1]],
  ])('%s are these bytes', (_, voxels, components, expected) => {
    expect(Array.from(toPlanes(voxels, components))).toEqual(expected);
  });

  test('float64 are those of the low words, then those of the high ones', () => {
    // 1 is 0x3ff00000_00000000; 1 + 2^-52 has the lowest bit too.
    const planes = toPlanes(Float64Array.of(1, 1 + Number.EPSILON), 1);
    expect(Array.from(planes)).toEqual([0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xe0, 0, 0x7f, 0]);
  });
});

describe.each(DTYPES)('a tile of %s', (dtype) => {
  const size = ARRAY_OF[dtype].BYTES_PER_ELEMENT;

  test('comes back with every bit, whatever it holds', () => {
    const components = dtype === 'uint8' ? fc.constantFrom(1, 3, 4) : fc.constant(1);
    const edge = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(edge, edge, components, fc.infiniteStream(fc.nat({ max: 255 })), (width, height, each, random) => {
        const bytes = Uint8Array.from(random.take(width * height * each * size));
        const voxels = new ARRAY_OF[dtype](bytes.buffer);
        const back = fromPlanes(headerOf(dtype, width, height, each), toPlanes(voxels, each));
        expect(back).toBeInstanceOf(ARRAY_OF[dtype]);
        expect(bytesOf(back)).toEqual(bytes);
      }),
    );
  });

  test('comes back from the middle of a buffer', () => {
    const bytes = Uint8Array.from({ length: 6 * size }, (_, at) => 37 * at);
    const voxels = new ARRAY_OF[dtype](bytes.buffer, 2 * size, 3);
    expect(bytesOf(fromPlanes(headerOf(dtype, 3, 1), toPlanes(voxels, 1)))).toEqual(bytesOf(voxels));
  });

  test('that rises smoothly gets smaller', () => {
    const voxels = new ARRAY_OF[dtype](4096);
    voxels.forEach((_, at) => (voxels[at] = Math.floor(at / 32)));
    const deflated = deflateRawSync(toPlanes(voxels, 1));
    expect(voxels.byteLength / deflated.byteLength).toBeGreaterThan(10);
    expect(fromPlanes(headerOf(dtype, 64, 64), inflateRawSync(deflated))).toEqual(voxels);
  });

  test.each([-1, 1])('with %p byte more than it needs is a protocol-error', (more) => {
    const header = headerOf(dtype, 2, 3);
    expect(refusal(() => fromPlanes(header, new Uint8Array(6 * size + more)), 'protocol-error').message).toBe(
      `packed tile: ${String(6 * size + more)} bytes, expected ${String(6 * size)}`,
    );
  });
});
