import { basename } from 'node:path';
import type { DType, Shape, Triple } from '../../protocol';
import { Volume, type VolumeOptions } from '../../volume';
import { fileHeader, type FileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { lpsOf, placed } from '../placed';
import { checkName, checkSize, readHead, readVoxels, type VoxelBytes } from '../voxels';

const HEADER_BYTES = 284;
/** What is used of it; the values follow 284 bytes from its beginning. */
const FIELD_BYTES = 90;
const VERSION = 1;

/** By FreeSurfer's codes; https://surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat */
const DTYPES: ReadonlyMap<number, DType> = new Map([
  [0, 'uint8'],
  [1, 'int32'],
  [3, 'float32'],
  [4, 'int16'],
  [10, 'uint16'],
]);

const UNSUPPORTED_TYPES: ReadonlyMap<number, string> = new Map([
  [2, '64-bit integers'],
  [5, 'bits'],
  [6, 'tensors'],
]);

interface Header {
  readonly version: number;
  /** Width, height, depth and frames. */
  readonly dims: readonly number[];
  readonly type: number;
  readonly dof: number;
  /** Whether the fields that follow say something. */
  readonly goodRASFlag: number;
  readonly delta: readonly number[];
  /** Where each axis points, in RAS, one after the other. */
  readonly Mdc: readonly number[];
  /** The position of the volume's centre, in RAS. */
  readonly Pxyz_c: readonly number[];
}

/** Its fields by the names that nibabel has for them, all big-endian; null where there are too few bytes. */
function parse(head: Uint8Array): Header | null {
  if (head.length < FIELD_BYTES) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const floats = (at: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, i) => view.getFloat32(at + 4 * i));
  return {
    version: view.getInt32(0),
    dims: [4, 8, 12, 16].map((at) => view.getInt32(at)),
    type: view.getInt32(20),
    dof: view.getInt32(24),
    goodRASFlag: view.getInt16(28),
    delta: floats(30, 3),
    Mdc: floats(42, 9),
    Pxyz_c: floats(78, 3),
  };
}

/** There is no magic number: the version, the type and sizes that are none below 1 tell it. */
function isMgh(head: Uint8Array): boolean {
  const header = parse(head);
  if (header?.version !== VERSION) return false;
  const isKnown = DTYPES.has(header.type) || UNSUPPORTED_TYPES.has(header.type);
  return isKnown && header.dims.every((size) => size > 0) && [0, 1].includes(header.goodRASFlag);
}

function need(head: Uint8Array, path: string): Header {
  const header = parse(head);
  if (header === null) throw corrupt(path, `${String(head.length)} bytes, but an MGH header has 284`);
  const { version, dims } = header;
  if (version !== VERSION) throw unsupported(path, `its version is ${String(version)}; what can be read is MGH 1`);
  if (dims.some((size) => size < 1)) throw corrupt(path, `its header says dimensions ${dims.join(' × ')}`);
  return header;
}

/**
 * The centre of the volume is at the index that is half of its size. A volume that does not say its
 * place has no direction: FreeSurfer and nibabel assume different ones.
 */
function geometryOf({ goodRASFlag, delta, Mdc, Pxyz_c: centre }: Header, sizes: Triple, path: string): VolumeOptions {
  if (goodRASFlag === 0) return {};
  const steps = delta.map((each, axis) => Mdc.slice(3 * axis, 3 * axis + 3).map((part) => part * each));
  const first = centre.map((at, row) =>
    steps.reduce((from, step, axis) => from - ((step[row] as number) * (sizes[axis] as number)) / 2, at),
  );
  return placed({ columns: steps.map(lpsOf), origin: lpsOf(first) }, sizes, path);
}

async function readMgh(path: string, onFraction: OnFraction): Promise<Volume> {
  const { bytes, isPacked, most } = await readHead(path, FIELD_BYTES);
  checkName(path, isPacked);
  const header = need(bytes, path);
  const dtype = DTYPES.get(header.type);
  if (dtype === undefined) {
    const what = UNSUPPORTED_TYPES.get(header.type) ?? `values of type ${String(header.type)}`;
    throw unsupported(path, `it holds ${what} (type), which no dtype stands for; convert it: mri_convert -odt float`);
  }
  const [width = 1, height = 1, depth = 1, frames = 1] = header.dims;
  const shape: Shape = [width, height, depth];
  const count = width * height * depth * frames;
  const voxels: VoxelBytes = { path, offset: HEADER_BYTES, isPacked, dtype, littleEndian: false, count };
  checkSize(voxels, most);
  const name = basename(path).replace(/(\.mg[hz])?(\.gz)?$/i, '');
  const volume = Volume.alloc(shape, dtype, { ...geometryOf(header, shape, path), frames, name });
  await readVoxels(voxels, volume.data, onFraction);
  return volume;
}

async function headerOf(path: string): Promise<FileHeader> {
  return fileHeader(Object.entries(need((await readHead(path, FIELD_BYTES)).bytes, path)));
}

/** FreeSurfer's volumes. What may follow the values (times of the scanner, names of files) is left alone. */
export const mgh: Format = {
  name: 'mgh',
  title: 'FreeSurfer (.mgh, .mgz)',
  matches: isMgh,
  read: async ({ paths: [path] }, onFraction) => await readMgh(path, onFraction),
  header: async ({ paths: [path] }) => await headerOf(path),
};
