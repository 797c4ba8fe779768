import { hexColor } from '../hex-color';

/** X and Z of white, whose Y is 1: D65, that of sRGB. */
const [WHITE_X, WHITE_Z] = [0.95047, 1.08883];

/** The inverse of the cube root with a straight foot that lightness is made with. */
function uncubed(t: number): number {
  return t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29);
}

function byteOf(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.max(0, Math.min(1, value)));
}

/**
 * The sRGB colour of three numbers of CIELab in 16 bits (PS3.3 C.10.7.1.1). The white is D65, as in
 * the programs that write such values (docs/decisions.md). Parts that a screen does not have are cut to 0 or 255.
 */
export function colorOfLab([l, a, b]: readonly [l: number, a: number, b: number]): string {
  const y = ((l * 100) / 65_535 + 16) / 116;
  const x = y + ((a * 255) / 65_535 - 128) / 500;
  const z = y - ((b * 255) / 65_535 - 128) / 200;
  const [X, Y, Z] = [WHITE_X * uncubed(x), uncubed(y), WHITE_Z * uncubed(z)];
  return hexColor(
    [
      3.2404542 * X - 1.5371385 * Y - 0.4985314 * Z,
      -0.969266 * X + 1.8760108 * Y + 0.041556 * Z,
      0.0556434 * X - 0.2040259 * Y + 1.0572252 * Z,
    ].map(byteOf),
  );
}
