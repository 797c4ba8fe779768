import type { Orientation, VoxelArray, Window } from '../protocol';
import { colormapTable, type ColormapName } from './colormaps';
import { BORDER_BIAS, pictureSize, rotated, type SliceGrid } from './orientation';
import { colorIndex } from './window';

/** A slice as it was cut. */
export interface SliceData extends SliceGrid {
  /** Row by row, `width × height × components` elements. */
  readonly data: VoxelArray;
  readonly components: number;
}

export interface Shading {
  readonly window: Window;
  readonly colormap: ColormapName;
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

/** For each pixel along one axis of the picture, the column or row of the slice that it shows. */
function sources(pixels: number, voxels: number, flip: boolean): Int32Array {
  const table = new Int32Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = (flip ? pixels - pixel - 0.5 : pixel + 0.5) / pixels;
    table[pixel] = Math.min(voxels - 1, Math.floor(at * voxels + BORDER_BIAS));
  }
  return table;
}

/** The colours of all values of a slice, one RGBA quadruple a voxel, in the slice's own order. */
function colors({ data, components }: SliceData, { window, colormap }: Shading): Uint32Array {
  const count = data.length / components;
  const out = new Uint32Array(count);
  const bytes = new Uint8Array(out.buffer);
  if (components > 1) {
    for (let voxel = 0; voxel < count; voxel++) {
      for (let channel = 0; channel < 4; channel++) {
        bytes[4 * voxel + channel] = channel < components ? (data[components * voxel + channel] ?? 0) : 255;
      }
    }
    return out;
  }
  const table = new Uint32Array(colormapTable(colormap).buffer);
  for (let voxel = 0; voxel < count; voxel++) {
    const value = data[voxel] ?? NaN;
    out[voxel] = Number.isNaN(value) ? 0 : (table[colorIndex(value, window)] ?? 0);
  }
  return out;
}

/**
 * Draw a slice at scale 1. This is the definition of how slices look: exports and snapshots are drawn by
 * it, and the viewer's shader is tested against it, pixel by pixel.
 */
export function renderSlice(slice: SliceData, shading: Shading): Picture {
  const orientation = rotated(shading.orientation, shading.rotation);
  const { width, height } = pictureSize(slice, orientation);
  const { transpose, flipX, flipY } = orientation;
  const across = sources(width, transpose ? slice.height : slice.width, flipX);
  const down = sources(height, transpose ? slice.width : slice.height, flipY);
  const voxels = colors(slice, shading);
  const [acrossStep, downStep] = transpose ? [slice.width, 1] : [1, slice.width];
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = (down[y] ?? 0) * downStep;
    for (let x = 0; x < width; x++) pixels[y * width + x] = voxels[row + (across[x] ?? 0) * acrossStep] ?? 0;
  }
  return { width, height, data: new Uint8Array(pixels.buffer) };
}
