import {
  PLANE_AXES,
  SlicescopeError,
  levelVoxel,
  type Axis,
  type DType,
  type Level,
  type Plane,
  type Shape,
  type TileRect,
  type Triple,
  type VoxelArray,
} from '../protocol';
import { asWords } from './layout';
import { projecting, slabSlices, type Slab } from './slab';

/** One level of detail of a volume that lies in chunks; the first one has its voxels. */
export interface ChunkedLevel {
  readonly shape: Shape;
  /** Voxels of a chunk along x, y and z. */
  readonly chunk: Triple;
  /** Voxels of the volume that one of this level's stands for, along x, y and z. */
  readonly factors: Triple;
  /** Channels and frames of a chunk. */
  readonly parts: readonly [channels: number, frames: number];
}

/** What a volume in chunks is to another thread. */
export interface ChunksRecord {
  /** The finest one first. */
  readonly levels: readonly ChunkedLevel[];
  /** Of the sample that statistics are computed from, which has all channels of one frame. */
  readonly sample: Shape;
  /** Where the chunks are: for who reads them. */
  readonly source: ChunkSource;
}

/** Where chunks are, and how much of them may be kept. */
export interface ChunkSource {
  /** The absolute path of a folder, or a URL. */
  readonly location: string;
  /** Of each level, the path of its array in there. */
  readonly arrays: readonly string[];
  /** What each axis of the arrays is. */
  readonly axes: readonly ('x' | 'y' | 'z' | 'channel' | 'frame')[];
  /** Bytes of chunks that are kept. */
  readonly cacheBytes: number;
}

/** One of a volume's 3D volumes. */
export interface PartPlace {
  readonly frame: number;
  readonly channel: number;
}

/** The voxels of a chunk: (x, y, z) of it is at `offset` + x · stride x + y · stride y + z · stride z. */
export interface Chunk {
  readonly data: VoxelArray;
  readonly offset: number;
  readonly stride: Triple;
}

/** The part of an AbortSignal that is needed. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: Error;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Reads chunks and keeps some of them. */
export interface ChunkReader {
  /**
   * @param place of the chunk among those of its level, along x, y and z.
   * @throws SlicescopeError `file-corrupt`, `file-unreadable`; and the signal's reason.
   */
  readonly read: (level: number, place: Triple, part: PartPlace, signal?: StopSignal) => Promise<Chunk>;
  /** What is kept is out of date. */
  readonly forget: () => void;
}

/** The most voxels of a slice that is read whole: 512 MB of 16 bits. */
const MAX_SLICE_VOXELS = 2 ** 28;

/**
 * A slice of a volume in chunks that can be in memory as a whole.
 * @throws SlicescopeError `limit-exceeded`.
 */
export function checkWhole({ width, height }: { readonly width: number; readonly height: number }): void {
  const value = width * height;
  if (value <= MAX_SLICE_VOXELS) return;
  const message = `slice: a whole slice has ${String(width)} × ${String(height)} voxels, at most ${String(MAX_SLICE_VOXELS)} are read at once; open a coarser level, Volume.open(path, { level: 2 })`;
  throw new SlicescopeError('limit-exceeded', message, { limit: 'sliceVoxels', value });
}

/** Factors come of divided lengths: two levels of 1001 and 500 voxels are twice each other. */
const ROUNDING = 1.01;

/** A tile of a slice, or of several seen through at once. */
export interface ChunkedTile extends Slab {
  readonly plane: Plane;
  readonly index: number;
  readonly level: Level;
  readonly rect: TileRect;
}

/** The pixels of a tile along one of its axes that are in one chunk, and the places in the chunk of what they show. */
interface Run {
  readonly chunk: number;
  readonly from: number;
  readonly places: readonly number[];
}

/** A volume's voxels where they lie in chunks, of which those are read that a tile needs. */
export class ChunkedVoxels {
  readonly record: ChunksRecord;
  readonly #dtype: DType;
  readonly #reader: ChunkReader;

  constructor(record: ChunksRecord, dtype: DType, reader: ChunkReader) {
    this.record = record;
    this.#dtype = dtype;
    this.#reader = reader;
  }

  /** What was read is out of date. */
  forget(): void {
    this.#reader.forget();
  }

  /**
   * Cut a tile: at level [0, 0] of the voxels themselves, else of the coarsest level that has enough of them; each pixel is
   * the voxel there that has its middle.
   * @param target as for `Volume.copySlab`.
   */
  async cut(tile: ChunkedTile, target: VoxelArray, part: PartPlace, signal?: StopSignal): Promise<void> {
    const { plane, index, slab, rect } = tile;
    const normal = PLANE_AXES[plane][2];
    const at = this.#levelFor(tile);
    const { shape, factors } = this.record.levels[at] as ChunkedLevel;
    const within = (slice: number): number => Math.min(shape[normal] - 1, Math.floor((slice + 0.5) / factors[normal]));
    const pixels = target.subarray(0, rect.width * rect.height);
    const copy = (slice: number, into: VoxelArray): Promise<void> => this.#copy(at, slice, tile, into, part, signal);
    if (slab === 1) {
      await copy(within(index), pixels);
      return;
    }
    const [first, end] = slabSlices(index, slab, this.#shape[normal]);
    const { slice, add, finish } = projecting(tile.projection, this.#dtype, pixels);
    for (const each of new Set(Array.from({ length: end - first }, (_, number) => within(first + number)))) {
      await copy(each, slice);
      add();
    }
    finish();
  }

  /**
   * Copy a box of one level, x fastest. Each chunk that it meets is read once.
   * @param target of as many elements as the box has voxels.
   */
  async copyBox(at: number, from: Triple, size: Triple, target: VoxelArray, part: PartPlace): Promise<void> {
    const { chunk } = this.record.levels[at] as ChunkedLevel;
    const targetWords = asWords(target);
    const along = (axis: Axis): readonly Run[] =>
      runs(
        Array.from({ length: size[axis] }, (_, voxel) => from[axis] + voxel),
        chunk[axis],
      );
    const [columns, rows, slices] = [along(0), along(1), along(2)];
    const copyFrom = async (over: Run, down: Run, across: Run): Promise<void> => {
      const { data, offset, stride } = await this.#reader.read(at, [over.chunk, down.chunk, across.chunk], part);
      const words = asWords(data);
      for (const [slice, z] of across.places.entries()) {
        for (const [row, y] of down.places.entries()) {
          const base = offset + z * stride[2] + y * stride[1];
          let to = ((across.from + slice) * size[1] + down.from + row) * size[0] + over.from;
          for (const x of over.places) targetWords[to++] = words[base + x * stride[0]] as number;
        }
      }
    };
    // One after the other: all of a large box at once would be in memory twice.
    for (const across of slices) {
      for (const down of rows) for (const over of columns) await copyFrom(over, down, across);
    }
  }

  get #shape(): Shape {
    return (this.record.levels[0] as ChunkedLevel).shape;
  }

  /** The coarsest level with a voxel for each pixel, and none coarser across the slice than along it. */
  #levelFor({ plane, level: [columns, rows] }: ChunkedTile): number {
    const [first, second, normal] = PLANE_AXES[plane];
    const most = [0, 0, 0];
    [most[first], most[second], most[normal]] = [2 ** columns, 2 ** rows, 2 ** Math.max(columns, rows)];
    const fits = ({ factors }: ChunkedLevel): boolean =>
      factors.every((factor, axis) => factor <= (most[axis] as number) * ROUNDING);
    return this.record.levels.reduce((found, each, at) => (fits(each) ? at : found), 0);
  }

  /** One slice of a level, from all chunks that it meets in the tile, at once. */
  async #copy(
    at: number,
    slice: number,
    { plane, level, rect }: ChunkedTile,
    target: VoxelArray,
    part: PartPlace,
    signal?: StopSignal,
  ): Promise<void> {
    const { shape, chunk, factors } = this.record.levels[at] as ChunkedLevel;
    const [first, second, normal] = PLANE_AXES[plane];
    const runsOf = (axis: Axis, from: number, count: number, coarseness: number): readonly Run[] => {
      const size = this.#shape[axis];
      const voxels = Array.from({ length: count }, (_, pixel) => {
        const voxel = levelVoxel(from + pixel, coarseness, size);
        return Math.min(shape[axis] - 1, Math.floor((voxel + 0.5) / factors[axis]));
      });
      return runs(voxels, chunk[axis]);
    };
    const across = runsOf(first, rect.x, rect.width, level[0]);
    const down = runsOf(second, rect.y, rect.height, level[1]);
    const targetWords = asWords(target);
    const copyFrom = async (columns: Run, rows: Run): Promise<void> => {
      const place: [number, number, number] = [0, 0, 0];
      [place[first], place[second]] = [columns.chunk, rows.chunk];
      place[normal] = Math.floor(slice / chunk[normal]);
      const { data, offset, stride } = await this.#reader.read(at, place, part, signal);
      const words = asWords(data);
      const base = offset + (slice % chunk[normal]) * stride[normal];
      for (const [row, down] of rows.places.entries()) {
        const from = base + down * stride[second];
        let to = (rows.from + row) * rect.width + columns.from;
        for (const over of columns.places) targetWords[to++] = words[from + over * stride[first]] as number;
      }
    };
    await Promise.all(down.flatMap((rows) => across.map((columns) => copyFrom(columns, rows))));
  }
}

/** Consecutive places, divided where a chunk ends. */
function runs(voxels: readonly number[], size: number): readonly Run[] {
  const found: { chunk: number; from: number; places: number[] }[] = [];
  for (const [pixel, voxel] of voxels.entries()) {
    const chunk = Math.floor(voxel / size);
    const last = found.at(-1);
    if (last?.chunk === chunk) last.places.push(voxel % size);
    else found.push({ chunk, from: pixel, places: [voxel % size] });
  }
  return found;
}
