import { basename } from 'node:path';
import type { Triple } from '../../protocol';
import type { StoredType, Volume } from '../../volume';
import { fileHeader, type FileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { spacingOf } from '../text-header';
import { checkName, checkSize, readHead, readVolume, type VoxelBytes } from '../voxels';

const HEADER_BYTES = 1024;

/** By mode; https://www.ccpem.ac.uk/mrc-format/mrc2014/ */
const DTYPES: ReadonlyMap<number, StoredType> = new Map([
  [0, 'int8'],
  [1, 'int16'],
  [2, 'float32'],
  [6, 'uint16'],
  [12, 'float16'],
]);

/** Offsets of the fields that are read. */
const AT = {
  ...{ sizes: 0, mode: 12, starts: 16, sampling: 28, cell: 40, angles: 52, axes: 64, group: 88, extended: 92 },
  ...{ imodStamp: 152, imodFlags: 156, origin: 196, map: 208, machine: 212 },
};
/** IMOD's mark, and its flags that matter here; https://bio3d.colorado.edu/imod/doc/mrc_format.txt */
const IMOD_STAMP = 1_146_047_817;
const IMOD = { signed: 1, originTurned: 4, halfBytes: 16 } as const;
/** Space groups that say that the sections are those of several volumes. */
const VOLUME_STACK = [401, 630] as const;

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

/** The order of bytes. Old programs wrote no machine stamp; sizes that are read the wrong way round are enormous. */
function isLittleEndian(view: DataView): boolean {
  const stamp = view.getUint8(AT.machine);
  if (stamp === 0x11) return false;
  if (stamp === 0x44) return true;
  const largest = (littleEndian: boolean): number =>
    Math.max(...[0, 4, 8].map((step) => view.getUint32(AT.sizes + step, littleEndian)));
  return largest(true) <= largest(false);
}

async function headerOf(path: string): Promise<FileHeader> {
  const { bytes } = await readHead(path, HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = isLittleEndian(view);
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

/** Which axis of the cell columns, rows and sections lie along. */
function axesOf(said: readonly number[]): Triple {
  const isSaid = [...said].sort().join() === '1,2,3';
  return isSaid ? (said.map((axis) => axis - 1) as unknown as Triple) : [0, 1, 2];
}

/**
 * How many sections each volume of a stack has; all of them where there is one volume only.
 * @throws SlicescopeError `file-corrupt`.
 */
function depthOf(group: number, sections: number, sampling: number, path: string): number {
  if (group < VOLUME_STACK[0] || group > VOLUME_STACK[1]) return sections;
  if (sampling >= 1 && sections % sampling === 0) return sampling;
  const what = `${String(sections)} sections of volumes of ${String(sampling)} sections (ispg ${String(group)}, mz)`;
  throw corrupt(path, `its header says ${what}`);
}

/** @throws SlicescopeError `unsupported-format` for a cell that is no box; angles of 0 say nothing. */
function checkAngles(angles: readonly number[], path: string): void {
  if (angles.every((angle) => angle === 0 || Math.abs(angle - 90) < 0.05)) return;
  const said = angles.map((angle) => String(Number(angle.toPrecision(5)))).join(', ');
  throw unsupported(path, `its cell has angles of ${said} degrees; resample it onto axes that are at right angles`);
}

/**
 * How far apart voxels are along the volume's axes. Null if the header does not say it. A single
 * picture has no height.
 */
function distancesOf(
  { edges, sampling }: { readonly edges: readonly number[]; readonly sampling: readonly number[] },
  axes: Triple,
  shape: Triple,
): readonly number[] | null {
  if (!sampling.every((each) => each > 0)) return null;
  // Some programs say a handedness by a height below 0.
  const distances = axes.map((axis) => Math.abs(edges[axis] as number) / (sampling[axis] as number));
  if (shape[2] === 1 && distances[2] === 0) distances[2] = distances[0] as number;
  return distances.some((each) => each === 0) ? null : distances;
}

async function readMrc(path: string, onFraction: OnFraction): Promise<Volume> {
  const { bytes, isPacked, most } = await readHead(path, HEADER_BYTES);
  checkName(path, isPacked);
  if (!isMrc(bytes)) throw corrupt(path, 'no MRC header of 1024 bytes with the word MAP');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = isLittleEndian(view);
  const integers = (at: number): readonly number[] => [0, 4, 8].map((step) => view.getInt32(at + step, littleEndian));
  const floats = (at: number): readonly number[] => [0, 4, 8].map((step) => view.getFloat32(at + step, littleEndian));
  const sizes = integers(AT.sizes);
  if (sizes.some((size) => size < 1)) throw corrupt(path, `its header says dimensions ${sizes.join(' × ')}`);
  const [width = 1, height = 1, sections = 1] = sizes;
  const sampling = integers(AT.sampling);
  const depth = depthOf(view.getInt32(AT.group, littleEndian), sections, sampling[2] as number, path);
  const mode = view.getInt32(AT.mode, littleEndian);
  const isImod = view.getInt32(AT.imodStamp, littleEndian) === IMOD_STAMP;
  const flags = isImod ? view.getInt32(AT.imodFlags, littleEndian) : IMOD.signed | IMOD.originTurned;
  const isUnsigned = (flags & IMOD.signed) === 0;
  const dtype = mode === 0 && isUnsigned ? 'uint8' : DTYPES.get(mode);
  if (dtype === undefined) {
    throw unsupported(
      path,
      `its mode is ${String(mode)}; what can be read is 0, 1, 2, 6 and 12 (int8, int16, float32, uint16, float16)`,
    );
  }
  if ((flags & IMOD.halfBytes) !== 0) {
    throw unsupported(path, 'it has two values of 4 bits in each byte (imodFlags); convert it to whole bytes');
  }
  const extended = view.getInt32(AT.extended, littleEndian);
  if (extended < 0) throw corrupt(path, `its header says an extended header of ${String(extended)} bytes`);
  const count = width * height * sections;
  const voxels: VoxelBytes = { path, offset: HEADER_BYTES + extended, isPacked, dtype, littleEndian, count };
  checkSize(voxels, most);
  checkAngles(floats(AT.angles), path);
  const axes = axesOf(integers(AT.axes));
  const cell = { edges: floats(AT.cell), sampling };
  const distances = distancesOf(cell, axes, [width, height, depth]);
  const spacing = distances === null ? undefined : spacingOf(distances, path);
  // IMOD's own origin is that of its coordinates seen from the first voxel, and a flag says that it was turned round.
  const sign = (flags & IMOD.originTurned) === 0 ? -1 : 1;
  const place = floats(AT.origin).map((each) => sign * each + 0);
  if (!place.every(Number.isFinite)) throw corrupt(path, `its header says origin ${place.join(', ')}`);
  // A map that was cut out of a larger one may say its place by its start indices instead.
  const starts = integers(AT.starts).map((start, axis) => start * (spacing?.[axis] ?? 0));
  const origin = (place.some((each) => each !== 0) ? axes.map((axis) => place[axis]) : starts) as unknown as Triple;
  const name = basename(path).replace(/\.(mrc|mrcs|map|rec|st|ali)?(\.gz)?$/i, '');
  const unit = spacing === undefined ? undefined : 'Å';
  const frames = sections / depth;
  return await readVolume(voxels, [width, height, depth], { spacing, origin, unit, name, frames }, onFraction);
}

/** MRC2014, and what came before it with the word MAP in its header. Distances are in ångströms. */
export const mrc: Format = {
  name: 'mrc',
  title: 'MRC (.mrc, .map, .rec)',
  matches: (head) => isMrc(head),
  read: async ({ paths: [path] }, onFraction) => await readMrc(path, onFraction),
  header: async ({ paths: [path] }) => await headerOf(path),
};
