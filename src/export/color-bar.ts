import { SlicescopeError, type Window } from '../protocol';
import {
  COLOR_BAR_TICKS,
  colorIndex,
  colormapTable,
  isCategorical,
  roundedNumber,
  ticks,
  type Picture,
} from '../shading';
import type { Volume } from '../volume';
import { drawText } from './lettering';
import type { Look } from './look';
import { padding, textSize } from './marks';
import { blank, drawOver, fill, put } from './paint';

const LINE = [128, 128, 128] as const;

/** Values that are seen through a window and a colour map. */
interface Mapped {
  readonly window: Window;
  readonly colormap: string;
  readonly invert: boolean;
}

/** What is shown that has a window, as a view's panel has it: neither colours nor labels. */
function mappedLayers({ volume, settings }: Pick<Look, 'settings'> & { readonly volume: Volume }): Mapped[] {
  const { window, colormap, invert, channels } = settings;
  const of = channels.length === 0 ? [{ window, colormap, visible: true }] : channels;
  const base = volume.components === 1 ? of.map((each) => ({ ...each, invert })) : [];
  const over = settings.overlays.filter(({ opacity }) => opacity > 0).map((each) => ({ ...each, invert: false }));
  return [...base, ...over].filter((each) => each.visible && !isCategorical(each.colormap));
}

interface Tick {
  /** From 0 to 1, along the bar. */
  readonly place: number;
  readonly number: Picture;
}

/** Round numbers of the window, as many as have room side by side. */
async function ticksOf({ window: [low, high] }: Mapped, text: number, room: number): Promise<readonly Tick[]> {
  for (let count = COLOR_BAR_TICKS; ; count--) {
    const { values, step } = ticks(low, high, count);
    const made = values.map(async (value) => ({
      place: (value - low) / (high - low),
      number: await drawText(roundedNumber(value, step), text),
    }));
    const all = await Promise.all(made);
    if (count === 1 || all.reduce((sum, { number }) => sum + number.width + text, 0) <= room) return all;
  }
}

/** The colours of a window's values from left to right: each pixel's is that of the value at its middle. */
function stripOf({ window, colormap, invert }: Mapped, width: number, height: number): Picture {
  const strip = blank(width, height);
  const table = colormapTable(colormap, invert);
  const [low, high] = window;
  for (let x = 0; x < width; x++) {
    const index = colorIndex(low + ((x + 0.5) / width) * (high - low), window);
    const [red = 0, green = 0, blue = 0] = table.subarray(4 * index, 4 * index + 3);
    fill(strip, [x, 0, 1, height], [red, green, blue]);
  }
  return strip;
}

/** One layer's colours with numbers, on black. */
async function barOf(layer: Mapped, width: number, text: number, pad: number): Promise<Picture> {
  const [thickness, mark] = [Math.max(6, Math.round(0.75 * text)), Math.max(2, Math.round(text / 4))];
  const numbers = await ticksOf(layer, text, width);
  const widest = Math.max(0, ...numbers.map(({ number }) => number.width));
  const margin = Math.max(pad, Math.ceil(widest / 2) + 1);
  const length = Math.max(1, width - 2 * margin);
  const height = pad + thickness + mark + Math.max(0, ...numbers.map(({ number }) => number.height));
  const bar = blank(width, height);
  fill(bar, [0, 0, width, height], [0, 0, 0]);
  // A line around it: the first colour may be black.
  fill(bar, [margin - 1, pad - 1, length + 2, thickness + 2], LINE);
  put(bar, stripOf(layer, length, thickness), margin, pad);
  for (const { place, number } of numbers) {
    const at = margin + place * length;
    fill(bar, [Math.min(margin + length - 1, Math.floor(at)), pad + thickness, 1, mark], [255, 255, 255]);
    drawOver(bar, number, Math.round(at - number.width / 2), height - number.height);
  }
  return bar;
}

/**
 * The colours of the values that are seen through a window, as wide as the picture that it is for: a bar for each channel
 * and overlay, below each other.
 * @param size of a picture whose texts are as large.
 * @throws SlicescopeError `invalid-argument` where there are none.
 */
export async function drawColorBar(
  what: Look & { readonly volume: Volume },
  width: number,
  size: { readonly width: number; readonly height: number },
  caller: string,
): Promise<Picture> {
  const layers = mappedLayers(what);
  if (layers.length === 0) {
    const message = `${caller}: colorBar is true, but the values shown are colours or labels, which have no window`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'colorBar' });
  }
  const pad = padding(size);
  const bars = await Promise.all(layers.map((layer) => barOf(layer, width, textSize(size), pad)));
  const below = blank(
    width,
    bars.reduce((sum, { height }) => sum + height, pad),
  );
  fill(below, [0, 0, width, below.height], [0, 0, 0]);
  let top = 0;
  for (const bar of bars) {
    put(below, bar, 0, top);
    top += bar.height;
  }
  return below;
}

/** A picture above another one of its width. */
export function above(picture: Picture, below: Picture): Picture {
  const both = blank(picture.width, picture.height + below.height);
  both.data.set(picture.data);
  both.data.set(below.data, picture.data.length);
  return both;
}
