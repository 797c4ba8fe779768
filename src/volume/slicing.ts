import type { Plane, Shape, VoxelArray } from '../protocol';

/**
 * Copy rows [`firstRow`, `firstRow` + `rows`) of a slice to the start of `target`. Nothing is checked here.
 * A row of `xy` and `xz` lies together in memory; one of `yz` is gathered.
 */
export function copyRows(
  data: VoxelArray,
  shape: Shape,
  components: number,
  plane: Plane,
  index: number,
  target: VoxelArray,
  firstRow: number,
  rows: number,
): void {
  const [width, height] = shape;
  const row = width * components;
  const layer = row * height;
  switch (plane) {
    case 'xy': {
      const start = index * layer + firstRow * row;
      target.set(data.subarray(start, start + rows * row));
      return;
    }
    case 'xz':
      for (let z = 0; z < rows; z++) {
        const start = (firstRow + z) * layer + index * row;
        target.set(data.subarray(start, start + row), z * row);
      }
      return;
    case 'yz':
      gather(asWords(data), asWords(target), firstRow * layer + index * components, height * rows, row, components);
  }
}

type Words = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/**
 * The same memory as unsigned words of the same size. One loop then meets four kinds of array instead of
 * eight, and four is what V8 still compiles to direct loads.
 */
function asWords(data: VoxelArray): Words {
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

/** Every voxel of a `yz` slice is one row of the volume after the one before, over the ends of layers too. */
function gather(source: Words, target: Words, start: number, count: number, step: number, components: number): void {
  let from = start;
  if (components === 1) {
    for (let i = 0; i < count; i++, from += step) target[i] = source[from] as number;
    return;
  }
  for (let i = 0; i < count * components; i += components, from += step) {
    for (let c = 0; c < components; c++) target[i + c] = source[from + c] as number;
  }
}
