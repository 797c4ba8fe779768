import type { Plane, Shape, VoxelArray } from '../protocol';

/** Where the slices of a plane lie: the steps, in elements, from one slice, one row and one column to the next. */
export interface Layout {
  readonly data: VoxelArray;
  readonly slice: number;
  readonly row: number;
  readonly column: number;
}

/** Where the slices of a plane lie in a volume, x running fastest. */
export function layoutOf(data: VoxelArray, [width, height]: Shape, components: number, plane: Plane): Layout {
  const [x, y, z] = [components, width * components, width * height * components];
  switch (plane) {
    case 'xy':
      return { data, slice: z, row: y, column: x };
    case 'xz':
      return { data, slice: y, row: z, column: x };
    case 'yz':
      return { data, slice: x, row: z, column: y };
  }
}

export type Words = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/**
 * The same memory as unsigned words of the same size. One loop then meets four kinds of array instead of
 * eight, and four is what V8 still compiles to direct loads.
 */
export function asWords(data: VoxelArray): Words {
  const { buffer, byteOffset, length } = data;
  switch (data.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new Float64Array(buffer, byteOffset, length);
  }
}
