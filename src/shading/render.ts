import type { Interpolation, Orientation, TileRect, Window } from '../protocol';
import type { ColormapName } from './colormaps';
import type { LayerLook } from './layers';
import { pictureSize, rotated, type SliceGrid } from './orientation';
import { drawnColors, indexer, painterOf, tableOf, tablesOf, type DrawnPart, type LayerData } from './painters';
import type { Region } from './region';
import { nearestAlong, neighboursAlong } from './sampling';

/** A slice as it was cut. */
export interface SliceData extends SliceGrid, LayerData {}

export interface Shading {
  readonly window: Window;
  readonly colormap: ColormapName;
  /** The colour map back to front; false if left out. */
  readonly invert?: boolean;
  /** `nearest` if left out. */
  readonly interpolation?: Interpolation;
  readonly orientation: Orientation;
  /** Quarter turns clockwise. */
  readonly rotation: number;
}

/** RGBA, 8 bits each, not premultiplied, row by row from the top left. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** One volume's part of a picture. */
export interface DrawnLayer {
  readonly slice: LayerData;
  readonly look: LayerLook;
}

/** The colours of all values of a slice, one RGBA quadruple a voxel, in the slice's own order. */
function colors({ data, components }: LayerData, look: LayerLook): Uint32Array {
  const count = data.length / components;
  const out = new Uint32Array(count);
  const bytes = new Uint8Array(out.buffer);
  if (components > 1) {
    const drawn = drawnColors(data);
    for (let voxel = 0; voxel < count; voxel++) {
      for (let channel = 0; channel < 4; channel++) {
        bytes[4 * voxel + channel] = channel < components ? (drawn[components * voxel + channel] ?? 0) : 255;
      }
    }
    return out;
  }
  const table = new Uint32Array(tableOf(look).buffer);
  const indexOf = indexer(look);
  if (data.BYTES_PER_ELEMENT > 2) {
    for (let voxel = 0; voxel < count; voxel++) out[voxel] = table[indexOf(data[voxel] as number)] ?? 0;
    return out;
  }
  // Of 16 bits and fewer most values are there more than once: the colour of each is kept.
  const known = new Uint32Array(65_536);
  for (let voxel = 0; voxel < count; voxel++) {
    const value = data[voxel] as number;
    const place = value & 0xffff;
    let color = known[place] as number;
    if (color === 0) known[place] = color = table[indexOf(value)] ?? 0;
    out[voxel] = color;
  }
  return out;
}

/** One layer that nothing is mixed in: many pictures are this, and it takes a tenth of the time. */
function copyColors({ slice, look }: DrawnLayer, picture: Picture, part: DrawnPart, orientation: Orientation): void {
  const { width, height } = picture;
  const [across, down] = tablesOf(nearestAlong, slice, part, orientation);
  const voxels = colors(slice, look);
  const [acrossStep, downStep] = orientation.transpose ? [slice.width, 1] : [1, slice.width];
  const pixels = new Uint32Array(picture.data.buffer);
  for (let y = 0; y < height; y++) {
    const row = (down[y] ?? 0) * downStep;
    for (let x = 0; x < width; x++) pixels[y * width + x] = voxels[row + (across[x] ?? 0) * acrossStep] ?? 0;
  }
}

/** Put a row of colours, premultiplied and not rounded, on a row of premultiplied bytes. */
function blend(source: Float64Array, target: Uint8Array, { opacity, blend: how }: LayerLook): void {
  for (let pixel = 0; pixel < source.length; pixel += 4) {
    const kept = how === 'add' ? 1 : 1 - ((source[pixel + 3] as number) * opacity) / 255;
    for (let at = pixel; at < pixel + 4; at++) {
      const sum = (source[at] as number) * opacity + (target[at] as number) * kept;
      target[at] = Math.min(255, Math.floor(sum + 0.5));
    }
  }
}

/** Write a row of premultiplied colours as colours that are not. */
function straighten(source: Float64Array | Uint8Array, target: Uint8Array, opacity: number): void {
  for (let pixel = 0; pixel < source.length; pixel += 4) {
    const alpha = source[pixel + 3] as number;
    for (let at = pixel; at < pixel + 3; at++) {
      target[at] = alpha === 0 ? 0 : Math.min(255, Math.floor(((source[at] as number) * 255) / alpha + 0.5));
    }
    target[pixel + 3] = Math.floor(alpha * opacity + 0.5);
  }
}

/**
 * Draw the slices of a view's volumes over each other at scale 1: `grid` is that of the lowest one, which gives the
 * picture its size, and all cover the same rectangle. A pixel shows what is at its middle. This is the definition of
 * how slices look: exports and snapshots are drawn by it, and the viewer's shader is tested against it, pixel by pixel.
 *
 * `scale` makes the picture larger or smaller: its pixels lie as many times denser. Of a region those pixels are drawn that
 * the whole picture has there.
 *
 * Each layer is added to, or drawn over, the rounded, premultiplied 8-bit colours of those before it; the first one lies
 * on transparent black. Of one layer alone the colours are not premultiplied before they are rounded.
 */
export function renderLayers(
  grid: SliceGrid,
  layers: readonly DrawnLayer[],
  orientation: Orientation,
  scale = 1,
  region?: Region,
): Picture {
  const size = pictureSize(grid, orientation, scale);
  const part = { ...size, region: region ?? { left: 0, top: 0, ...size } };
  const { width, height } = part.region;
  const picture = { width, height, data: new Uint8Array(4 * width * height) };
  const [first] = layers;
  if (first === undefined) return picture;
  const isAlone = layers.length === 1;
  if (isAlone && first.look.interpolation === 'nearest' && first.look.opacity === 1) {
    copyColors(first, picture, part, orientation);
    return picture;
  }
  const painters = layers.map(({ slice, look }) => painterOf(slice, look, part, orientation));
  const row = new Float64Array(4 * width);
  for (let y = 0; y < height; y++) {
    const target = picture.data.subarray(4 * width * y, 4 * width * (y + 1));
    for (const [at, paint] of painters.entries()) {
      paint(y, row);
      if (!isAlone) blend(row, target, (layers[at] as DrawnLayer).look);
    }
    if (isAlone) straighten(row, target, first.look.opacity);
    else straighten(target, target, 1);
  }
  return picture;
}

/** The pixels of a slice, all over its grid, that those of a region of its picture are made of, however they are interpolated. */
export function pixelsIn(grid: SliceGrid, orientation: Orientation, scale: number, region: Region): TileRect {
  const part = { ...pictureSize(grid, orientation, scale), region };
  const [across, down] = tablesOf(neighboursAlong, grid, part, orientation).map(({ first, second }) => {
    // They go up or, mirrored, down.
    const from = Math.min(first[0] as number, first.at(-1) as number);
    return [from, Math.max(second[0] as number, second.at(-1) as number) + 1 - from] as const;
  }) as [readonly [number, number], readonly [number, number]];
  const [[x, width], [y, height]] = orientation.transpose ? [down, across] : [across, down];
  return { x, y, width, height };
}

const UPRIGHT: Orientation = { transpose: false, flipX: false, flipY: false };

/** Whether nothing is drawn at a point of slices that cover the same rectangle, given as shares of its width and height, each below 1. */
export function isSeenThrough(layers: readonly DrawnLayer[], [across, down]: readonly [number, number]): boolean {
  const color = new Float64Array(4);
  return layers.every(({ slice, look }) => {
    const { width, height } = slice;
    const region = { left: Math.floor(across * width), top: Math.floor(down * height), width: 1, height: 1 };
    painterOf(slice, look, { width, height, region }, UPRIGHT)(0, color);
    return (color[3] as number) * look.opacity < 0.5;
  });
}

/** Draw one slice at scale 1, as `renderLayers` does. */
export function renderSlice(slice: SliceData, shading: Shading): Picture {
  const { window, colormap, invert = false, interpolation = 'nearest' } = shading;
  const plain = { layer: 0, rescale: null, palette: null, opacity: 1, blend: 'over' } as const;
  const look = { ...plain, window, colormap, invert, interpolation };
  return renderLayers(slice, [{ slice, look }], rotated(shading.orientation, shading.rotation));
}
