import type { Picture } from '../shading';

/** Pixels between pictures. */
const GAP = 2;

/** Digits of 3 × 5 pixels, a row in three bits: text would need a font, which a server may not have. */
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

function fill(
  picture: Picture,
  [left, top, width, height]: readonly [number, number, number, number],
  gray: number,
): void {
  const pixels = new Uint32Array(picture.data.buffer);
  const bytes = new Uint8Array(4).fill(gray);
  bytes[3] = 255;
  const [color = 0] = new Uint32Array(bytes.buffer);
  for (let y = Math.max(0, top); y < Math.min(picture.height, top + height); y++) {
    const row = y * picture.width;
    pixels.fill(color, row + Math.max(0, left), row + Math.min(picture.width, left + width));
  }
}

/** White on black; `size` pixels for one of a digit. */
function drawNumber(picture: Picture, number: number, left: number, top: number, size: number): void {
  const digits = String(number);
  fill(picture, [left, top, (4 * digits.length + 1) * size, 7 * size], 0);
  Array.from(digits).forEach((digit, at) => {
    (DIGITS[Number(digit)] ?? []).forEach((row, y) => {
      for (let x = 0; x < 3; x++) {
        if ((row & (4 >> x)) === 0) continue;
        fill(picture, [left + (4 * at + 1 + x) * size, top + (1 + y) * size, size, size], 255);
      }
    });
  });
}

/**
 * Pictures of one size side by side on transparent black, 2 pixels apart, each with its number in the upper left corner.
 * @param columns as many as make the sheet about as wide as it is high where it is left out.
 */
export function contactSheet(
  pictures: readonly [Picture, ...Picture[]],
  numbers: readonly number[],
  columns?: number,
): Picture {
  const [{ width, height }] = pictures;
  const count = pictures.length;
  const square = Math.max(1, Math.round(Math.sqrt((count * height) / width)));
  const across = Math.min(count, columns ?? square);
  const down = Math.ceil(count / across);
  const sheet = {
    width: across * (width + GAP) - GAP,
    height: down * (height + GAP) - GAP,
  };
  const drawn = { ...sheet, data: new Uint8Array(4 * sheet.width * sheet.height) };
  const size = Math.max(1, Math.round(Math.min(width, height) / 64));
  pictures.forEach(({ data }, at) => {
    const left = (at % across) * (width + GAP);
    const top = Math.floor(at / across) * (height + GAP);
    for (let y = 0; y < height; y++) {
      drawn.data.set(data.subarray(4 * y * width, 4 * (y + 1) * width), 4 * ((top + y) * sheet.width + left));
    }
    drawNumber(drawn, numbers[at] as number, left, top, size);
  });
  return drawn;
}
