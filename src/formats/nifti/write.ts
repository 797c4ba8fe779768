import { DTYPES, type DType } from '../../protocol';
import { checkCounts, inUnitOf, leftOut, timesLeftOut, timesOf } from '../left-out';
import { writePacked } from '../write-packed';
import { IS_LITTLE_ENDIAN, writeAll, writeFileWith, writeValues } from '../write-values';
import type { Plain, Writer } from '../writer';

const TITLE = 'NIfTI';

/** NIfTI's codes of values, and their bits. */
const DATATYPES: Readonly<Record<DType, number>> = {
  ...{ uint8: 2, int16: 4, int32: 8, float32: 16, float64: 64, int8: 256, uint16: 512, uint32: 768 },
};
const COLORS = { 3: 128, 4: 2304 } as const;
/** NIfTI's codes of units. */
const UNITS: Readonly<Record<string, number>> = { m: 1, mm: 2, µm: 3 };
const SECONDS = 8;
/** That the file's own scanner says where voxels lie. */
const SCANNER = 1;
/** Axes that are less at right angles than this have no quaternion. */
const MOST_SKEW = 1e-5;
/** The longest axis of NIfTI-1. */
const MOST_VOXELS = 32_767;
/** How hard `.nii.gz` is packed if nobody says it, as by nibabel. */
const LEVEL = 1;

/** Where the fields are that are written, of NIfTI-1 and NIfTI-2; https://nifti.nimh.nih.gov/nifti-1, nifti-2 */
interface Layout {
  readonly bytes: number;
  readonly magic: readonly [at: number, text: string];
  readonly at: Readonly<
    Record<
      | 'dim'
      | 'datatype'
      | 'bitpix'
      | 'pixdim'
      | 'offset'
      | 'slope'
      | 'intercept'
      | 'high'
      | 'low'
      | 'toffset'
      | 'qform'
      | 'sform'
      | 'quatern'
      | 'qoffset'
      | 'srow'
      | 'units',
      number
    >
  >;
}
const FIRST: Layout = {
  bytes: 348,
  magic: [344, 'n+1\0'],
  at: {
    ...{ dim: 40, datatype: 70, bitpix: 72, pixdim: 76, offset: 108, slope: 112, intercept: 116, units: 123 },
    ...{ high: 124, low: 128, toffset: 136, qform: 252, sform: 254, quatern: 256, qoffset: 268, srow: 280 },
  },
};
const SECOND: Layout = {
  bytes: 540,
  magic: [4, 'n+2\0\r\n\x1a\n'],
  at: {
    ...{ datatype: 12, bitpix: 14, dim: 16, pixdim: 104, offset: 168, slope: 176, intercept: 184, high: 192, low: 200 },
    ...{ toffset: 216, qform: 344, sform: 348, quatern: 352, qoffset: 376, srow: 400, units: 500 },
  },
};

/** Where voxels lie, in RAS. */
interface Matrix {
  /** Row by row: how far a step along each axis goes, and the origin. */
  readonly rows: readonly (readonly number[])[];
  /** The lengths of the steps. */
  readonly steps: readonly number[];
}

function matrixOf({ spacing, origin, direction }: Pick<Plain, 'spacing' | 'origin' | 'direction'>): Matrix | null {
  if (direction === null) return null;
  const rows = [0, 1, 2].map((row) => {
    const sign = row < 2 ? -1 : 1;
    const step = (axis: number): number => sign * (direction[3 * row + axis] as number) * (spacing[axis] as number);
    return [step(0), step(1), step(2), sign * (origin[row] as number)].map((each) => each + 0);
  });
  return { rows, steps: [0, 1, 2].map((axis) => Math.hypot(...rows.map((row) => row[axis] as number))) };
}

/**
 * The rotation of the axes as a quaternion, and −1 if they are left-handed. Null if they are skewed.
 * The method is that of nifti1_io.c, which is in the public domain.
 */
function quaternionOf({ rows, steps }: Matrix): { readonly b: readonly number[]; readonly handedness: number } | null {
  const columns = [0, 1, 2].map((axis) => rows.map((row) => (row[axis] as number) / (steps[axis] as number)));
  const [x, y, z] = columns as [number[], number[], number[]];
  const dot = (one: number[], other: number[]): number =>
    one.reduce((sum, each, at) => sum + each * (other[at] as number), 0);
  if (Math.max(Math.abs(dot(x, y)), Math.abs(dot(x, z)), Math.abs(dot(y, z))) > MOST_SKEW) return null;
  const [a, b, c] = x as [number, number, number];
  const [d, e, f] = y as [number, number, number];
  const handedness = dot([b * f - c * e, c * d - a * f, a * e - b * d], z) < 0 ? -1 : 1;
  const [g, h, i] = z.map((each) => each * handedness) as [number, number, number];
  // Of the four terms the largest is divided by.
  const [w, u, v, t] = [1 + a + e + i, 1 + a - e - i, 1 - a + e - i, 1 - a - e + i];
  const most = Math.max(w, u, v, t);
  const root = 2 * Math.sqrt(most);
  let [real, ...turn] = [root / 4, (f - h) / root, (g - c) / root, (b - d) / root];
  if (most === u) [real, ...turn] = [(f - h) / root, root / 4, (d + b) / root, (g + c) / root];
  else if (most === v) [real, ...turn] = [(g - c) / root, (d + b) / root, root / 4, (h + f) / root];
  else if (most === t) [real, ...turn] = [(b - d) / root, (g + c) / root, (h + f) / root, root / 4];
  return { b: real < 0 ? turn.map((each) => -each) : turn, handedness };
}

/** Whether NIfTI-1 has room for it: what is said of values to the last digit, of places and times to seven. */
function fitsFirst(plain: Plain): boolean {
  const { shape, frames, spacing, rescale, window } = plain;
  const { start, step } = timesOf(plain) ?? { start: 0, step: 1 };
  const isSingle = (value: number): boolean => Math.fround(value) === value;
  const isHeld = (length: number): boolean => Math.fround(length) > 0 && Math.fround(length) < Infinity;
  return (
    Math.max(...shape, frames) <= MOST_VOXELS &&
    spacing.every(isHeld) &&
    Math.abs(Math.fround(start) - start) <= 1e-6 * step &&
    (rescale === null || (isSingle(rescale.slope) && isSingle(rescale.intercept))) &&
    (window === null || Math.fround(window[0]) < Math.fround(window[1]))
  );
}

/** The header, with the four bytes behind it that say that no extension follows. */
function headerOf(plain: Plain): Buffer {
  const isFirst = fitsFirst(plain);
  const { bytes, magic, at } = isFirst ? FIRST : SECOND;
  const { shape, frames, components, dtype, direction, rescale, window } = plain;
  const { spacing, origin, unit } = inUnitOf(plain, TITLE, Object.keys(UNITS), 'mm');
  const header = Buffer.alloc(bytes + 4);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const short = (place: number, value: number): void => view.setInt16(place, value, IS_LITTLE_ENDIAN);
  const size = (place: number, step: number, value: number): void =>
    isFirst ? short(place + 2 * step, value) : view.setBigInt64(place + 8 * step, BigInt(value), IS_LITTLE_ENDIAN);
  const float = (place: number, values: readonly number[]): void =>
    values.forEach((value, step) =>
      isFirst
        ? view.setFloat32(place + 4 * step, value, IS_LITTLE_ENDIAN)
        : view.setFloat64(place + 8 * step, value, IS_LITTLE_ENDIAN),
    );
  const code = (place: number, value: number): void =>
    isFirst ? short(place, value) : view.setInt32(place, value, IS_LITTLE_ENDIAN);
  view.setInt32(0, bytes, IS_LITTLE_ENDIAN);
  header.write(magic[1], magic[0], 'latin1');
  const sizes = frames > 1 ? [...shape, frames] : shape;
  [sizes.length, ...sizes, 1, 1, 1, 1].slice(0, 8).forEach((each, step) => size(at.dim, step, each));
  short(at.datatype, components === 1 ? DATATYPES[dtype] : COLORS[components]);
  short(at.bitpix, Number(/\d+/.exec(dtype)?.[0]) * components);
  const times = timesOf(plain);
  const timed = times === null ? 0 : SECONDS;
  const units = (unit === null ? 0 : (UNITS[unit] ?? 0)) + timed;
  if (isFirst) header.writeUInt8(units, at.units);
  else code(at.units, units);
  if (isFirst) float(at.offset, [bytes + 4]);
  else size(at.offset, 0, bytes + 4);
  float(at.slope, [rescale?.slope ?? 1]);
  float(at.intercept, [rescale?.intercept ?? 0]);
  if (window !== null) {
    float(at.low, [window[0]]);
    float(at.high, [window[1]]);
  }
  if (times !== null) float(at.toffset, [times.start]);
  const matrix = matrixOf({ spacing, origin, direction });
  const quaternion = matrix === null ? null : quaternionOf(matrix);
  float(at.pixdim, [quaternion?.handedness ?? 1, ...(matrix?.steps ?? spacing), times?.step ?? 1]);
  if (matrix === null) return header;
  code(at.sform, SCANNER);
  float(at.srow, matrix.rows.flat());
  if (quaternion === null) return header;
  code(at.qform, SCANNER);
  float(at.quatern, quaternion.b);
  float(
    at.qoffset,
    matrix.rows.map((row) => row[3] as number),
  );
  return header;
}

/** One file, of NIfTI-1, or of NIfTI-2 where that has no room for it. */
export const nifti: Writer = {
  name: 'nifti',
  title: TITLE,
  endings: ['.nii', '.nii.gz'],
  isStore: false,
  dtypes: DTYPES,
  heeds: ['compression'],
  holdsRescale: (dtype) => !dtype.startsWith('float'),
  check: (plain, path) => {
    checkCounts(plain, path, TITLE, { frames: true, colors: ['uint8'] });
    return [
      ...(plain.direction === null && plain.origin.some((each) => each !== 0)
        ? [`${TITLE} without a direction has no place for an origin, which the volume has.`]
        : []),
      ...leftOut(plain, TITLE, ['spacing', 'origin', 'direction', 'window', 'frameTimes']),
      ...timesLeftOut(plain, TITLE),
      ...inUnitOf(plain, TITLE, Object.keys(UNITS), 'mm').notes,
    ];
  },
  write: (content, target, { compression = LEVEL }, onFraction) =>
    writeFileWith(target, async (file) => {
      const head = headerOf(content);
      if (/\.gz$/i.test(target)) {
        await writePacked(file, { kind: 'gzip', level: compression }, head, content, onFraction);
        return;
      }
      writeAll(file, head);
      await writeValues(file, content, onFraction);
    }),
};
