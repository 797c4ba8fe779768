import type { Picture } from '../shading';
import { blank, fill, put } from './paint';
import { checkPixels } from './room';

/** Pixels between pictures. */
const GAP = 2;
const BLACK = [0, 0, 0] as const;
const WHITE = [255, 255, 255] as const;

/** Digits of 3 × 5 pixels, a row in three bits: outlines can't be read in pictures as small as these may be. */
const DIGITS: readonly (readonly number[])[] = [
  [7, 5, 5, 5, 7],
  [2, 6, 2, 2, 7],
  [7, 1, 7, 4, 7],
  [7, 1, 7, 1, 7],
  [5, 5, 7, 1, 1],
  [7, 4, 7, 1, 7],
  [7, 4, 7, 5, 7],
  [7, 1, 2, 2, 2],
  [7, 5, 7, 5, 7],
  [7, 5, 7, 1, 7],
];

/** White on black; `size` pixels for one of a digit. */
function drawNumber(picture: Picture, number: number, left: number, top: number, size: number): void {
  const digits = String(number);
  fill(picture, [left, top, (4 * digits.length + 1) * size, 7 * size], BLACK);
  Array.from(digits).forEach((digit, at) => {
    (DIGITS[Number(digit)] ?? []).forEach((row, y) => {
      for (let x = 0; x < 3; x++) {
        if ((row & (4 >> x)) === 0) continue;
        fill(picture, [left + (4 * at + 1 + x) * size, top + (1 + y) * size, size, size], WHITE);
      }
    });
  });
}

/** Pictures side by side, and the size of each. */
export interface ContactSheet {
  readonly sheet: Picture;
  readonly cell: { readonly width: number; readonly height: number };
}

/**
 * Pictures of one size side by side on transparent black, 2 pixels apart, each with its number in the upper left corner.
 * Each is let go of when it has been put there.
 * @param numbers as many as there are pictures.
 * @param columns as many as make the sheet about as wide as it is high where it is left out.
 */
export async function contactSheet(
  pictures: AsyncIterable<Picture>,
  numbers: readonly number[],
  columns?: number,
): Promise<ContactSheet> {
  let [sheet, cell, across, at] = [blank(0, 0), { width: 0, height: 0 }, 1, 0];
  for await (const picture of pictures) {
    const { width, height } = picture;
    if (at === 0) {
      const square = Math.max(1, Math.round(Math.sqrt((numbers.length * height) / width)));
      across = Math.min(numbers.length, columns ?? square);
      const down = Math.ceil(numbers.length / across);
      const size = { width: across * (width + GAP) - GAP, height: down * (height + GAP) - GAP };
      checkPixels(size);
      sheet = blank(size.width, size.height);
      cell = { width, height };
    }
    const left = (at % across) * (width + GAP);
    const top = Math.floor(at / across) * (height + GAP);
    put(sheet, picture, left, top);
    drawNumber(sheet, numbers[at] as number, left, top, Math.max(1, Math.round(Math.min(width, height) / 64)));
    at++;
  }
  return { sheet, cell };
}
