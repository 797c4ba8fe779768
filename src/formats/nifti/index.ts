import { basename } from 'node:path';
import type { NIFTI1, NIFTI2 } from 'nifti-reader-js' with { 'resolution-mode': 'import' };
import { realValue, type Rescale, type Shape, type Triple, type VoxelArray, type Window } from '../../protocol';
import { Volume, type StoredType, type VolumeOptions } from '../../volume';
import { fileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { checkRightAngles } from '../text-header';
import { checkName, checkSize, readHead, readVolume, type VoxelBytes } from '../voxels';

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

type Header = NIFTI1 | NIFTI2;

/** Bytes of the header, by its first four bytes in either order; 0 if it is none. */
function headerBytes(head: Uint8Array): number {
  if (head.length < 4) return 0;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return HEADER_BYTES.find((size) => view.getInt32(0, true) === size || view.getInt32(0, false) === size) ?? 0;
}

function sizesOf(header: Header, path: string): readonly number[] {
  const [rank = 0] = header.dims;
  if (!(rank >= 1 && rank <= 7)) throw corrupt(path, `its header says ${String(rank)} dimensions`);
  // Behind the first three, 0 stands for 1, as niftilib and ITK have it.
  const sizes = header.dims.slice(1, rank + 1).map((size, axis) => (axis > 2 && size === 0 ? 1 : size));
  if (sizes.some((size) => size < 1)) throw corrupt(path, `its header says dimensions ${sizes.join(' × ')}`);
  if (sizes.slice(4).some((size) => size > 1)) {
    const what = `${sizes.join(' × ')} has more than four dimensions; extract one series of volumes of it`;
    throw unsupported(path, what);
  }
  return sizes;
}

/** The bits of a voxel, which the header says too, follow from its datatype: where they differ, niftilib, nibabel and ITK go by this. */
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

/** How stored values become real ones; null where they are the real ones. A slope of 0, or one that is no number, says that there is none, as for nibabel. */
function rescaleOf({ scl_slope: slope, scl_inter: intercept }: Header, path: string): Rescale | null {
  if (slope === 0 || !Number.isFinite(slope)) return null;
  if (!Number.isFinite(intercept)) {
    throw corrupt(path, `its header says slope ${String(slope)} and intercept ${String(intercept)}`);
  }
  return slope === 1 && intercept === 0 ? null : { slope, intercept };
}

/** Whether a sform says where voxels lie: one of zeros, or of what is no number, says nothing, and the qform counts. */
function isMatrix(affine: readonly (readonly number[])[]): boolean {
  const rows = affine.slice(0, 3);
  return rows.flat().every(Number.isFinite) && rows.some((row) => row.slice(0, 3).some((each) => each !== 0));
}

/** Three rows from indices to RAS; null where the file says nothing of its orientation. */
function affineOf(header: Header): readonly (readonly number[])[] | null {
  if (header.sform_code > 0 && isMatrix(header.affine)) return header.affine;
  return header.qform_code > 0 ? header.getQformMat() : null;
}

/** A picture of one slice may leave out where its third axis points: at a right angle to the others. */
function mendFlat(columns: number[][], sizes: readonly number[]): void {
  const flat = columns.findIndex((column, axis) => (sizes[axis] ?? 1) === 1 && column.every((each) => each === 0));
  if (flat < 0) return;
  const [one, other] = [1, 2].map((step) => columns[(flat + step) % 3] as number[]) as [number[], number[]];
  const across = [0, 1, 2].map((row) => {
    const [next, last] = [(row + 1) % 3, (row + 2) % 3];
    return (one[next] as number) * (other[last] as number) - (one[last] as number) * (other[next] as number);
  });
  const length = Math.hypot(...across);
  if (length > 0) columns[flat] = across.map((each) => each / length);
}

type Geometry = Required<Pick<VolumeOptions, 'spacing' | 'origin' | 'direction'>>;

/** In LPS and millimetres. */
function geometryOf(header: Header, sizes: readonly number[], path: string): Geometry {
  const scale = MILLIMETRES.get(header.xyzt_units & 7) ?? 1;
  const affine = affineOf(header);
  if (
    affine
      ?.slice(0, 3)
      .flat()
      .some((each) => !Number.isFinite(each)) === true
  ) {
    throw corrupt(path, `its header says a matrix of ${affine.slice(0, 3).flat().join(' ')}`);
  }
  const isSform = affine !== null && affine === header.affine;
  // One below 0 is a slip; its amount counts, as for nibabel.
  const pixDim = (axis: number): number => Math.abs(header.pixDims[axis + 1] ?? 1);
  const columns: number[][] = [0, 1, 2].map((axis) => {
    if (affine === null) return [0, 1, 2].map((row) => (row === axis ? pixDim(axis) : 0));
    return [0, 1, 2].map((row) => (row < 2 ? -1 : 1) * (affine[row]?.[axis] ?? 0));
  });
  if (affine !== null) mendFlat(columns, sizes);
  const lengths = columns.map((column, axis) => {
    // The library takes 1 for what is impossible in a qform.
    const length = isSform ? Math.hypot(...column) : pixDim(axis);
    return length === 0 && (sizes[axis] ?? 1) === 1 ? 1 : length;
  });
  if (lengths.some((length) => !Number.isFinite(length) || length <= 0)) {
    throw corrupt(path, `its header says that voxels are ${lengths.join(' × ')} apart`);
  }
  const spacing = lengths.map((length) => length * scale) as unknown as Triple;
  if (affine === null) return { spacing, origin: [0, 0, 0], direction: null };
  const units = columns.map((column, axis) => column.map((at) => at / (lengths[axis] as number)));
  checkRightAngles(units, path);
  const origin = [0, 1, 2].map((row) => (row < 2 ? -1 : 1) * (affine[row]?.[3] ?? 0) * scale + 0) as unknown as Triple;
  // Adding 0 makes −0 an ordinary 0.
  const direction = [0, 1, 2].flatMap((row) => units.map((column) => (column[row] as number) + 0));
  return { spacing, origin, direction };
}

function windowOf({ cal_min: low, cal_max: high }: Header): Window | null {
  return low < high && Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

async function parse(bytes: Uint8Array, path: string): Promise<Header> {
  const size = headerBytes(bytes);
  if (bytes.length < size) {
    throw corrupt(path, `${String(bytes.length)} bytes, but a NIfTI header has ${String(size)}`);
  }
  const { NIFTI1: First, NIFTI2: Second } = await import('nifti-reader-js');
  const isFirst = size === HEADER_BYTES[0];
  const magic = String.fromCharCode(...(isFirst ? bytes.subarray(344, 347) : bytes.subarray(4, 7)));
  if (/^ni[12]$/.test(magic)) {
    throw unsupported(path, 'the header of a pair (.hdr, .img); convert it to one file (.nii, .nii.gz)');
  }
  if (magic !== (isFirst ? 'n+1' : 'n+2')) {
    throw unsupported(path, 'an ANALYZE header, or none of NIfTI; convert it to one file (.nii, .nii.gz)');
  }
  const read = (raw: Uint8Array<ArrayBuffer>): Header => {
    const header = isFirst ? new First() : new Second();
    header.readHeader(raw.buffer);
    return header;
  };
  // Without what follows: the extensions would be read with it.
  const raw = bytes.slice(0, size + 4).fill(0, size);
  const header = read(raw);
  // A sform counts before a qform, as for nibabel; of NIfTI-1 the library takes the one with the higher code.
  if (isFirst && header.sform_code > 0) header.affine = read(raw.fill(0, ...QFORM_CODE)).affine;
  return header;
}

/** NIfTI-1 and NIfTI-2 of one volume, or of several in time. Only the header is a library's: the values are streamed. */
async function readNifti(path: string, onFraction: OnFraction): Promise<Volume> {
  const head = await readHead(path, HEAD_BYTES);
  checkName(path, head.isPacked);
  const header = await parse(head.bytes, path);
  const sizes = sizesOf(header, path);
  const { dtype, components } = datatypeOf(header, path);
  const least = headerBytes(head.bytes);
  const offset = offsetOf(header, least, path);
  checkExtensions(head.bytes, header, least, offset, path);
  const rescale = components === 1 ? rescaleOf(header, path) : null;
  const isFloat = dtype.startsWith('float');
  const [width = 1, height = 1, depth = 1, frames = 1] = sizes;
  const shape: Shape = [width, height, depth];
  const { littleEndian } = header;
  const count = width * height * depth * frames * components;
  const voxels: VoxelBytes = { path, offset, isPacked: head.isPacked, dtype, littleEndian, count };
  checkSize(voxels, head.most);
  const options: VolumeOptions = {
    ...geometryOf(header, sizes, path),
    frames,
    components,
    name: basename(path).replace(/(\.nii)?(\.gz)?$/i, ''),
    window: windowOf(header),
    rescale: isFloat ? null : rescale,
  };
  const volume = await readVolume(voxels, shape, options, onFraction);
  if (rescale === null || !isFloat) return volume;
  const scaled = Volume.alloc(shape, 'float32', options);
  scale(volume.data, rescale, scaled.data);
  return scaled;
}

function scale(stored: VoxelArray, rescale: Rescale, real: VoxelArray): void {
  for (let i = 0; i < real.length; i++) real[i] = realValue(stored[i] as number, rescale);
}

export const nifti: Format = {
  name: 'nifti',
  title: 'NIfTI (.nii, .nii.gz)',
  matches: (head) => headerBytes(head) !== 0,
  read: async ({ paths: [path] }, onFraction) => await readNifti(path, onFraction),
  prepare: () => import('nifti-reader-js'),
  header: async ({ paths: [path] }) =>
    fileHeader(Object.entries(await parse((await readHead(path, HEAD_BYTES)).bytes, path))),
};
