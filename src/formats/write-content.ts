import {
  ARRAY_OF,
  DTYPE_RANGES,
  areWhole,
  realValue,
  type DType,
  type Shape,
  type ValueKind,
  type VoxelArray,
} from '../protocol';
import type { PartPlace, Volume } from '../volume';
import { unsupported } from './format';
import type { Content, Plain } from './writer';

/** Whether a file has the volume's stored values: with their rescale, if they have one. */
function isAsStored(volume: ValueKind, { dtype, rescale }: ValueKind): boolean {
  return dtype === volume.dtype && (rescale === null) === (volume.rescale === null);
}

/**
 * Whether a dtype of floats may round a value that it can't hold: NaN, or a value that is not meant to
 * be whole.
 */
function mayBe(value: number, dtype: DType, isWhole: boolean): boolean {
  if (!dtype.startsWith('float')) return false;
  return Number.isNaN(value) || (!isWhole && Math.abs(value) <= DTYPE_RANGES[dtype][1]);
}

/**
 * Real values in another dtype.
 * @param refuse makes the error for a value that the dtype can't hold.
 */
function convert(stored: VoxelArray, kind: ValueKind, dtype: DType, refuse: (at: number, value: number) => Error) {
  const values = new ARRAY_OF[dtype](stored.length);
  const isWhole = areWhole(kind);
  for (let at = 0; at < values.length; at++) {
    const value = realValue(stored[at] as number, kind.rescale);
    values[at] = value;
    if (values[at] !== value && !mayBe(value, dtype, isWhole)) throw refuse(at, value);
  }
  return values;
}

/** Values of a box of a volume in memory: the volume's own where they lie together. */
function boxOf(volume: Volume, from: Shape, size: Shape): VoxelArray {
  const { data, components } = volume;
  const [width, height] = volume.shape;
  const start = (x: number, y: number, z: number): number => ((z * height + y) * width + x) * components;
  const isWhole = size[0] === width && (size[1] === height || size[2] === 1);
  if (isWhole) return data.subarray(start(...from), start(...from) + size[0] * size[1] * size[2] * components);
  const box = new ARRAY_OF[volume.dtype](size[0] * size[1] * size[2] * components);
  const length = size[0] * components;
  let to = 0;
  for (let z = from[2]; z < from[2] + size[2]; z++) {
    for (let y = from[1]; y < from[1] + size[1]; y++, to += length) {
      const row = start(from[0], y, z);
      box.set(data.subarray(row, row + length), to);
    }
  }
  return box;
}

/** Values of a box of a volume that lies in chunks. */
async function readBox(volume: Volume, level: number, from: Shape, size: Shape): Promise<VoxelArray> {
  const box = new ARRAY_OF[volume.dtype](size[0] * size[1] * size[2]);
  await volume.copyBox(level, from, size, box);
  return box;
}

/** A volume as it is to be in a file. @param path where it is in the end. */
export function contentOf(volume: Volume, plain: Plain, path: string): Content {
  const { dtype } = plain;
  const values: Content['values'] = async (part: PartPlace, from = [0, 0, 0], size = volume.shape, level = 0) => {
    const one = volume.at(part);
    const stored = volume.chunked ? await readBox(one, level, from, size) : boxOf(one, from, size);
    if (isAsStored(volume, plain)) return stored;
    return convert(stored, volume, dtype, (at, value) => {
      const voxel = Math.floor(at / volume.components);
      const [x, y] = [voxel % size[0], Math.floor(voxel / size[0]) % size[1]];
      const z = Math.floor(voxel / (size[0] * size[1]));
      const place = [x + from[0], y + from[1], z + from[2]].join(', ');
      const advice = 'choose another dtype, or change the values before';
      return unsupported(path, `${dtype} can’t hold ${String(value)}, the value at (${place}); ${advice}`);
    });
  };
  const record = volume.toRecord();
  const { chunks } = record;
  const levels = chunks?.levels ?? [{ shape: volume.shape, factors: [1, 1, 1] as const, chunk: null }];
  const windowOf: Content['windowOf'] = (channel) => volume.channelWindow(channel);
  return { ...plain, path, source: { record, plain, path }, windowOf, levels, values };
}
