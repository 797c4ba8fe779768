import { levelVoxel, type Level, type Plane, type Shape, type TileRect, type VoxelArray } from '../protocol';

/** Where a plane's voxels lie: the steps, in elements, from one slice, one row and one column to the next. */
function stepsOf(
  [width, height]: Shape,
  components: number,
  plane: Plane,
): [slice: number, row: number, column: number] {
  const [x, y, z] = [components, width * components, width * height * components];
  switch (plane) {
    case 'xy':
      return [z, y, x];
    case 'xz':
      return [y, z, x];
    case 'yz':
      return [x, z, y];
  }
}

/**
 * Copy a tile of a slice, at a level of detail, to the start of `target`, row by row. Nothing is checked here.
 * A row of `xy` and `xz` lies together in memory; one of `yz`, and of every level but the first, is gathered.
 */
export function copyTile(
  data: VoxelArray,
  shape: Shape,
  components: number,
  plane: Plane,
  index: number,
  slice: { readonly width: number; readonly height: number },
  level: Level,
  { x, y, width, height }: TileRect,
  target: VoxelArray,
): void {
  const [sliceStep, rowStep, columnStep] = stepsOf(shape, components, plane);
  const columns = Int32Array.from({ length: width }, (_, at) => columnStep * levelVoxel(x + at, level[0], slice.width));
  for (let row = 0; row < height; row++) {
    const start = index * sliceStep + levelVoxel(y + row, level[1], slice.height) * rowStep;
    const to = row * width * components;
    if (columnStep === components && level[0] === 0) {
      const from = start + x * components;
      target.set(data.subarray(from, from + width * components), to);
    } else {
      gather(asWords(data), asWords(target), start, columns, to, components);
    }
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

/** One row, whose voxels lie at `columns` from `start` on. */
function gather(
  source: Words,
  target: Words,
  start: number,
  columns: Int32Array,
  to: number,
  components: number,
): void {
  for (let column = 0; column < columns.length; column++) {
    const from = start + (columns[column] as number);
    for (let c = 0; c < components; c++) target[to + column * components + c] = source[from + c] as number;
  }
}
