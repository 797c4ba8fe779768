import {
  ARRAY_OF,
  SlicescopeError,
  realValue,
  slabKind,
  type DType,
  type Level,
  type Plane,
  type Shape,
  type TileRect,
  type Triple,
  type VoxelArray,
  type Window,
} from '../protocol';
import type { BlockSource } from './blocks';
import { checkDType, checkIndex, checkSlab, formatShape } from './checks';
import { ChunkedVoxels, type ChunkReader, type ChunksRecord, type PartPlace, type StopSignal } from './chunked';
import { emptySlice, type Part, type SliceOptions, type VolumeSlice } from './cut';
import {
  allocate,
  describe,
  describePart,
  elementsOf,
  formatCounts,
  type VolumeOptions,
  type VolumeRecord,
} from './description';
import { dtypeOf, isShared, storedTypeOf, type OddSource, type VoxelSource } from './dtype';
import { fillMagnitude, magnitudeDType } from './magnitude';
import { storedProjection } from './rescale';
import { copySlab, type Slab } from './slab';
import { checkTile, copyTile, slicesOf } from './slicing';
import { collectorOf, isDType } from './stored';
import { ValueStatistics } from './value-statistics';
import { VolumeProperties } from './volume-properties';

/** Frames that the window of a channel is computed from, evenly spaced. */
const WINDOW_FRAMES = 8;

/** Of a volume that only says what it is. */
const NO_READER: ChunkReader = {
  read: () => Promise.reject(new Error('a volume without a reader of its chunks')),
  forget: () => undefined,
};

/** Makes a reader of a volume's chunks, on whichever thread. */
type OpenChunks = (chunks: ChunksRecord) => ChunkReader;

/** What a volume in chunks has in the place of its data. */
interface InChunks {
  readonly voxels: ChunkedVoxels;
  readonly part: PartPlace;
}

/**
 * A box of voxels in shared memory, x running fastest: voxel (x, y, z) of a w × h × d volume is at
 * `((z × h + y) × w + x) × components`. A volume of several channels or frames is one box after the other, all
 * channels of the first frame before those of the second; `at` gives one of them. Made by `Volume.from` or
 * `Volume.alloc`.
 *
 * A volume that `Volume.open` left in its chunks, because it may be larger than memory, has no `data`. What is computed of all
 * values is computed of a sample: its coarsest level.
 */
export class Volume extends VolumeProperties {
  #sample: Volume | null = null;
  readonly #parts: Map<number, Volume> = new Map();
  /** The voxels; of a volume in chunks those of its sample. */
  readonly #data: VoxelArray;
  readonly #chunks: InChunks | null;
  readonly #statistics: ValueStatistics;

  private constructor(record: VolumeRecord, dtype: DType, chunks: InChunks | null = null) {
    super(record, dtype);
    this.#data = record.data;
    this.#chunks = chunks;
    this.#statistics = new ValueStatistics(record.data, this);
  }

  /**
   * A volume of the values in `data`, a typed array of w × h × d × components × channels × frames elements. An array over a
   * SharedArrayBuffer is used in place; any other is copied into one, once. 64-bit integers and 16-bit floats are always copied,
   * as values of the smallest dtype that holds all of them: `int32`, `uint32` or `float64`, and `float32`.
   * @param shape [w, h, d], whole numbers from 1 on.
   * @throws SlicescopeError `invalid-shape`, `shape-mismatch`, `unknown-dtype` for integers beyond ±2⁵³, `invalid-window`, or
   * `invalid-argument` for what is no typed array and for impossible options.
   */
  static from(data: VoxelSource, shape: Shape, options: VolumeOptions = {}): Volume {
    const caller = 'Volume.from';
    const type = storedTypeOf(data, caller);
    const dtype = isDType(type) ? type : 'float64';
    const plain = describe(shape, dtype, options, caller);
    const expected = elementsOf(plain);
    if (data.length !== expected) {
      throw new SlicescopeError(
        'shape-mismatch',
        `${caller}: data has ${String(data.length)} elements, but shape ${formatShape(plain.shape)}${formatCounts(plain)} needs ${String(expected)}`,
        { elements: data.length, expected },
      );
    }
    if (!isDType(type)) {
      const refuse = (what: string): Error =>
        new SlicescopeError('unknown-dtype', `${caller}: ${what}`, { dtype: type });
      const collector = collectorOf(type, (each) => allocate(plain, each, caller), refuse);
      collector.put(data, 0);
      const values = collector.values();
      return new Volume({ ...plain, data: values }, dtypeOf(values, caller));
    }
    const plainData = data as Exclude<VoxelSource, OddSource>;
    if (isShared(plainData)) {
      const usable = plainData.constructor === ARRAY_OF[dtype];
      const { buffer, byteOffset, length } = plainData;
      const voxels = usable ? (plainData as VoxelArray) : new ARRAY_OF[dtype](buffer, byteOffset, length);
      return new Volume({ ...plain, data: voxels }, dtype);
    }
    const copy = allocate(plain, dtype, caller);
    copy.set(plainData);
    return new Volume({ ...plain, data: copy }, dtype);
  }

  /**
   * A volume of zeros in shared memory, to be written into through `data`: nothing is copied later.
   * @param shape [w, h, d], whole numbers from 1 on.
   * @throws SlicescopeError `invalid-shape`, also if there is not that much memory, `unknown-dtype`,
   * `invalid-window`, or `invalid-argument` for impossible options.
   */
  static alloc(shape: Shape, dtype: DType, options: VolumeOptions = {}): Volume {
    const caller = 'Volume.alloc';
    const known = checkDType(dtype, caller);
    const plain = describe(shape, known, options, caller);
    return new Volume({ ...plain, data: allocate(plain, known, caller) }, known);
  }

  /**
   * The volume of a record, on whichever thread: the same voxels.
   * @internal
   * @param open reads the chunks of one that lies in chunks; without it their voxels can't be had.
   */
  static fromRecord(record: VolumeRecord, open?: OpenChunks): Volume {
    const { data, shape, chunks, part } = record;
    if (chunks === undefined) return Volume.from(data, shape, record);
    return Volume.inChunks(shape, data, chunks, record, open, part);
  }

  /**
   * A volume whose voxels are left where they are.
   * @internal
   * @param sample in shared memory: all channels of one frame, of the shape that `chunks` says.
   * @param part which frame and channel of what lies in the chunks it is, if it is one of several.
   * @throws SlicescopeError `invalid-shape`, `invalid-window`, `invalid-argument`.
   */
  static inChunks(
    shape: Shape,
    sample: VoxelArray,
    chunks: ChunksRecord,
    options: VolumeOptions,
    open: OpenChunks = () => NO_READER,
    part: PartPlace = { frame: 0, channel: 0 },
  ): Volume {
    const caller = 'Volume.open';
    const dtype = dtypeOf(sample, caller);
    const plain = describe(shape, dtype, options, caller, Number.MAX_SAFE_INTEGER);
    const voxels = new ChunkedVoxels(chunks, dtype, open(chunks));
    return new Volume({ ...plain, data: sample, chunks }, dtype, { voxels, part });
  }

  /**
   * This volume for another thread.
   * @internal
   */
  toRecord(): VolumeRecord {
    const chunks = this.#chunks && { chunks: this.#chunks.voxels.record, part: this.#chunks.part };
    return { ...this.description(), data: this.#data, ...chunks };
  }

  /**
   * The voxels themselves, as they are stored, over a SharedArrayBuffer: `rescale` says what they stand for. Call
   * `changed()` after writing into it.
   * @throws SlicescopeError `not-in-memory` where they are left in their chunks.
   */
  get data(): VoxelArray {
    if (this.#chunks !== null) throw this.#notInMemory('data');
    return this.#data;
  }

  /** Whether the voxels are left in their chunks, and are read when they are needed. */
  get chunked(): boolean {
    return this.#chunks !== null;
  }

  /** The shapes of the levels of detail that can be opened with `level`, the finest one first; one where there are no others. */
  get levels(): readonly Shape[] {
    return this.#chunks?.voxels.record.levels.map(({ shape }) => shape) ?? [this.shape];
  }

  /**
   * One frame and channel as a 3D volume over the same memory; the same one each time.
   * @throws SlicescopeError `index-out-of-range`.
   */
  at({ frame = 0, channel = 0 }: Part): Volume {
    checkIndex(frame, this.frames, 'volume: frame');
    checkIndex(channel, this.channels, 'volume: channel');
    if (this.frames === 1 && this.channels === 1) return this;
    const at = frame * this.channels + channel;
    let part = this.#parts.get(at);
    if (part === undefined) {
      const data = this.#chunks === null ? this.#valuesOf(at) : this.sample({ channel }).data;
      const chunks = this.#chunks && { ...this.#chunks, part: { frame, channel } };
      part = new Volume({ ...describePart(this.toRecord(), frame, channel), data }, this.dtype, chunks);
      this.#parts.set(at, part);
    }
    return part;
  }

  /**
   * What statistics are computed of: one frame and channel of the volume itself; of a volume in chunks its sample's, which
   * has one frame.
   * @throws SlicescopeError `index-out-of-range`.
   */
  sample({ frame = 0, channel = 0 }: Part): Volume {
    if (this.#chunks === null) return this.at({ frame, channel });
    const { channels, components, padding, rescale } = this;
    const whole = (this.#sample ??= Volume.from(this.#data, this.#chunks.voxels.record.sample, {
      channels,
      components,
      padding,
      rescale,
    }));
    return whole.at({ channel });
  }

  /**
   * The least and the greatest finite value of any component, without `padding`; [NaN, NaN] if there is none. Exact up to
   * 16 777 216 values, above that of an evenly spaced sample of about as many.
   */
  get range(): readonly [min: number, max: number] {
    return this.#statistics.range;
  }

  /**
   * The window to start with: the one given, else the 0.5 and 99.5 percentiles; whole numbers for integer
   * values, all that there can be for RGB and RGBA. Always finite, and low below high.
   */
  get defaultWindow(): Window {
    return this.window ?? this.autoWindow;
  }

  /** The window named `auto`: as `defaultWindow`, whatever window was given. */
  get autoWindow(): Window {
    return this.#statistics.autoWindow;
  }

  /** The window named `range`: from the least to the greatest value, all that there can be for RGB and RGBA. */
  get rangeWindow(): Window {
    return this.#statistics.rangeWindow;
  }

  /**
   * The window to start a channel with: its own or the volume's if one was given, else the 0.5 and 99.5 percentiles of the
   * channel, of up to eight of its frames.
   * @throws SlicescopeError `index-out-of-range`.
   */
  channelWindow(channel: number): Window {
    checkIndex(channel, this.channels, 'volume: channel');
    if (this.channels === 1) return this.defaultWindow;
    const given = this.channelInfo?.[channel]?.window ?? this.window;
    if (given !== null) return given;
    if (this.#chunks !== null) return this.sample({ channel }).defaultWindow;
    const step = Math.ceil(this.frames / WINDOW_FRAMES);
    const count = Math.ceil(this.frames / step);
    const windows = Array.from({ length: count }, (_, at) => this.at({ frame: at * step, channel }).defaultWindow);
    return [Math.min(...windows.map(([low]) => low)), Math.max(...windows.map(([, high]) => high))];
  }

  /**
   * The values that so many percent of the values lie below, by linear interpolation between neighbours;
   * NaN, infinities and `padding` are left out, and the answer is NaN if nothing is left. Exact up to 262 144 values,
   * above that of an evenly spaced sample of about as many.
   * @param percents each from 0 to 100.
   * @throws SlicescopeError `invalid-argument`.
   */
  percentiles(percents: readonly number[]): number[] {
    return this.#statistics.percentiles(percents);
  }

  /** The data was written in place: forget what was computed of it, and the chunks that were read. */
  changed(): void {
    this.#chunks?.voxels.forget();
    this.#statistics.forget();
    for (const part of this.#parts.values()) part.changed();
  }

  /**
   * The exact value of a voxel: a number, or 3 or 4 of them for RGB and RGBA.
   * @param part which frame and channel; the first without it.
   * @throws SlicescopeError `index-out-of-range`, which names the axis; `not-in-memory`.
   */
  valueAt(x: number, y: number, z: number, part: Part = {}): number | number[] {
    if (this.#chunks !== null) throw this.#notInMemory('valueAt');
    const { data, rescale } = this.at(part);
    const [width, height, depth] = this.shape;
    checkIndex(x, width, 'valueAt: x');
    checkIndex(y, height, 'valueAt: y');
    checkIndex(z, depth, 'valueAt: z');
    const start = ((z * height + y) * width + x) * this.components;
    if (this.components === 1) return realValue(data[start] as number, rescale);
    return Array.from(data.subarray(start, start + this.components));
  }

  /**
   * A copy of one slice, exact, or of several seen through at once. `xy` is w × h at z, `xz` is w × d at y, `yz` is
   * h × d at x. The mean of several is of float32. With a `rescale` values are real ones, in the smallest integer dtype that
   * holds all that there can be, or in float64 where they are not whole.
   * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-argument`; `not-in-memory`, where `readSlice`
   * has it.
   */
  slice(plane: Plane, index: number, options: SliceOptions = {}): VolumeSlice {
    if (this.#chunks !== null) throw this.#notInMemory('slice');
    const { rect, slab, data, filled } = emptySlice(this, plane, index, options, 'slice');
    this.at(options).copySlab(plane, index, [0, 0], rect, slab, data);
    return filled();
  }

  /**
   * The length of the vector at each voxel, whose components are the channels: a volume of one channel in the same place, of as
   * many frames. Of float32, or of float64 if the components have 32-bit integers or float64.
   * @throws SlicescopeError `invalid-argument` for RGB and RGBA; `not-in-memory`.
   */
  magnitude(): Volume {
    if (this.#chunks !== null) throw this.#notInMemory('magnitude');
    const dtype = magnitudeDType(this, 'volume.magnitude');
    const own = {
      channels: 1,
      window: null,
      rescale: null,
      labels: null,
      channelInfo: null,
      padding: null,
      invert: false,
    };
    const plain = { ...this.description(), ...own };
    const lengths = Volume.alloc(this.shape, dtype, plain);
    for (let frame = 0; frame < this.frames; frame++) {
      const components = Array.from({ length: this.channels }, (_, channel) => this.at({ frame, channel }).data);
      fillMagnitude(components, this.rescale, lengths.at({ frame }).data);
    }
    return lengths;
  }

  /**
   * `slice`, of any volume: the chunks of one that lies in chunks are read.
   * @throws SlicescopeError those of `slice`, `file-corrupt`, `file-unreadable`.
   */
  async readSlice(plane: Plane, index: number, options: SliceOptions = {}): Promise<VolumeSlice> {
    if (this.#chunks === null) return this.slice(plane, index, options);
    const { rect, slab, data, filled } = emptySlice(this, plane, index, options, 'readSlice');
    await this.at(options).readTile(plane, index, [0, 0], rect, slab, data);
    return filled();
  }

  /**
   * `valueAt`, of any volume: the chunk of one that lies in chunks is read.
   * @throws SlicescopeError those of `valueAt`, `file-corrupt`, `file-unreadable`.
   */
  async readValue(x: number, y: number, z: number, part: Part = {}): Promise<number | number[]> {
    if (this.#chunks === null) return this.valueAt(x, y, z, part);
    const [width, height] = this.shape;
    checkIndex(x, width, 'readValue: x');
    checkIndex(y, height, 'readValue: y');
    const value = new ARRAY_OF[this.dtype](1);
    await this.at(part).readTile('xy', z, [0, 0], { x, y, width: 1, height: 1 }, { slab: 1, projection: 'max' }, value);
    return realValue(value[0] as number, this.rescale);
  }

  /**
   * `copySlab` of one 3D volume that lies in chunks, which are read.
   * @internal
   * @throws SlicescopeError those of `copySlab`, `file-corrupt`, `file-unreadable`; and the signal's reason.
   */
  async readTile(
    plane: Plane,
    index: number,
    level: Level,
    rect: TileRect,
    { slab, projection }: Slab,
    target: VoxelArray,
    signal?: StopSignal,
  ): Promise<void> {
    if (this.#chunks === null) throw new Error('readTile: a volume in memory');
    checkSlab(slab, 'slice');
    checkTile(slicesOf(this.shape, plane), { plane, index, level, rect }, slabKind(this, { slab, projection }), target);
    const { voxels, part } = this.#chunks;
    const stored = { slab, projection: storedProjection(projection, this.rescale) };
    await voxels.cut({ plane, index, level, rect, ...stored }, target, part, signal);
  }

  /**
   * Copy a box of one level of one 3D volume that lies in chunks, which are read: the values as they are stored, x fastest.
   * @internal
   * @throws SlicescopeError `file-corrupt`, `file-unreadable`.
   */
  async copyBox(level: number, from: Triple, size: Triple, target: VoxelArray): Promise<void> {
    if (this.#chunks === null) throw new Error('copyBox: a volume in memory');
    const { voxels, part } = this.#chunks;
    await voxels.copyBox(level, from, size, target, part);
  }

  /**
   * Cut a tile of a slice, as it is stored, at a level of detail into the start of `target`, with no copy between. Of several frames or
   * channels it is the first one.
   * @param tile in pixels of the level: pixel i is voxel i · 2^level + 2^level / 2, or the last one.
   * @param target of the volume's dtype, of tile width × tile height × components elements or more.
   * @param blocks parts of the volume's second layout (blocks.ts), which are used where they are there.
   * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-argument`.
   */
  copyTile(
    plane: Plane,
    index: number,
    level: Level,
    tile: TileRect,
    target: VoxelArray,
    blocks: BlockSource | null = null,
  ): void {
    const { shape, components } = this;
    const checked = checkTile(slicesOf(shape, plane), { plane, index, level, rect: tile }, this, target);
    copyTile(this.data, shape, components, checked, target, blocks);
  }

  /**
   * `copyTile` of several slices at once: their maximum, minimum or mean, of colours that of each component.
   * @param target of the dtype that `slabKind` says, exactly as large as the tile where there are several slices.
   * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-argument`.
   */
  copySlab(
    plane: Plane,
    index: number,
    level: Level,
    tile: TileRect,
    { slab, projection }: Slab,
    target: VoxelArray,
    blocks: BlockSource | null = null,
  ): void {
    checkSlab(slab, 'slice');
    if (slab === 1) {
      this.copyTile(plane, index, level, tile, target, blocks);
      return;
    }
    const kind = slabKind(this, { slab, projection });
    const checked = checkTile(slicesOf(this.shape, plane), { plane, index, level, rect: tile }, kind, target);
    const stored = { slab, projection: storedProjection(projection, this.rescale) };
    copySlab(this, checked, stored, target, blocks);
  }

  #valuesOf(part: number): VoxelArray {
    const [width, height, depth] = this.shape;
    const elements = width * height * depth * this.components;
    return this.#data.subarray(part * elements, (part + 1) * elements);
  }

  #notInMemory(member: string): SlicescopeError {
    const least = this.levels.length - 1;
    const whole = least === 0 ? '' : `, or open it with { level: 0 } to ${String(least)} to have a level in memory`;
    const message = `volume.${member}: the voxels are left in their chunks; await volume.readSlice('xy', 0) or volume.readValue(x, y, z)${whole}`;
    return new SlicescopeError('not-in-memory', message, { member });
  }
}
