import {
  PLANES,
  PLANE_AXES,
  levelVoxel,
  realDType,
  storedPadding,
  type Labels,
  type Level,
  type OverlayInfo,
  type PixelKind,
  type Plane,
  type PlaneInfo,
  type TileRect,
  type Triple,
  type VoxelArray,
} from '../protocol';
import { apply, voxelsToVoxels, type Affine } from './affine';
import { sampleLinear, sampleNearest, type Points } from './resample';
import { checkTile } from './slicing';
import type { Volume } from './volume';

/** A volume that is drawn over another one. */
export interface OverlayLayer {
  readonly volume: Volume;
  /** What a label map's values stand for, some or none; null for a map of numbers. */
  readonly labels: Labels | null;
}

/** An overlay's voxels that one of the volume below stands for, at most, along an axis of its slices. */
const MAX_FACTOR = 8;
/** Points that are sampled in one go: enough that setting up is little of it, and few enough for the processor's cache. */
const POINTS_AT_ONCE = 4096;
/** Deviations of two grids up to this part of a voxel are those of computing. */
const TOLERANCE = 1e-4;

/**
 * An overlay as slices of the volume below: as many of them, each covering the same rectangle, in pixels that are finer
 * by whole factors where the overlay's voxels are. It is sampled where these pixels have their middles: labels are those
 * of the nearest voxel, and 0 beside the overlay; other values are interpolated between the eight nearest, as float32,
 * and NaN beside it. Where both grids are one, slices are copies. Labels are real values; others are as they are stored.
 */
export class OverlayGrid {
  readonly #base: Volume;
  readonly #overlay: Volume;
  readonly #labels: Labels | null;
  readonly #affine: Affine;
  /** Pixels for one voxel of the base along x, y and z. */
  readonly #factors: Triple;
  readonly #isCopy: boolean;

  constructor(base: Volume, { volume, labels }: OverlayLayer) {
    this.#base = base;
    this.#overlay = volume;
    this.#labels = labels;
    this.#affine = voxelsToVoxels(base, volume);
    const isStored = labels === null || volume.rescale === null;
    this.#isCopy = isStored && isSameGrid(base, volume, this.#affine);
    const { m } = this.#affine;
    this.#factors = [0, 1, 2].map((axis) => {
      const steps = [0, 1, 2].map((row) => Math.abs(m[3 * row + axis] as number));
      return Math.max(1, Math.min(MAX_FACTOR, Math.round(Math.max(...steps))));
    }) as unknown as Triple;
  }

  /** What its pixels are. */
  get kind(): PixelKind {
    const { dtype } = this.#overlay;
    if (this.#labels !== null) return { dtype: realDType(this.#overlay), components: 1 };
    return { dtype: this.#isCopy ? dtype : 'float32', components: 1 };
  }

  info(revision: number): OverlayInfo {
    const { planes } = this.#base.info(0);
    const finer = (plane: Plane): PlaneInfo => {
      const [columns, rows] = this.#factorsOf(plane);
      const { width, height, spacing, ...rest } = planes[plane];
      return {
        ...rest,
        width: width * columns,
        height: height * rows,
        spacing: [spacing[0] / columns, spacing[1] / rows],
      };
    };
    const [xy, xz, yz] = PLANES.map(finer) as [PlaneInfo, PlaneInfo, PlaneInfo];
    const { dtype, components } = this.kind;
    const { name, frames } = this.#overlay;
    const labels = this.#labels;
    const rescale = labels === null ? this.#overlay.rescale : null;
    const padding = labels === null ? storedPadding(this.#overlay.padding, { dtype, rescale }) : null;
    const values = { dtype, rescale, components, ...(padding === null ? {} : { padding }) };
    return { revision, name, ...values, planes: { xy, xz, yz }, frames, labels };
  }

  /**
   * `Volume.copyTile`, of the overlay.
   * @param source a frame of the overlay, or a copy of it.
   * @param tile in pixels of the level, of the size that `info` says.
   * @throws SlicescopeError `index-out-of-range`, `invalid-argument`.
   */
  copyTile(source: Volume, plane: Plane, index: number, level: Level, tile: TileRect, target: VoxelArray): void {
    if (this.#isCopy) {
      source.copyTile(plane, index, level, tile, target);
      return;
    }
    const [first, second, normal] = PLANE_AXES[plane];
    const { width, height, count } = this.info(0).planes[plane];
    checkTile({ width, height, count }, { plane, index, level, rect: tile }, this.kind, target);
    const [columns, rows] = this.#factorsOf(plane);
    const { m } = this.#affine;
    const corner = apply(
      this.#affine,
      [0, 1, 2].map((axis) => (axis === normal ? index : 0)),
    );
    const places = Array.from(
      { length: tile.width },
      (_, at) => (levelVoxel(tile.x + at, level[0], width) + 0.5) / columns - 0.5,
    );
    const rowsAtOnce = Math.max(1, Math.floor(POINTS_AT_ONCE / tile.width));
    for (let top = 0; top < tile.height; top += rowsAtOnce) {
      const bottom = Math.min(tile.height, top + rowsAtOnce);
      const lines = Array.from(
        { length: bottom - top },
        (_, at) => (levelVoxel(tile.y + top + at, level[1], height) + 0.5) / rows - 0.5,
      );
      const points = [0, 1, 2].map((axis) => {
        const [from, right, down] = [corner[axis], m[3 * axis + first], m[3 * axis + second]] as Triple;
        const onAxis = new Float64Array(lines.length * tile.width);
        let at = 0;
        for (const line of lines) {
          const start = from + down * line;
          for (let column = 0; column < tile.width; column++) onAxis[at++] = start + right * (places[column] as number);
        }
        return onAxis;
      }) as unknown as Points;
      const pixels = target.subarray(top * tile.width, bottom * tile.width);
      if (this.#labels !== null) sampleNearest(source, points, pixels);
      else sampleLinear(source, points, pixels);
    }
  }

  #factorsOf(plane: Plane): readonly [columns: number, rows: number] {
    const [first, second] = PLANE_AXES[plane];
    return [this.#factors[first], this.#factors[second]];
  }
}

function isSameGrid(base: Volume, overlay: Volume, affine: Affine): boolean {
  if (base.shape.some((size, axis) => size !== overlay.shape[axis])) return false;
  const last = base.shape.map((size) => size - 1);
  return [[0, 0, 0], last, [last[0], 0, 0], [0, last[1], 0]].every((corner) =>
    apply(affine, corner as number[]).every((at, axis) => Math.abs(at - (corner[axis] as number)) < TOLERANCE),
  );
}
