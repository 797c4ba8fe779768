/** Colours as DICOM has them (PS3.3 C.10.7.1.1): CIELab of the ICC's profile connection space, 16 bits a component. */

/** From linear sRGB to XYZ of the white D50. */
const TO_XYZ = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const;
const WHITE = [0.96422, 1, 0.82521] as const;

/** @param color red, green and blue of sRGB, from 0 to 255. */
export function labOf(color: readonly number[]): readonly number[] {
  const linear = color.map((each) => {
    const value = each / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [x = 0, y = 0, z = 0] = TO_XYZ.map((row, at) => {
    const share = row.reduce((sum, each, i) => sum + each * (linear[i] ?? 0), 0) / (WHITE[at] as number);
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116;
  });
  const lab = [(116 * y - 16) / 100, (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255];
  return lab.map((each) => Math.round(65_535 * Math.min(1, Math.max(0, each))));
}
