import { SlicescopeError, type Edges } from '../protocol';
import { SCALE_BAR_SHARE, scaleLength, type Picture } from '../shading';
import { drawText } from './lettering';
import { blank, drawOver, fill } from './paint';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is drawn over a picture, and where. */
export interface Mark {
  readonly left: number;
  readonly top: number;
  readonly picture: Picture;
}

/** No picture is smaller that has marks, in pixels: they would lie on each other. */
const LEAST: Size = { width: 80, height: 40 };
const LEAST_TEXT = 9;
/** The height of a text, of the picture's shorter side: as in a view. */
const TEXT_SHARE = 1 / 32;

/** How large texts are that are drawn on a picture, in pixels. */
export function textSize({ width, height }: Size): number {
  return Math.max(LEAST_TEXT, Math.round(Math.min(width, height) * TEXT_SHARE));
}

/** Between a mark and the edge, in pixels. */
export function padding(size: Size): number {
  return Math.round(0.5 * textSize(size));
}

/**
 * @param scale the one that the picture is drawn at.
 * @throws SlicescopeError `invalid-argument` where there is no room for marks.
 */
export function checkRoom({ width, height }: Size, scale: number, caller: string): void {
  if (width >= LEAST.width && height >= LEAST.height) return;
  const needed = Math.ceil(10 * scale * Math.max(LEAST.width / width, LEAST.height / height)) / 10;
  const message = `${caller}: letters and bars need a picture of ${String(LEAST.width)} × ${String(LEAST.height)} pixels, and this one has ${String(width)} × ${String(height)}; make it larger with scale: ${String(needed)}`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'scale' });
}

/** The letters at the edges of a picture, each in the middle of its edge. */
export async function letterMarks(size: Size, edges: Edges): Promise<Mark[]> {
  const pad = padding(size);
  const sides = [
    [edges.left, 0, 0.5],
    [edges.right, 1, 0.5],
    [edges.top, 0.5, 0],
    [edges.bottom, 0.5, 1],
  ] as const;
  const marks = sides.map(async ([letter, across, down]): Promise<Mark[]> => {
    if (letter === '') return [];
    const picture = await drawText(letter, textSize(size));
    const left = Math.round(pad + across * (size.width - picture.width - 2 * pad));
    const top = Math.round(pad + down * (size.height - picture.height - 2 * pad));
    return [{ left, top, picture }];
  });
  return (await Promise.all(marks)).flat();
}

/**
 * How long a length is in a picture, in its lower right corner: a white bar of just as many pixels in a dark rim, and the length above it.
 * @param perUnit pixels across for each of the volume's unit.
 */
export async function scaleBarMarks(size: Size, perUnit: number, unit: string): Promise<Mark[]> {
  const length = scaleLength(perUnit, unit, SCALE_BAR_SHARE * size.width);
  if (length === null) return [];
  const pixels = Math.max(1, Math.round(length.pixels));
  const [pad, thickness] = [padding(size), Math.max(3, Math.round(textSize(size) / 4))];
  const text = await drawText(length.text, textSize(size));
  const bar = blank(pixels + 2, thickness + 2);
  fill(bar, [0, 0, bar.width, bar.height], [0, 0, 0]);
  fill(bar, [1, 1, pixels, thickness], [255, 255, 255]);
  const middle = size.width - pad - Math.max(bar.width, text.width) / 2;
  const top = size.height - pad - bar.height;
  return [
    { left: Math.round(middle - bar.width / 2), top, picture: bar },
    { left: Math.round(middle - text.width / 2), top: top - text.height - 1, picture: text },
  ];
}

export function drawMarks(picture: Picture, marks: readonly Mark[]): void {
  for (const mark of marks) drawOver(picture, mark.picture, mark.left, mark.top);
}
