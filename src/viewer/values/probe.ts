import {
  PLANE_AXES,
  realValue,
  type LayerInfo,
  type Plane,
  type Triple,
  type ViewState,
  type VolumeInfo,
} from '../../protocol';
import { BORDER_BIAS, pointInVolume } from '../../shading';
import type { Surface } from '../host';
import type { LayerSlice, Slice } from '../slice-cache';
import { layersIn, type Layer } from './windows';

/** What a volume has at a place. */
export interface Probed {
  readonly layer: Layer;
  /** One number, or three or four of RGB and RGBA; null where the tile with it is not here. */
  readonly values: readonly number[] | null;
  /** Of a coarser level, and so perhaps a neighbour's. */
  readonly isNear: boolean;
  /** The name of a label; null for any other value. */
  readonly label: string | null;
}

export interface Probe {
  readonly plane: Plane;
  readonly frame: number;
  /** Whole numbers. */
  readonly voxel: Triple;
  /** Of the voxel's middle, in the volume's unit; LPS where the volume has a direction. */
  readonly position: Triple;
  readonly layers: readonly Probed[];
}

/** The position of a voxel's middle: origin + direction · (spacing ∘ voxel). */
export function positionOf({ origin, spacing, direction }: VolumeInfo, voxel: Triple): Triple {
  const along = [voxel[0] * spacing[0], voxel[1] * spacing[1], voxel[2] * spacing[2]] as const;
  if (direction === null) return [origin[0] + along[0], origin[1] + along[1], origin[2] + along[2]];
  const row = (at: 0 | 1 | 2): number =>
    origin[at] +
    (direction[3 * at] as number) * along[0] +
    (direction[3 * at + 1] as number) * along[1] +
    (direction[3 * at + 2] as number) * along[2];
  return [row(0), row(1), row(2)];
}

/** What is under a point of a canvas, in canvas pixels, as shares of the slice's columns and rows; null outside the picture. */
export function shareAt(
  { plane, orientation, placed }: Surface,
  [x, y]: readonly [x: number, y: number],
): readonly [column: number, row: number] | null {
  const at = [(x - placed.left) / placed.width, (y - placed.top) / placed.height] as const;
  if (at.some((share) => !(share >= 0 && share < 1))) return null;
  const point = pointInVolume(at, [0, 0, 0], plane, orientation);
  const [first, second] = PLANE_AXES[plane];
  return [point[first], point[second]];
}

/** The pixel, of `count` along an axis, at a share of it: as the picture draws them. */
function pixelAt(share: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(share * count + BORDER_BIAS)));
}

/**
 * A layer's real values at a place of its slice, of the finest tile there is.
 * @param isAveraged whether coarser levels are of no voxel's value.
 */
function valuesAt(
  { width, height, tiles, rescale }: LayerSlice,
  [columnShare, rowShare]: readonly [number, number],
  isAveraged: boolean,
): { values: number[]; isNear: boolean } | null {
  const [column, row] = [pixelAt(columnShare, width), pixelAt(rowShare, height)];
  for (const { level, rect, data, components, window } of [...tiles].reverse()) {
    const x = Math.floor(column / 2 ** level[0]) - rect.x;
    const y = Math.floor(row / 2 ** level[1]) - rect.y;
    if (window !== null || x < 0 || y < 0 || x >= rect.width || y >= rect.height) continue;
    const at = components * (y * rect.width + x);
    const values = Array.from({ length: components }, (_, component) =>
      realValue(data[at + component] as number, rescale),
    );
    return { values, isNear: level[0] + level[1] > 0 && (isAveraged || !isMiddle([column, row], level)) };
  }
  return null;
}

/** A coarser level holds the value of the voxel in the middle of those that a pixel stands for, but for averages. */
function isMiddle(pixel: readonly [number, number], level: readonly [number, number]): boolean {
  return pixel.every((at, axis) => {
    const size = 2 ** (level[axis] as number);
    return at % size === Math.floor(size / 2);
  });
}

function labelOf(info: LayerInfo, values: readonly number[] | null): string | null {
  return info.labels?.[String(values?.[0])]?.name ?? null;
}

/** What is under a point of a canvas, in canvas pixels; null outside the picture, or where no slice of it is shown. */
export function probeAt(
  state: ViewState,
  slice: Slice | null,
  surface: Surface,
  point: readonly [x: number, y: number],
): Probe | null {
  if (slice?.plane !== surface.plane || slice.revision !== state.volume.revision) return null;
  const share = shareAt(surface, point);
  return share === null ? null : probeIn(state, slice, share);
}

/** What is where the planes meet, for those who can't point; null while the slice is of another volume. */
export function probeOf(state: ViewState, slice: Slice): Probe | null {
  if (slice.revision !== state.volume.revision) return null;
  const [first, second] = PLANE_AXES[slice.plane];
  const { position } = state;
  return probeIn(state, slice, [(position[first] + 0.5) / slice.width, (position[second] + 0.5) / slice.height]);
}

function probeIn(state: ViewState, slice: Slice, share: readonly [number, number]): Probe {
  const [first, second, normal] = PLANE_AXES[slice.plane];
  const voxel: [number, number, number] = [0, 0, 0];
  [voxel[first], voxel[second], voxel[normal]] = [
    pixelAt(share[0], slice.width),
    pixelAt(share[1], slice.height),
    slice.index,
  ];
  const layers = layersIn(state)
    .filter(({ visible }) => visible)
    .map((layer): Probed => {
      const drawn = slice.layers.find((each) => each.layer === layer.layer);
      const isAveraged = state.volume.chunked && layer.layer < state.volume.channels;
      const found = drawn === undefined ? null : valuesAt(drawn, share, isAveraged);
      const values = found?.values ?? null;
      return { layer, values, isNear: found?.isNear === true, label: labelOf(layer.info, values) };
    });
  return { plane: slice.plane, frame: slice.frame, voxel, position: positionOf(state.volume, voxel), layers };
}
