import { hexColor } from '../hex-color';

/** X and Z of white, whose Y is 1: D65, that of sRGB. */
const [WHITE_X, WHITE_Z] = [0.95047, 1.08883];

/** The inverse of the cube root with a straight foot that lightness is made with. */
function uncubed(t: number): number {
  return t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29);
}

function cubed(t: number): number {
  return t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29;
}

/** The linear value of two digits of a colour, from 0 to 1. */
function linearOf(digits: string): number {
  const value = parseInt(digits, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** What `colorOfLab` takes for a colour, `#rrggbb`. */
export function labOfColor(color: string): readonly [l: number, a: number, b: number] {
  const [red, green, blue] = [color.slice(1, 3), color.slice(3, 5), color.slice(5, 7)].map(linearOf) as [
    number,
    number,
    number,
  ];
  const x = cubed((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / WHITE_X);
  const y = cubed(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = cubed((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / WHITE_Z);
  const shares = [(116 * y - 16) / 100, (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255] as const;
  const packed = (share: number): number => Math.round(65_535 * Math.max(0, Math.min(1, share)));
  return [packed(shares[0]), packed(shares[1]), packed(shares[2])];
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
