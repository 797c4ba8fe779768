import { SlicescopeError } from './errors';
import type { FrameHeader } from './frame';
import { ARRAY_OF, type VoxelArray } from './types';

/**
 * What makes the voxels of a tile small before they are deflated, and its inverse; docs/protocol.md has the format.
 * Neighbours are alike, so each voxel becomes its difference to the one before it, folded so that
 * small ones of both signs have empty high bytes; and the bytes are sorted by their place, so that these lie together.
 */

/** The bits of voxels as numbers; a 64-bit float is two, the low one first. */
function asWords(voxels: VoxelArray): Int8Array | Int16Array | Int32Array {
  const { buffer, byteOffset, byteLength } = voxels;
  switch (voxels.BYTES_PER_ELEMENT) {
    case 1:
      return new Int8Array(buffer, byteOffset, byteLength);
    case 2:
      return new Int16Array(buffer, byteOffset, byteLength / 2);
    default:
      return new Int32Array(buffer, byteOffset, byteLength / 4);
  }
}

/** The bytes to deflate, as many as the voxels have. */
export function toPlanes(voxels: VoxelArray, components: number): Uint8Array {
  const words = asWords(voxels);
  const size = words.BYTES_PER_ELEMENT;
  const step = (voxels.BYTES_PER_ELEMENT / size) * components;
  const count = words.length / step;
  const unused = 32 - 8 * size;
  const planes = new Uint8Array(voxels.byteLength);
  for (let part = 0; part < step; part++) {
    for (let byte = 0; byte < size; byte++) {
      const start = (part * size + byte) * count;
      const plane = planes.subarray(start, start + count);
      let before = 0;
      for (let i = 0, at = part; i < count; i++, at += step) {
        const word = words[at] as number;
        const difference = ((word - before) << unused) >> unused;
        plane[i] = ((difference << 1) ^ (difference >> 31)) >>> (8 * byte);
        before = word;
      }
    }
  }
  return planes;
}

/**
 * The voxels of a tile, of the bytes that were deflated.
 * @throws SlicescopeError `protocol-error` if there are more or fewer than the tile needs.
 */
export function fromPlanes({ tile, components, dtype }: FrameHeader, planes: Uint8Array): VoxelArray {
  const voxels = new ARRAY_OF[dtype](tile.width * tile.height * components);
  if (planes.byteLength !== voxels.byteLength) {
    const message = `packed tile: ${String(planes.byteLength)} bytes, expected ${String(voxels.byteLength)}`;
    throw new SlicescopeError('protocol-error', message, {});
  }
  const words = asWords(voxels);
  const size = words.BYTES_PER_ELEMENT;
  const step = (voxels.BYTES_PER_ELEMENT / size) * components;
  const count = words.length / step;
  const folded = new Int32Array(count);
  for (let part = 0; part < step; part++) {
    folded.fill(0);
    for (let byte = 0; byte < size; byte++) {
      const start = (part * size + byte) * count;
      const plane = planes.subarray(start, start + count);
      for (let i = 0; i < count; i++) folded[i] = (folded[i] as number) | ((plane[i] as number) << (8 * byte));
    }
    let word = 0;
    for (let i = 0, at = part; i < count; i++, at += step) {
      const difference = folded[i] as number;
      word = (word + ((difference >>> 1) ^ -(difference & 1))) | 0;
      words[at] = word;
    }
  }
  return voxels;
}
