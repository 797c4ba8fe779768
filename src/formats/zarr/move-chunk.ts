import type { VoxelArray } from '../../protocol';
import { release } from '../release';
import type { Grid, LevelChunk, PerDimension } from './arrays';
import type { Dimension } from './multiscales';

/** A row of at least this many bytes is copied by one call; for a shorter one the call takes longer than a loop. */
const LONG_ROW_BYTES = 512;
const WORD_BYTES = 4;

/** A block of rows, in elements of the arrays that it is copied between. */
interface Rows {
  readonly width: number;
  readonly height: number;
  /** From one voxel to the next, and from one row to the next, where they come from. */
  readonly voxelStep: number;
  readonly rowStep: number;
  /** From one row to the next where they go. */
  readonly targetRowStep: number;
}

/** Move a chunk's voxels to where they lie in an array of all, x fastest, then y, z, channel, frame. */
export function moveChunk(
  { sizes, chunk }: Grid,
  place: PerDimension,
  { data, stride }: LevelChunk,
  all: VoxelArray,
): void {
  const start = (dimension: Dimension): number => place[dimension] * chunk[dimension];
  const count = (dimension: Dimension): number => Math.min(chunk[dimension], sizes[dimension] - start(dimension));
  const [width, height, depth] = [count('x'), count('y'), count('z')];
  const [channels, frames] = [count('channel'), count('frame')];
  const first = (start('z') * sizes.y + start('y')) * sizes.x + start('x');
  const isLong = stride.x === 1 && width * data.BYTES_PER_ELEMENT >= LONG_ROW_BYTES;

  // Short rows of small voxels are copied a word at a time, if all of them begin and end at words.
  const perWord = WORD_BYTES / data.BYTES_PER_ELEMENT;
  const begins = [start('x'), width, sizes.x, stride.y, stride.z, stride.channel, stride.frame];
  const inWords =
    stride.x === 1 && [...begins, data.byteOffset / data.BYTES_PER_ELEMENT].every((at) => at % perWord === 0);
  const [source, target, unit] = inWords && !isLong ? [wordsOf(data), wordsOf(all), perWord] : [data, all, 1];
  const rows: Rows = {
    width: width / unit,
    height,
    voxelStep: stride.x,
    rowStep: stride.y / unit,
    targetRowStep: sizes.x / unit,
  };
  const copy = isLong ? copyLongRows : copyShortRows;

  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const part = (start('frame') + frame) * sizes.channel + start('channel') + channel;
      for (let z = 0; z < depth; z++) {
        const from = frame * stride.frame + channel * stride.channel + z * stride.z;
        const to = (part * sizes.z + z) * sizes.y * sizes.x + first;
        copy(source, from / unit, target, to / unit, rows);
      }
    }
  }
  release(data);
}

function wordsOf({ buffer, byteOffset, byteLength }: VoxelArray): Int32Array {
  return new Int32Array(buffer, byteOffset, Math.floor(byteLength / WORD_BYTES));
}

function copyLongRows(source: VoxelArray, from: number, target: VoxelArray, to: number, rows: Rows): void {
  const { width, height, rowStep, targetRowStep } = rows;
  for (let y = 0; y < height; y++) {
    const at = from + y * rowStep;
    target.set(source.subarray(at, at + width), to + y * targetRowStep);
  }
}

function copyShortRows(source: VoxelArray, from: number, target: VoxelArray, to: number, rows: Rows): void {
  const { width, height, voxelStep, rowStep, targetRowStep } = rows;
  for (let y = 0; y < height; y++) {
    const [at, targetAt] = [from + y * rowStep, to + y * targetRowStep];
    for (let x = 0; x < width; x++) target[targetAt + x] = source[at + x * voxelStep] as number;
  }
}
