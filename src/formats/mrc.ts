import { basename } from 'node:path';
import type { DType, Triple } from '../protocol';
import { Volume } from '../volume';
import { fileHeader, type FileHeader } from './file-header';
import { corrupt, unsupported, type Format, type OnFraction } from './format';
import { spacingOf } from './text-header';
import { checkName, checkSize, readHead, readVoxels, type VoxelBytes } from './voxels';

const HEADER_BYTES = 1024;

/** By mode; https://www.ccpem.ac.uk/mrc-format/mrc2014/ */
const DTYPES: ReadonlyMap<number, DType> = new Map([
  [0, 'int8'],
  [1, 'int16'],
  [2, 'float32'],
  [6, 'uint16'],
]);

/** Offsets of the fields that are read. */
const AT = { sizes: 0, mode: 12, sampling: 28, cell: 40, extended: 92, origin: 196, map: 208, machine: 212 };

/** What a person may want to know of a header: names, where they begin, how many, and whether they are floats. */
const FIELDS: readonly (readonly [name: string, at: number, count: number, isFloat: boolean])[] = [
  ['nx ny nz', 0, 3, false],
  ['mode', 12, 1, false],
  ['nxstart nystart nzstart', 16, 3, false],
  ['mx my mz', 28, 3, false],
  ['cella', 40, 3, true],
  ['cellb', 52, 3, true],
  ['mapc mapr maps', 64, 3, false],
  ['dmin dmax dmean', 76, 3, true],
  ['ispg', 88, 1, false],
  ['nsymbt', 92, 1, false],
  ['nversion', 108, 1, false],
  ['origin', 196, 3, true],
  ['rms', 216, 1, true],
  ['nlabl', 220, 1, false],
];
/** Lines that programs have left. */
const LABELS = { at: 224, bytes: 80, most: 10 };

function isMrc(head: Uint8Array): boolean {
  return head.length >= HEADER_BYTES && Buffer.from(head.subarray(AT.map, AT.map + 4)).toString('latin1') === 'MAP ';
}

async function headerOf(path: string): Promise<FileHeader> {
  const { bytes } = await readHead(path, HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = view.getUint8(AT.machine) !== 0x11;
  const said = FIELDS.map(([name, at, count, isFloat]) => {
    const numbers = Array.from({ length: count }, (_, i) =>
      isFloat ? view.getFloat32(at + 4 * i, littleEndian) : view.getInt32(at + 4 * i, littleEndian),
    );
    return [name, numbers] as const;
  });
  const labels = Array.from({ length: LABELS.most }, (_, i) => {
    const at = LABELS.at + LABELS.bytes * i;
    return [`label ${String(i + 1)}`, Buffer.from(bytes.subarray(at, at + LABELS.bytes)).toString('latin1')] as const;
  });
  return fileHeader([...said, ...labels]);
}

async function readMrc(path: string, onFraction: OnFraction): Promise<Volume> {
  const { bytes, isPacked, most } = await readHead(path, HEADER_BYTES);
  checkName(path, isPacked);
  if (!isMrc(bytes)) throw corrupt(path, 'no MRC header of 1024 bytes with the word MAP');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = view.getUint8(AT.machine) !== 0x11;
  const integers = (at: number): readonly number[] => [0, 4, 8].map((step) => view.getInt32(at + step, littleEndian));
  const floats = (at: number): readonly number[] => [0, 4, 8].map((step) => view.getFloat32(at + step, littleEndian));
  const sizes = integers(AT.sizes);
  if (sizes.some((size) => size < 1)) throw corrupt(path, `its header says dimensions ${sizes.join(' × ')}`);
  const [width = 1, height = 1, depth = 1] = sizes;
  const mode = view.getInt32(AT.mode, littleEndian);
  const dtype = DTYPES.get(mode);
  if (dtype === undefined) {
    throw unsupported(
      path,
      `its mode is ${String(mode)}; what can be read is 0, 1, 2 and 6 (int8, int16, float32, uint16)`,
    );
  }
  const extended = view.getInt32(AT.extended, littleEndian);
  if (extended < 0) throw corrupt(path, `its header says an extended header of ${String(extended)} bytes`);
  const count = width * height * depth;
  const voxels: VoxelBytes = { path, offset: HEADER_BYTES + extended, isPacked, dtype, littleEndian, count };
  checkSize(voxels, most);
  const [cell, sampling] = [floats(AT.cell), integers(AT.sampling)];
  const hasCell = cell.every((each) => each !== 0) && sampling.every((each) => each > 0);
  const spacing = hasCell
    ? spacingOf(
        cell.map((each, axis) => each / (sampling[axis] ?? 1)),
        path,
      )
    : undefined;
  const origin = floats(AT.origin) as unknown as Triple;
  if (!origin.every(Number.isFinite)) throw corrupt(path, `its header says origin ${origin.join(', ')}`);
  const name = basename(path).replace(/\.(mrc|mrcs|map|rec|st|ali)?(\.gz)?$/i, '');
  const volume = Volume.alloc([width, height, depth], dtype, {
    spacing,
    origin,
    unit: hasCell ? 'Å' : undefined,
    name,
  });
  await readVoxels(voxels, volume.data, onFraction);
  return volume;
}

/** MRC2014, and what came before it with the word MAP in its header. Distances are in ångströms. */
export const mrc: Format = {
  name: 'mrc',
  title: 'MRC (.mrc, .map, .rec)',
  matches: (head) => isMrc(head),
  read: async ({ paths: [path] }, onFraction) => await readMrc(path, onFraction),
  header: async ({ paths: [path] }) => await headerOf(path),
};
