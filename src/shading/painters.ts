import { realValue, type Orientation, type VoxelArray } from '../protocol';
import { colormapTable, isCategorical, labelIndex } from './colormaps';
import type { LayerLook } from './layers';
import type { Region } from './region';
import { nearestAlong, neighboursAlong, type Span } from './sampling';
import { colorIndex, colorPlace } from './window';

/** One volume's slice, of whatever grid: it covers the whole picture. */
export interface LayerData {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Row by row, `width × height × components` elements, as they are stored. */
  readonly data: VoxelArray;
}

/** A picture's size, and the part of it that is drawn. */
export interface DrawnPart {
  readonly width: number;
  readonly height: number;
  readonly region: Region;
}

/**
 * Writes the colours of the region's row `y` into `row`: RGBA from 0 to 255, premultiplied, not rounded, one pixel after
 * another.
 */
export type Painter = (y: number, row: Float64Array) => void;

/** Writes the colour of the value or the colour at `element` of the data to `row`, from `to` on. */
type Colorist = (element: number, row: Float64Array, to: number) => void;

/** Which of a colour map's colours a stored value takes; NaN only for what has none. */
export function indexer({
  window,
  colormap,
  palette,
  rescale,
}: Pick<LayerLook, 'window' | 'colormap' | 'palette' | 'rescale'>): (value: number) => number {
  if (!isCategorical(colormap)) return (value) => colorIndex(value, window);
  const indexOf = palette === null ? labelIndex : (value: number) => palette.indexOf(value);
  return rescale === null ? indexOf : (value) => indexOf(realValue(value, rescale));
}

/** The colours that `indexer` is of: RGBA, not premultiplied. */
export function tableOf({ colormap, invert, palette }: Pick<LayerLook, 'colormap' | 'invert' | 'palette'>): Uint8Array {
  return palette?.table ?? colormapTable(colormap, invert);
}

/** Colours as they are drawn, from 0 to 255: of 16 bits the upper 8. */
export function drawnColors(data: VoxelArray): VoxelArray {
  return data.BYTES_PER_ELEMENT === 1 ? data : Uint8Array.from(data, (value) => value >> 8);
}

function direct({ data: stored, components }: LayerData): Colorist {
  const data = drawnColors(stored);
  return (element, row, to) => {
    const alpha = components === 4 ? (data[element + 3] as number) : 255;
    for (let channel = 0; channel < 3; channel++) {
      row[to + channel] = ((data[element + channel] as number) * alpha) / 255;
    }
    row[to + 3] = alpha;
  };
}

function mapped({ data }: LayerData, look: LayerLook): Colorist {
  const table = tableOf(look);
  const indexOf = indexer(look);
  return (element, row, to) => {
    const index = indexOf(data[element] as number);
    const alpha = index === index ? (table[4 * index + 3] as number) : 0; // NaN is not itself.
    for (let channel = 0; channel < 3; channel++) {
      row[to + channel] = alpha === 0 ? 0 : ((table[4 * index + channel] as number) * alpha) / 255;
    }
    row[to + 3] = alpha;
  };
}

/** For each pixel across and down the region, what `along` says of it. */
export function tablesOf<T>(
  along: (pixels: number, voxels: number, flip: boolean, span: Span) => T,
  layer: Pick<LayerData, 'width' | 'height'>,
  { width, height, region }: DrawnPart,
  { transpose, flipX, flipY }: Orientation,
): [across: T, down: T] {
  return [
    along(width, transpose ? layer.height : layer.width, flipX, [region.left, region.width]),
    along(height, transpose ? layer.width : layer.height, flipY, [region.top, region.height]),
  ];
}

function paintNearest(layer: LayerData, look: LayerLook, part: DrawnPart, orientation: Orientation): Painter {
  const [across, down] = tablesOf(nearestAlong, layer, part, orientation);
  const [acrossStep, downStep] = steps(layer, orientation);
  const colorist = layer.components === 1 ? mapped(layer, look) : direct(layer);
  return (y, row) => {
    const start = (down[y] as number) * downStep;
    for (let x = 0; x < part.region.width; x++) colorist(start + (across[x] as number) * acrossStep, row, 4 * x);
  };
}

/** How far apart in the data two pixels are that lie beside and below each other in the picture. */
function steps({ width, components }: LayerData, { transpose }: Orientation): [across: number, down: number] {
  return transpose ? [width * components, components] : [components, width * components];
}

/** What mixes the four neighbours of a pixel, which `corners` and `weights` have one for one. */
type Mixer = (corners: Int32Array, weights: Float64Array, row: Float64Array, to: number) => void;

/** Premultiplied colours, each by its weight. */
function mixColors(layer: LayerData): Mixer {
  const colorist = direct(layer);
  const color = new Float64Array(4);
  return (corners, weights, row, to) => {
    row.fill(0, to, to + 4);
    for (let corner = 0; corner < 4; corner++) {
      colorist(corners[corner] as number, color, 0);
      for (let channel = 0; channel < 4; channel++) {
        row[to + channel] = (row[to + channel] as number) + (weights[corner] as number) * (color[channel] as number);
      }
    }
  };
}

/** Distances beyond it count as this: a shader's floats end there, and infinity has no middle with anything. */
export const LARGEST: number = 1e38;

/**
 * Values, each by its weight, and then the colour between two of the map's. A NaN that counts makes the pixel one, and so
 * do an infinity and its opposite.
 */
function mixValues({ data }: LayerData, { window, colormap, invert }: LayerLook): Mixer {
  const table = colormapTable(colormap, invert);
  const [low, high] = window;
  return (corners, weights, row, to) => {
    let [distance, isHigh, isLow] = [0, false, false];
    for (let corner = 0; corner < 4; corner++) {
      const weight = weights[corner] as number;
      if (weight === 0) continue;
      const one = Math.max(-LARGEST, Math.min(LARGEST, (data[corners[corner] as number] as number) - low));
      distance += weight * one;
      isHigh ||= one === LARGEST;
      isLow ||= one === -LARGEST;
    }
    if (Number.isNaN(distance) || (isHigh && isLow)) {
      row.fill(0, to, to + 4);
      return;
    }
    const place = colorPlace(distance, [0, high - low]);
    const first = Math.min(254, Math.floor(place));
    for (let channel = 0; channel < 4; channel++) {
      const [from, until] = [table[4 * first + channel] as number, table[4 * first + 4 + channel] as number];
      row[to + channel] = from + (until - from) * (place - first);
    }
  };
}

function paintLinear(layer: LayerData, look: LayerLook, part: DrawnPart, orientation: Orientation): Painter {
  const [across, down] = tablesOf(neighboursAlong, layer, part, orientation);
  const [acrossStep, downStep] = steps(layer, orientation);
  const mix = layer.components === 1 ? mixValues(layer, look) : mixColors(layer);
  const corners = new Int32Array(4);
  const weights = new Float64Array(4);
  return (y, row) => {
    const [above, below] = [(down.first[y] as number) * downStep, (down.second[y] as number) * downStep];
    const lower = down.share[y] as number;
    for (let x = 0; x < part.region.width; x++) {
      const [left, right] = [(across.first[x] as number) * acrossStep, (across.second[x] as number) * acrossStep];
      const righter = across.share[x] as number;
      corners[0] = above + left;
      corners[1] = above + right;
      corners[2] = below + left;
      corners[3] = below + right;
      weights[0] = (1 - lower) * (1 - righter);
      weights[1] = (1 - lower) * righter;
      weights[2] = lower * (1 - righter);
      weights[3] = lower * righter;
      mix(corners, weights, row, 4 * x);
    }
  };
}

/** What draws one volume's part of a picture. */
export function painterOf(layer: LayerData, look: LayerLook, part: DrawnPart, orientation: Orientation): Painter {
  const isLinear = look.interpolation === 'linear' && !(layer.components === 1 && isCategorical(look.colormap));
  return (isLinear ? paintLinear : paintNearest)(layer, look, part, orientation);
}
