import { SlicescopeError, type ErrorDetails, type Shape, type Window } from '../protocol';
import { looksLike } from './signatures';

/** Bytes of a NIfTI-1 header. */
export const HEADER_BYTES = 348;

/** What is needed of a NIfTI-1 header before the file is given to the reader. */
export interface NiftiHeader {
  /** Sizes of the first three dimensions; 1 for those that the file does not have. */
  readonly shape: Shape;
  /** Size of the fourth, which is time. */
  readonly frames: number;
  readonly components: 1 | 3 | 4;
  /** Bytes of all voxels, as they are stored. */
  readonly dataBytes: number;
  /** Bytes that the file must have, uncompressed. */
  readonly fileBytes: number;
  /** Whether the file says how its axes lie in the patient (qform or sform). */
  readonly oriented: boolean;
  /** `cal_min` and `cal_max`, if they make a window. */
  readonly window: Window | null;
}

interface Datatype {
  readonly bytes: number;
  readonly components: 1 | 3 | 4;
}

const DATATYPES: ReadonlyMap<number, Datatype> = new Map([
  [2, { bytes: 1, components: 1 }],
  [4, { bytes: 2, components: 1 }],
  [8, { bytes: 4, components: 1 }],
  [16, { bytes: 4, components: 1 }],
  [64, { bytes: 8, components: 1 }],
  [128, { bytes: 3, components: 3 }],
  [256, { bytes: 1, components: 1 }],
  [512, { bytes: 2, components: 1 }],
  [768, { bytes: 4, components: 1 }],
  [2304, { bytes: 4, components: 4 }],
]);

const UNSUPPORTED_DATATYPES: ReadonlyMap<number, string> = new Map([
  [1, '1-bit voxels'],
  [32, 'complex numbers'],
  [1024, '64-bit integers'],
  [1280, '64-bit integers'],
  [1536, '128-bit floating point numbers'],
  [1792, 'complex numbers'],
  [2048, 'complex numbers'],
]);

/** Offsets of the fields that are read; see https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h */
const AT = { dim: 40, datatype: 70, voxOffset: 108, calMax: 124, calMin: 128, qform: 252, sform: 254, magic: 344 };

/**
 * Read a header.
 * @param bytes the first 348 bytes of the (uncompressed) file, or all of a shorter one.
 * @throws SlicescopeError `unsupported-format` if it is no NIfTI-1 file, or one with more than four
 * dimensions or with values that no dtype stands for; `file-corrupt` if it contradicts itself.
 */
export function parseNiftiHeader(bytes: Uint8Array, path: string): NiftiHeader {
  const fail = (code: 'unsupported-format' | 'file-corrupt', what: string): SlicescopeError =>
    new SlicescopeError(code, `${path}: ${what}`, { path } satisfies ErrorDetails[typeof code]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes.length >= 4 && view.getInt32(0, true) <= 540 && view.getInt32(0, true) > 0;
  const sizeOfHeader = bytes.length >= 4 ? view.getInt32(0, little) : 0;
  if (sizeOfHeader === 540) throw fail('unsupported-format', 'this is NIfTI-2; convert it to NIfTI-1 (.nii, .nii.gz)');
  if (sizeOfHeader === HEADER_BYTES && bytes.length < HEADER_BYTES) {
    throw fail('file-corrupt', `${String(bytes.length)} bytes, but a NIfTI header has ${String(HEADER_BYTES)}`);
  }
  const magic = String.fromCharCode(...bytes.subarray(AT.magic, AT.magic + 4));
  if (magic === 'ni1\0') {
    throw fail('unsupported-format', 'the header of a pair (.hdr, .img); convert it to one file (.nii, .nii.gz)');
  }
  if (sizeOfHeader !== HEADER_BYTES || magic !== 'n+1\0') {
    throw fail('unsupported-format', `no NIfTI file: ${looksLike(bytes)}; what can be read is NIfTI-1 (.nii, .nii.gz)`);
  }

  const rank = view.getInt16(AT.dim, little);
  if (rank < 1 || rank > 7) throw fail('file-corrupt', `its header says ${String(rank)} dimensions`);
  const dims = Array.from({ length: rank }, (_, i) => view.getInt16(AT.dim + 2 * (i + 1), little));
  if (dims.some((size) => size < 1)) throw fail('file-corrupt', `its header says dimensions ${dims.join(' × ')}`);
  if (dims.slice(4).some((size) => size > 1)) {
    throw fail(
      'unsupported-format',
      `${dims.join(' × ')} has more than four dimensions; extract one series of volumes of it`,
    );
  }
  const [width = 1, height = 1, depth = 1, frames = 1] = dims;

  const code = view.getInt16(AT.datatype, little);
  const datatype = DATATYPES.get(code);
  if (datatype === undefined) {
    const what = UNSUPPORTED_DATATYPES.get(code);
    if (what === undefined)
      throw fail('file-corrupt', `its header says datatype ${String(code)}, which does not exist`);
    throw fail(
      'unsupported-format',
      `it holds ${what}, which no dtype stands for; convert it, for instance to float64`,
    );
  }

  const voxOffset = view.getFloat32(AT.voxOffset, little);
  if (!Number.isFinite(voxOffset) || voxOffset < 0) {
    throw fail('file-corrupt', `its header says that voxels start at byte ${String(voxOffset)}`);
  }
  const dataBytes = width * height * depth * frames * datatype.bytes;
  const low = view.getFloat32(AT.calMin, little);
  const high = view.getFloat32(AT.calMax, little);
  return {
    shape: [width, height, depth],
    frames,
    components: datatype.components,
    dataBytes,
    fileBytes: Math.max(HEADER_BYTES, Math.trunc(voxOffset)) + dataBytes,
    oriented: view.getInt16(AT.qform, little) > 0 || view.getInt16(AT.sform, little) > 0,
    window: low < high && Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null,
  };
}
