import {
  ARRAY_OF,
  PLANES,
  PLANE_AXES,
  SlicescopeError,
  quote,
  slabKind,
  type DType,
  type Level,
  type Plane,
  type PlaneInfo,
  type Shape,
  type TileRect,
  type Triple,
  type VolumeInfo,
  type VoxelArray,
  type Window,
} from '../protocol';
import type { BlockSource } from './blocks';
import { checkDType, checkIndex, checkProjection, checkSlab, formatShape, unknownPlane, type Labels } from './checks';
import type { Part, SliceOptions, VolumeSlice } from './cut';
import { allocate, describe, elementsOf, formatCounts, type VolumeOptions, type VolumeRecord } from './description';
import { dtypeOf, isShared, type VoxelSource } from './dtype';
import { orientationOf, planeAcross } from './orientation';
import { projectSlices, slabSlices, type Slab } from './slab';
import { checkTile, copyTile } from './slicing';
import { order, percentileOf, rangeOf, windowFor, windowOfRange, type Ordered } from './statistics';

/** Frames that the window of a channel is computed from, evenly spaced. */
const WINDOW_FRAMES = 8;

const ANATOMY_OF: Readonly<Record<string, 0 | 1 | 2>> = { sagittal: 0, coronal: 1, axial: 2 };

/**
 * A box of voxels in shared memory, x running fastest: voxel (x, y, z) of a w × h × d volume is at
 * `((z × h + y) × w + x) × components`. A volume of several channels or frames is one box after the other, all
 * channels of the first frame before those of the second; `at` gives one of them. Made by `Volume.from` or
 * `Volume.alloc`.
 */
export class Volume {
  /** The voxels themselves, over a SharedArrayBuffer. Call `changed()` after writing into it. */
  readonly data: VoxelArray;
  readonly shape: Shape;
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
  /** Empty if nobody gave one. */
  readonly name: string;
  /** The window that was given, such as a file's own; null if none was. */
  readonly window: Window | null;
  /** Names by value of a label map that has them, such as a file's own; null if it has none. */
  readonly labels: Labels | null;

  #range: readonly [number, number] | null = null;
  #autoWindow: Window | null = null;
  #ordered: Ordered | null = null;
  readonly #parts: Map<number, Volume> = new Map();

  private constructor(record: VolumeRecord, dtype: DType) {
    this.data = record.data;
    this.shape = record.shape;
    this.dtype = dtype;
    this.components = record.components;
    this.channels = record.channels;
    this.frames = record.frames;
    this.unit = record.unit;
    this.spacing = record.spacing;
    this.origin = record.origin;
    this.direction = record.direction;
    this.name = record.name;
    this.window = record.window;
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

  /** The volume of a record, on whichever thread: the same voxels. */
  static fromRecord(record: VolumeRecord): Volume {
    return Volume.from(record.data, record.shape, record);
  }

  /** This volume for another thread. */
  toRecord(): VolumeRecord {
    const { data, shape, components, channels, frames, unit, spacing, origin, direction, name, window, labels } = this;
    return { data, shape, components, channels, frames, unit, spacing, origin, direction, name, window, labels };
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
      const [width, height, depth] = this.shape;
      const elements = width * height * depth * this.components;
      const data = this.data.subarray(at * elements, (at + 1) * elements);
      part = new Volume({ ...this.toRecord(), data, channels: 1, frames: 1 }, this.dtype);
      this.#parts.set(at, part);
    }
    return part;
  }

  /**
   * The least and the greatest finite value of any component; [NaN, NaN] if there is none. Exact up to
   * 16 777 216 values, above that of an evenly spaced sample of about as many.
   */
  get range(): readonly [min: number, max: number] {
    return (this.#range ??= rangeOf(this.data, this.dtype));
  }

  /**
   * The window to start with: the one given, else the 0.5 and 99.5 percentiles; whole numbers for integer
   * dtypes, [0, 255] for RGB and RGBA. Always finite, and low below high.
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

  /** The data was written in place: forget what was computed of it. */
  changed(): void {
    this.#range = null;
    this.#autoWindow = null;
    this.#ordered = null;
    for (const part of this.#parts.values()) part.changed();
  }

  /**
   * The exact value of a voxel: a number, or 3 or 4 of them for RGB and RGBA.
   * @param part which frame and channel; the first without it.
   * @throws SlicescopeError `index-out-of-range`, which names the axis.
   */
  valueAt(x: number, y: number, z: number, part: Part = {}): number | number[] {
    const { data } = this.at(part);
    const [width, height, depth] = this.shape;
    checkIndex(x, width, 'valueAt: x');
    checkIndex(y, height, 'valueAt: y');
    checkIndex(z, depth, 'valueAt: z');
    const start = ((z * height + y) * width + x) * this.components;
    if (this.components === 1) return data[start] as number;
    return Array.from(data.subarray(start, start + this.components));
  }

  /**
   * A copy of one slice, exact, or of several seen through at once. `xy` is w × h at z, `xz` is w × d at y, `yz` is
   * h × d at x. The mean of several is of float32.
   * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-argument`.
   */
  slice(plane: Plane, index: number, { slab = 1, projection = 'max', ...part }: SliceOptions = {}): VolumeSlice {
    checkProjection(projection, 'slice');
    const { dtype } = slabKind(this, { slab, projection });
    const { components } = this;
    const { width, height } = this.#sizeOf(plane);
    const data = new ARRAY_OF[dtype](width * height * components);
    this.at(part).copySlab(plane, index, [0, 0], { x: 0, y: 0, width, height }, { slab, projection }, data);
    return { plane, index, width, height, dtype, components, data };
  }

  /**
   * Cut a tile of a slice at a level of detail into the start of `target`, with no copy between. Of several frames or
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
   * `copyTile` of several slices at once: their maximum, minimum or mean. Colours have no slabs; theirs is the slice.
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
    if (slab === 1 || this.components !== 1) {
      this.copyTile(plane, index, level, tile, target, blocks);
      return;
    }
    const size = this.#sizeOf(plane);
    checkIndex(index, size.count, `slice: index of plane ${plane}`);
    checkTile(size, level, tile, slabKind(this, { slab, projection }), target);
    const pixels = target.subarray(0, tile.width * tile.height);
    projectSlices(projection, this.dtype, slabSlices(index, slab, size.count), pixels, (each, into) => {
      this.copyTile(plane, each, level, tile, into, blocks);
    });
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
    const { name, shape, dtype, components, spacing, origin, direction, unit, frames, channels } = this;
    const planes = { xy: this.#planeInfo('xy'), xz: this.#planeInfo('xz'), yz: this.#planeInfo('yz') };
    const geometry = { spacing, origin, direction, unit };
    return { revision, name, shape, dtype, components, planes, ...geometry, frames, channels };
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

  get #isWhole(): boolean {
    return !this.dtype.startsWith('float');
  }

  #order(): Ordered {
    return (this.#ordered ??= order(this.data, this.dtype));
  }

  #sizeOf(plane: Plane): { width: number; height: number; count: number } {
    if (!Object.hasOwn(PLANE_AXES, plane)) throw unknownPlane(plane);
    const [first, second, normal] = PLANE_AXES[plane].map((axis) => this.shape[axis]) as unknown as Triple;
    return { width: first, height: second, count: normal };
  }

  #planeInfo(plane: Plane): PlaneInfo {
    const [first, second] = PLANE_AXES[plane];
    const spacing = [this.spacing[first], this.spacing[second]] as const;
    return { ...this.#sizeOf(plane), spacing, ...orientationOf(plane, this.direction) };
  }
}

// What the console and a notebook show of a volume: one line, not millions of voxels.
Object.defineProperty(Volume.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Volume): string {
    return this.toString();
  },
});
