import {
  ARRAY_OF,
  PLANES,
  PLANE_AXES,
  SlicescopeError,
  areWhole,
  quote,
  realRange,
  realValue,
  slabKind,
  type DType,
  type Level,
  type Plane,
  type PlaneInfo,
  type Rescale,
  type Shape,
  type TileRect,
  type Triple,
  type VolumeInfo,
  type VoxelArray,
  type Window,
} from '../protocol';
import type { BlockSource } from './blocks';
import {
  checkDType,
  checkIndex,
  checkProjection,
  checkSlab,
  formatShape,
  unknownPlane,
  type AxisNames,
  type Labels,
} from './checks';
import {
  ChunkedVoxels,
  checkWhole,
  type ChunkReader,
  type ChunksRecord,
  type PartPlace,
  type StopSignal,
} from './chunked';
import type { Part, SliceOptions, VolumeSlice } from './cut';
import { allocate, describe, elementsOf, formatCounts, type VolumeOptions, type VolumeRecord } from './description';
import { dtypeOf, isShared, type VoxelSource } from './dtype';
import { orientationOf, planeAcross } from './orientation';
import { realOrder, realValues, storedProjection } from './rescale';
import { bands, projecting, slabSlices, type Slab } from './slab';
import { checkTile, copyTile } from './slicing';
import { order, percentileOf, rangeOf, windowFor, windowOfRange, type Ordered } from './statistics';

/** Frames that the window of a channel is computed from, evenly spaced. */
const WINDOW_FRAMES = 8;

const ANATOMY_OF: Readonly<Record<string, 0 | 1 | 2>> = { sagittal: 0, coronal: 1, axial: 2 };

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
export class Volume {
  readonly shape: Shape;
  /** Of `data`. */
  readonly dtype: DType;
  /** Values a voxel: 1, or 3 (RGB) or 4 (RGBA) of `uint8`. */
  readonly components: 1 | 3 | 4;
  /** Volumes that are drawn together, of one time and shape. */
  readonly channels: number;
  /** Volumes in time. */
  readonly frames: number;
  /** Of distances, such as `mm`; `px` where nobody gave a spacing. */
  readonly unit: string;
  /** Distance between voxels along x, y and z, in `unit`. */
  readonly spacing: Triple;
  /** Position of the middle of voxel (0, 0, 0), LPS, in `unit`. */
  readonly origin: Triple;
  /** Row-major 3 × 3, LPS, whose column i is where axis i points; null for a plain image. */
  readonly direction: readonly number[] | null;
  /** Names of x, y and z, which are shown where there is no direction; null if nobody gave them. */
  readonly axes: AxisNames | null;
  /** Empty if nobody gave one. */
  readonly name: string;
  /** The window that was given, such as a file's own; null if none was. */
  readonly window: Window | null;
  /**
   * The real value of a voxel is slope · stored value + intercept; null where the stored one is it. Everything but `data`
   * is of real values: `valueAt`, `slice`, `range`, percentiles and windows.
   */
  readonly rescale: Rescale | null;
  /** Names by value of a label map that has them, such as a file's own; null if it has none. */
  readonly labels: Labels | null;

  #sample: Volume | null = null;
  #range: readonly [number, number] | null = null;
  #autoWindow: Window | null = null;
  #ordered: Ordered | null = null;
  readonly #parts: Map<number, Volume> = new Map();
  /** The voxels; of a volume in chunks those of its sample. */
  readonly #data: VoxelArray;
  readonly #chunks: InChunks | null;

  private constructor(record: VolumeRecord, dtype: DType, chunks: InChunks | null = null) {
    this.#data = record.data;
    this.#chunks = chunks;
    this.shape = record.shape;
    this.dtype = dtype;
    this.components = record.components;
    this.channels = record.channels;
    this.frames = record.frames;
    this.unit = record.unit;
    this.spacing = record.spacing;
    this.origin = record.origin;
    this.direction = record.direction;
    this.axes = record.axes;
    this.name = record.name;
    this.window = record.window;
    this.rescale = record.rescale;
    this.labels = record.labels;
  }

  /**
   * A volume of the values in `data`, a typed array of w × h × d × components × channels × frames elements. An array over a
   * SharedArrayBuffer is used in place; any other is copied into one, once.
   * @param shape [w, h, d], whole numbers from 1 on.
   * @throws SlicescopeError `invalid-shape`, `shape-mismatch`, `unknown-dtype`, `invalid-window`, or
   * `invalid-argument` for what is no typed array and for impossible options.
   */
  static from(data: VoxelSource, shape: Shape, options: VolumeOptions = {}): Volume {
    const caller = 'Volume.from';
    const dtype = dtypeOf(data, caller);
    const plain = describe(shape, dtype, options, caller);
    const expected = elementsOf(plain);
    if (data.length !== expected) {
      throw new SlicescopeError(
        'shape-mismatch',
        `${caller}: data has ${String(data.length)} elements, but shape ${formatShape(plain.shape)}${formatCounts(plain)} needs ${String(expected)}`,
        { elements: data.length, expected },
      );
    }
    if (isShared(data)) {
      const usable = data.constructor === ARRAY_OF[dtype];
      const voxels = usable ? (data as VoxelArray) : new ARRAY_OF[dtype](data.buffer, data.byteOffset, data.length);
      return new Volume({ ...plain, data: voxels }, dtype);
    }
    const copy = allocate(plain, dtype, caller);
    copy.set(data);
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
    const { data, shape, chunks } = record;
    return chunks === undefined ? Volume.from(data, shape, record) : Volume.inChunks(shape, data, chunks, record, open);
  }

  /**
   * A volume whose voxels are left where they are.
   * @internal
   * @param sample in shared memory: all channels of one frame, of the shape that `chunks` says.
   * @throws SlicescopeError `invalid-shape`, `invalid-window`, `invalid-argument`.
   */
  static inChunks(
    shape: Shape,
    sample: VoxelArray,
    chunks: ChunksRecord,
    options: VolumeOptions,
    open: OpenChunks = () => NO_READER,
  ): Volume {
    const caller = 'Volume.open';
    const dtype = dtypeOf(sample, caller);
    const plain = describe(shape, dtype, options, caller, Number.MAX_SAFE_INTEGER);
    const voxels = new ChunkedVoxels(chunks, dtype, open(chunks));
    return new Volume({ ...plain, data: sample, chunks }, dtype, { voxels, part: { frame: 0, channel: 0 } });
  }

  /**
   * This volume for another thread.
   * @internal
   */
  toRecord(): VolumeRecord {
    const { shape, components, channels, frames, unit, spacing, origin, direction, axes, name, window } = this;
    const { rescale, labels } = this;
    const plain = {
      shape,
      components,
      channels,
      frames,
      unit,
      spacing,
      origin,
      direction,
      axes,
      name,
      window,
      rescale,
      labels,
    };
    const chunks = this.#chunks === null ? {} : { chunks: this.#chunks.voxels.record };
    return { data: this.#data, ...plain, ...chunks };
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
    if (part === undefined && this.#chunks !== null) {
      const record = { ...this.toRecord(), data: this.sample({ channel }).data, channels: 1, frames: 1 };
      part = new Volume(record, this.dtype, { ...this.#chunks, part: { frame, channel } });
      this.#parts.set(at, part);
    }
    if (part === undefined) {
      const [width, height, depth] = this.shape;
      const elements = width * height * depth * this.components;
      const data = this.#data.subarray(at * elements, (at + 1) * elements);
      part = new Volume({ ...this.toRecord(), data, channels: 1, frames: 1 }, this.dtype);
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
    const { channels, components, rescale } = this;
    const whole = (this.#sample ??= Volume.from(this.#data, this.#chunks.voxels.record.sample, {
      channels,
      components,
      rescale,
    }));
    return whole.at({ channel });
  }

  /**
   * The least and the greatest finite value of any component; [NaN, NaN] if there is none. Exact up to
   * 16 777 216 values, above that of an evenly spaced sample of about as many.
   */
  get range(): readonly [min: number, max: number] {
    return (this.#range ??= realRange(rangeOf(this.#data, this.dtype), this.rescale));
  }

  /**
   * The window to start with: the one given, else the 0.5 and 99.5 percentiles; whole numbers for integer
   * values, [0, 255] for RGB and RGBA. Always finite, and low below high.
   */
  get defaultWindow(): Window {
    return this.window ?? this.autoWindow;
  }

  /** The window named `auto`: as `defaultWindow`, whatever window was given. */
  get autoWindow(): Window {
    if (this.components !== 1) return [0, 255];
    return (this.#autoWindow ??= windowFor(this.#order(), () => this.range, this.#isWhole));
  }

  /** The window named `range`: from the least to the greatest value, [0, 255] for RGB and RGBA. */
  get rangeWindow(): Window {
    return this.components === 1 ? windowOfRange(this.range, this.#isWhole) : [0, 255];
  }

  /**
   * The window to start a channel with: the volume's if one was given, else the 0.5 and 99.5 percentiles of the
   * channel, of up to eight of its frames.
   * @throws SlicescopeError `index-out-of-range`.
   */
  channelWindow(channel: number): Window {
    checkIndex(channel, this.channels, 'volume: channel');
    if (this.channels === 1) return this.defaultWindow;
    if (this.#chunks !== null) return this.window ?? this.sample({ channel }).defaultWindow;
    const step = Math.ceil(this.frames / WINDOW_FRAMES);
    const count = Math.ceil(this.frames / step);
    const windows = Array.from({ length: count }, (_, at) => this.at({ frame: at * step, channel }).defaultWindow);
    return [Math.min(...windows.map(([low]) => low)), Math.max(...windows.map(([, high]) => high))];
  }

  /**
   * The values that so many percent of the values lie below, by linear interpolation between neighbours;
   * NaN and infinities are left out, and the answer is NaN if nothing is left. Exact up to 262 144 values,
   * above that of an evenly spaced sample of about as many.
   * @param percents each from 0 to 100.
   * @throws SlicescopeError `invalid-argument`.
   */
  percentiles(percents: readonly number[]): number[] {
    for (const percent of percents) {
      if (!(percent >= 0 && percent <= 100)) {
        throw new SlicescopeError(
          'invalid-argument',
          `percentiles: ${quote(percent)} percent, expected a number from 0 to 100`,
          { argument: 'percents' },
        );
      }
    }
    return percents.map((percent) => percentileOf(this.#order(), percent));
  }

  /** The data was written in place: forget what was computed of it, and the chunks that were read. */
  changed(): void {
    this.#chunks?.voxels.forget();
    this.#range = null;
    this.#autoWindow = null;
    this.#ordered = null;
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
  slice(plane: Plane, index: number, { slab = 1, projection = 'max', ...part }: SliceOptions = {}): VolumeSlice {
    if (this.#chunks !== null) throw this.#notInMemory('slice');
    checkProjection(projection, 'slice');
    const { dtype } = slabKind(this, { slab, projection });
    const { components } = this;
    const { width, height } = this.#sizeOf(plane);
    const data = new ARRAY_OF[dtype](width * height * components);
    this.at(part).copySlab(plane, index, [0, 0], { x: 0, y: 0, width, height }, { slab, projection }, data);
    return { plane, index, width, height, components, ...realValues(data, { dtype, rescale: this.rescale }) };
  }

  /**
   * `slice`, of any volume: the chunks of one that lies in chunks are read.
   * @throws SlicescopeError those of `slice`, `file-corrupt`, `file-unreadable`.
   */
  async readSlice(plane: Plane, index: number, options: SliceOptions = {}): Promise<VolumeSlice> {
    if (this.#chunks === null) return this.slice(plane, index, options);
    const { slab = 1, projection = 'max', ...part } = options;
    checkProjection(projection, 'readSlice');
    const { dtype } = slabKind(this, { slab, projection });
    const { width, height } = this.#sizeOf(plane);
    checkWhole({ width, height });
    const { components } = this;
    const data = new ARRAY_OF[dtype](width * height);
    const rect = { x: 0, y: 0, width, height };
    await this.at(part).readTile(plane, index, [0, 0], rect, { slab, projection }, data);
    return { plane, index, width, height, components, ...realValues(data, { dtype, rescale: this.rescale }) };
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
    const size = this.#sizeOf(plane);
    checkIndex(index, size.count, `slice: index of plane ${plane}`);
    checkTile(size, level, rect, slabKind(this, { slab, projection }), target);
    const { voxels, part } = this.#chunks;
    const stored = { slab, projection: storedProjection(projection, this.rescale) };
    await voxels.cut({ plane, index, level, rect, ...stored }, target, part, signal);
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
    const size = this.#sizeOf(plane);
    checkIndex(index, size.count, `slice: index of plane ${plane}`);
    checkTile(size, level, tile, this, target);
    const { data, shape, components } = this;
    copyTile(data, shape, components, { plane, index, slice: size, level, rect: tile }, target, blocks);
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
    const size = this.#sizeOf(plane);
    checkIndex(index, size.count, `slice: index of plane ${plane}`);
    checkTile(size, level, tile, slabKind(this, { slab, projection }), target);
    const { dtype, components } = this;
    const [first, end] = slabSlices(index, slab, size.count);
    const stored = storedProjection(projection, this.rescale);
    for (const { rect, from } of bands(tile, components * this.data.BYTES_PER_ELEMENT)) {
      const band = target.subarray(from * components, (from + rect.width * rect.height) * components);
      const { slice, add, finish } = projecting(stored, dtype, band);
      for (let each = first; each < end; each++) {
        this.copyTile(plane, each, level, rect, slice, blocks);
        add();
      }
      finish();
    }
  }

  /**
   * The plane of a name: `xy`, `xz`, `yz`, or `axial`, `coronal`, `sagittal` for the one nearest to it by the
   * volume's direction; without a direction, as if its axes were L, P and S.
   * @throws SlicescopeError `unknown-plane`.
   */
  resolvePlane(name: string): Plane {
    const plane = PLANES.find((known) => known === name);
    if (plane !== undefined) return plane;
    const anatomy = Object.hasOwn(ANATOMY_OF, name) ? ANATOMY_OF[name] : undefined;
    if (anatomy === undefined) throw unknownPlane(name);
    return planeAcross(anatomy, this.direction);
  }

  /** What a client learns of the volume. `revision` identifies the volume and its present content. */
  info(revision: number): VolumeInfo {
    const { name, shape, dtype, rescale, components, spacing, origin, direction, unit, frames, channels } = this;
    const planes = { xy: this.#planeInfo('xy'), xz: this.#planeInfo('xz'), yz: this.#planeInfo('yz') };
    const geometry = { spacing, origin, direction, unit };
    const { chunked } = this;
    return { revision, name, shape, dtype, rescale, components, planes, ...geometry, frames, channels, chunked };
  }

  /** One line, such as `Volume "T1": 197 × 233 × 189 uint8, 1 × 1 × 1 mm`. */
  toString(): string {
    const { name, shape, dtype, components, spacing, unit } = this;
    const counts = (['channels', 'frames'] as const).filter((each) => this[each] !== 1);
    const several = counts.map((each) => `, ${String(this[each])} ${each}`).join('');
    const kind = components === 1 ? dtype : `${dtype} ${components === 3 ? 'RGB' : 'RGBA'}`;
    const distances = spacing.map((distance) => String(Number(distance.toPrecision(4)))).join(' × ');
    return `Volume${name === '' ? '' : ` ${JSON.stringify(name)}`}: ${formatShape(shape)} ${kind}${several}, ${distances} ${unit}`;
  }

  #notInMemory(member: string): SlicescopeError {
    const least = this.levels.length - 1;
    const whole = least === 0 ? '' : `, or open it with { level: 0 } to ${String(least)} to have a level in memory`;
    const message = `volume.${member}: the voxels are left in their chunks; await volume.readSlice('xy', 0) or volume.readValue(x, y, z)${whole}`;
    return new SlicescopeError('not-in-memory', message, { member });
  }

  get #isWhole(): boolean {
    return areWhole(this);
  }

  #order(): Ordered {
    return (this.#ordered ??= realOrder(order(this.#data, this.dtype), this.rescale));
  }

  #sizeOf(plane: Plane): { width: number; height: number; count: number } {
    if (!Object.hasOwn(PLANE_AXES, plane)) throw unknownPlane(plane);
    const [first, second, normal] = PLANE_AXES[plane].map((axis) => this.shape[axis]) as unknown as Triple;
    return { width: first, height: second, count: normal };
  }

  #planeInfo(plane: Plane): PlaneInfo {
    const [first, second] = PLANE_AXES[plane];
    const spacing = [this.spacing[first], this.spacing[second]] as const;
    const { orientation, edges } = orientationOf(plane, this.direction);
    const named = this.axes && { left: '', right: this.axes[first], top: '', bottom: this.axes[second] };
    return { ...this.#sizeOf(plane), spacing, orientation, edges: edges ?? named };
  }
}

// What the console and a notebook show of a volume: one line, not millions of voxels.
Object.defineProperty(Volume.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Volume): string {
    return this.toString();
  },
});
