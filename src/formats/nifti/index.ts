import { basename } from 'node:path';
import type { NIFTI1, NIFTI2 } from 'nifti-reader-js' with { 'resolution-mode': 'import' };
import type { Rescale, Shape, Window } from '../../protocol';
import type { StoredType, Volume, VolumeOptions } from '../../volume';
import { fileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { placed, stepsOfRas, type Placed } from '../placed';
import { rescaled } from '../scaled';
import { putInOrder } from '../stored-order';
import { dataFileBeside } from '../text-header';
import { evenTimes, tidy } from '../times';
import { checkName, checkSize, readHead, readVolume, type Head, type VoxelBytes } from '../voxels';
import { ANALYZE_DATATYPES, analyzeGeometryOf, analyzeRescaleOf } from './analyze';

/** Bytes of the headers of NIfTI-1 and NIfTI-2, which both begin with that number. */
const HEADER_BYTES = [348, 540] as const;
const HEAD_BYTES = 65_536;
/** Where the code of the qform is in NIfTI-1. */
const QFORM_CODE = [252, 254] as const;

interface Datatype {
  readonly dtype: StoredType;
  readonly components: 1 | 3 | 4;
}

/** By NIfTI's codes; see https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h */
const DATATYPES: ReadonlyMap<number, Datatype> = new Map([
  [2, { dtype: 'uint8', components: 1 }],
  [4, { dtype: 'int16', components: 1 }],
  [8, { dtype: 'int32', components: 1 }],
  [16, { dtype: 'float32', components: 1 }],
  [64, { dtype: 'float64', components: 1 }],
  [128, { dtype: 'uint8', components: 3 }],
  [256, { dtype: 'int8', components: 1 }],
  [512, { dtype: 'uint16', components: 1 }],
  [768, { dtype: 'uint32', components: 1 }],
  [1024, { dtype: 'int64', components: 1 }],
  [1280, { dtype: 'uint64', components: 1 }],
  [2304, { dtype: 'uint8', components: 4 }],
]);

const UNSUPPORTED_DATATYPES: ReadonlyMap<number, string> = new Map([
  [1, '1-bit voxels'],
  [32, 'complex numbers'],
  [1536, '128-bit floating point numbers'],
  [1792, 'complex numbers'],
  [2048, 'complex numbers'],
]);

/** Millimetres in NIfTI's units of space. */
const MILLIMETRES: ReadonlyMap<number, number> = new Map([
  [1, 1000],
  [3, 0.001],
]);

/**
 * Intents whose fifth axis has the components of a voxel: matrices, displacements, vectors, points and
 * quaternions.
 */
const VECTOR_INTENTS: ReadonlySet<number> = new Set([1004, 1005, 1006, 1007, 1008, 1010]);

type Header = NIFTI1 | NIFTI2;

/** Bytes of the header, by its first four bytes in either order; 0 if it is none. */
function headerBytes(head: Uint8Array): number {
  if (head.length < 4) return 0;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return HEADER_BYTES.find((size) => view.getInt32(0, true) === size || view.getInt32(0, false) === size) ?? 0;
}

function sizesOf({ header, kind }: Parsed, path: string): readonly number[] {
  const [rank = 0] = header.dims;
  if (!(rank >= 1 && rank <= 7)) throw corrupt(path, `its header says ${String(rank)} dimensions`);
  // Behind the first three, 0 stands for 1, as niftilib and ITK have it.
  const sizes = header.dims.slice(1, rank + 1).map((size, axis) => (axis > 2 && size === 0 ? 1 : size));
  if (sizes.some((size) => size < 1)) throw corrupt(path, `its header says dimensions ${sizes.join(' × ')}`);
  const isVector = kind !== 'analyze' && VECTOR_INTENTS.has(header.intent_code);
  if (sizes.slice(isVector ? 5 : 4).some((size) => size > 1)) {
    const what = `${sizes.join(' × ')} has more than four dimensions; extract one series of volumes of it`;
    throw unsupported(path, what);
  }
  return sizes;
}

/**
 * The datatype alone gives the bits of a voxel. If the header's `bitpix` differs, niftilib, nibabel
 * and ITK ignore it.
 */
function datatypeOf({ datatypeCode }: Header, path: string): Datatype {
  const datatype = DATATYPES.get(datatypeCode);
  if (datatype === undefined) {
    const what = UNSUPPORTED_DATATYPES.get(datatypeCode);
    if (what === undefined) {
      throw corrupt(path, `its header says datatype ${String(datatypeCode)}, which does not exist`);
    }
    throw unsupported(path, `it holds ${what}, which no dtype stands for; convert it, for instance to float64`);
  }
  return datatype;
}

function offsetOf({ vox_offset: offset }: Header, least: number, path: string): number {
  if (Number.isInteger(offset) && offset >= 0 && offset <= Number.MAX_SAFE_INTEGER) return Math.max(least, offset);
  throw corrupt(path, `its header says that voxels start at byte ${String(offset)}`);
}

/** Extensions lie between the header and the voxels, each with its size in front; those that `head` has are checked. */
function checkExtensions(
  head: Uint8Array,
  { littleEndian }: Header,
  least: number,
  offset: number,
  path: string,
): void {
  if ((head[least] ?? 0) === 0) return;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = least + 4; at + 8 <= Math.min(offset, head.length);) {
    const size = view.getInt32(at, littleEndian);
    if (size < 8 || at + size > offset) {
      throw corrupt(
        path,
        `its header has an extension of ${String(size)} bytes, which ends before it begins or in the voxels`,
      );
    }
    at += size;
  }
}

/**
 * How stored values become real ones. Null if they are the real ones: a slope of 0 or NaN means that
 * there is no rescale, as in nibabel.
 */
function rescaleOf({ scl_slope: slope, scl_inter: intercept }: Header, path: string): Rescale | null {
  if (slope === 0 || !Number.isFinite(slope)) return null;
  if (!Number.isFinite(intercept)) {
    throw corrupt(path, `its header says slope ${String(slope)} and intercept ${String(intercept)}`);
  }
  return slope === 1 && intercept === 0 ? null : { slope, intercept };
}

/**
 * Whether a sform says where voxels lie. One of zeros, or with NaN in it, does not; then the qform
 * counts.
 */
function isMatrix(affine: readonly (readonly number[])[]): boolean {
  const rows = affine.slice(0, 3);
  return rows.flat().every(Number.isFinite) && rows.some((row) => row.slice(0, 3).some((each) => each !== 0));
}

/** Three rows from indices to RAS; null where the file says nothing of its orientation. */
function affineOf(header: Header): readonly (readonly number[])[] | null {
  if (header.sform_code > 0 && isMatrix(header.affine)) return header.affine;
  return header.qform_code > 0 ? header.getQformMat() : null;
}

/** In LPS and millimetres. */
function geometryOf(header: Header, sizes: readonly number[], path: string): Placed {
  const scale = MILLIMETRES.get(header.xyzt_units & 7) ?? 1;
  // One below 0 is a slip; its amount counts, as for nibabel.
  const distances = [1, 2, 3].map((axis) => Math.abs(header.pixDims[axis] ?? 1) * scale);
  const affine = affineOf(header);
  if (affine === null) {
    const columns = distances.map((_, axis) => [0, 1, 2].map((row) => (row === axis ? 1 : 0)));
    const { spacing, ...place } = placed({ columns, origin: [0, 0, 0] }, sizes, path, distances);
    const isSaid = (header.xyzt_units & 7) !== 0 || distances.some((each) => each !== 1);
    return { ...place, spacing: isSaid ? spacing : undefined, direction: null };
  }
  const steps = stepsOfRas(affine.map((row) => row.map((each) => each * scale)));
  // The library takes 1 for what is impossible in a qform.
  return placed(steps, sizes, path, affine === header.affine ? undefined : distances);
}

function windowOf({ cal_min: low, cal_max: high }: Header): Window | null {
  return low < high && Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

/** Seconds of NIfTI's units of time, and the names of its other units of a fourth axis. */
const SECONDS: ReadonlyMap<number, number> = new Map([
  [8, 1],
  [16, 1e-3],
  [24, 1e-6],
]);
const OTHER_UNITS: ReadonlyMap<number, string> = new Map([
  [32, 'Hz'],
  [40, 'ppm'],
  [48, 'rad/s'],
]);

/** What the frames are: times, such as those of repetitions (TR), or frequencies. Without a unit nobody knows. */
function framesOf(
  header: Header,
  frames: number,
  isSingle: boolean,
): Pick<VolumeOptions, 'frameTimes' | 'frameLabels'> {
  const code = header.xyzt_units & 0x38;
  const [seconds, other] = [SECONDS.get(code), OTHER_UNITS.get(code)];
  // Seven digits are what a number of 32 bits holds.
  const numberOf = (value: number): number => (isSingle ? Number(value.toPrecision(7)) : value);
  const [step, start] = [numberOf(header.pixDims[4] ?? NaN), numberOf(header.toffset)];
  if (seconds !== undefined) return { frameTimes: evenTimes(frames, tidy(step * seconds), start * seconds) };
  const values = other === undefined ? null : evenTimes(frames, step, start);
  return { frameLabels: values?.map((value) => `${String(value)} ${other ?? ''}`) };
}

/** Whether its values follow the header, or lie in a file beside it. */
type Kind = 'file' | 'pair' | 'analyze';

/** ANALYZE has no magic number, but a file of its own. */
function kindOf(bytes: Uint8Array, size: number, path: string): Kind {
  const isFirst = size === HEADER_BYTES[0];
  const magic = String.fromCharCode(...(isFirst ? bytes.subarray(344, 347) : bytes.subarray(4, 7)));
  if (magic === (isFirst ? 'n+1' : 'n+2')) return 'file';
  if (magic === (isFirst ? 'ni1' : 'ni2')) return 'pair';
  if (isFirst && bytes.length === size) return 'analyze';
  throw unsupported(path, 'no magic number of NIfTI, and more than an ANALYZE header; save it anew as .nii');
}

interface Parsed {
  readonly header: Header;
  readonly kind: Kind;
}

async function parse(bytes: Uint8Array, path: string): Promise<Parsed> {
  const size = headerBytes(bytes);
  if (bytes.length < size) {
    throw corrupt(path, `${String(bytes.length)} bytes, but a NIfTI header has ${String(size)}`);
  }
  const kind = kindOf(bytes, size, path);
  const { NIFTI1: First, NIFTI2: Second } = await import('nifti-reader-js');
  const isFirst = size === HEADER_BYTES[0];
  const read = (raw: Uint8Array<ArrayBuffer>): Header => {
    const header = isFirst ? new First() : new Second();
    header.readHeader(raw.buffer);
    return header;
  };
  // Without what follows: the extensions would be read with it.
  const raw = new Uint8Array(size + 4);
  raw.set(bytes.subarray(0, size));
  const header = read(raw);
  // A sform counts before a qform, as for nibabel; of NIfTI-1 the library takes the one with the higher code.
  if (isFirst && header.sform_code > 0) header.affine = read(raw.fill(0, ...QFORM_CODE)).affine;
  return { header, kind };
}

/** Where the values are: behind the header, or in a file of the same name. */
async function placeOf(head: Head, { header, kind }: Parsed, path: string) {
  if (kind === 'file') {
    const least = headerBytes(head.bytes);
    const offset = offsetOf(header, least, path);
    checkExtensions(head.bytes, header, least, offset, path);
    return { file: path, offset, isPacked: head.isPacked, most: head.most };
  }
  const name = basename(path).replace(/(\.hdr)?(\.gz)?$/i, '');
  const endings = ['.img', '.img.gz', '.IMG'];
  const data = await dataFileBeside(
    path,
    endings.map((ending) => `${name}${ending}`),
  );
  return { ...data, offset: offsetOf(header, 0, path) };
}

/**
 * NIfTI-1 and NIfTI-2 of one volume, or of several in time. A library reads the header; we stream the
 * values.
 */
async function readNifti(path: string, onFraction: OnFraction): Promise<Volume> {
  const head = await readHead(path, HEAD_BYTES);
  checkName(path, head.isPacked);
  const parsed = await parse(head.bytes, path);
  const { header, kind } = parsed;
  const isAnalyze = kind === 'analyze';
  const sizes = sizesOf(parsed, path);
  const { dtype, components } = datatypeOf(header, path);
  if (isAnalyze && !ANALYZE_DATATYPES.has(header.datatypeCode)) {
    throw unsupported(path, `an ANALYZE header of datatype ${String(header.datatypeCode)}, which NIfTI alone has`);
  }
  const { file, ...place } = await placeOf(head, parsed, path);
  const rescale =
    components > 1 ? null : isAnalyze ? analyzeRescaleOf(head.bytes, header.littleEndian) : rescaleOf(header, path);
  const [width = 1, height = 1, depth = 1, frames = 1, channels = 1] = sizes;
  const shape: Shape = [width, height, depth];
  const { littleEndian } = header;
  const box = width * height * depth;
  const count = box * frames * channels * components;
  const { isPacked, offset, most } = place;
  const voxels: VoxelBytes = { path: file, offset, isPacked, dtype, littleEndian, count };
  checkSize(voxels, most);
  const options: VolumeOptions = {
    ...(isAnalyze ? analyzeGeometryOf(head.bytes, header.littleEndian, sizes, path) : geometryOf(header, sizes, path)),
    ...(isAnalyze ? {} : framesOf(header, frames, headerBytes(head.bytes) === HEADER_BYTES[0])),
    frames,
    channels,
    components,
    name: basename(path).replace(/(\.nii|\.hdr)?(\.gz)?$/i, ''),
    window: windowOf(header),
  };
  const volume = await readVolume(voxels, shape, options, onFraction);
  // Components are stored one after the other, each with all its frames.
  putInOrder(volume.data, [
    { size: frames, stride: box * components },
    { size: channels, stride: box * components * frames },
    { size: box * components, stride: 1 },
  ]);
  return rescaled(volume, rescale === null ? [] : [rescale]);
}

export const nifti: Format = {
  name: 'nifti',
  title: 'NIfTI (.nii, .nii.gz, .hdr with .img)',
  matches: (head) => headerBytes(head) !== 0,
  read: async ({ paths: [path] }, onFraction) => await readNifti(path, onFraction),
  prepare: () => import('nifti-reader-js'),
  header: async ({ paths: [path] }) =>
    fileHeader(Object.entries((await parse((await readHead(path, HEAD_BYTES)).bytes, path)).header)),
};
