import { basename } from 'node:path';
import type { DType, Rescale, VoxelArray } from '../../protocol';
import { Volume } from '../../volume';
import { fileHeader, type FileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { rescaled } from '../scaled';
import { putInOrder } from '../stored-order';
import { MOST_HEADER_BYTES, dataFileOf, numbersOf, sizesOf } from '../text-header';
import { checkName, checkSize, readHead, readVoxels, type Head, type VoxelBytes } from '../voxels';
import { layoutOf, placeOf } from './layout';

/** By MRtrix's names without their order of bytes; https://mrtrix.readthedocs.io, “Images and other data” */
const DTYPES: ReadonlyMap<string, DType> = new Map([
  ['bit', 'uint8'],
  ['int8', 'int8'],
  ['uint8', 'uint8'],
  ['int16', 'int16'],
  ['uint16', 'uint16'],
  ['int32', 'int32'],
  ['uint32', 'uint32'],
  ['float32', 'float32'],
  ['float64', 'float64'],
]);

/** The values of each field, which may be there several times. */
type Fields = ReadonlyMap<string, readonly string[]>;

/** The lines of a header, and its bytes with the line END. */
function linesOf(head: Uint8Array, path: string) {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const end = /\r?\nEND(\r?\n|$)/.exec(text);
  if (end === null) throw corrupt(path, `its header has no line END within ${String(MOST_HEADER_BYTES)} bytes`);
  const lines = text.slice(0, end.index).split(/\r?\n/).slice(1);
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, Math.max(0, colon)).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { fields: fields.filter(([name]) => name !== ''), bytes: end.index + end[0].length };
}

function need(fields: Fields, name: string, path: string): string {
  const [value, ...others] = fields.get(name) ?? [];
  if (value === undefined) throw corrupt(path, `its header has no field “${name}”`);
  if (others.length > 0) throw corrupt(path, `its header has the field “${name}” ${String(others.length + 1)} times`);
  return value;
}

/** Numbers that commas divide. */
function listOf(text: string, field: string, path: string): readonly number[] {
  return numbersOf(text.replaceAll(',', ' '), field, path);
}

interface Stored {
  readonly dtype: DType;
  readonly littleEndian: boolean;
  readonly areBits: boolean;
}

function storedAs(fields: Fields, path: string): Stored {
  const said = need(fields, 'datatype', path);
  const [, name = '', order = ''] = /^(\w+?)(le|be)?$/.exec(said.toLowerCase()) ?? [];
  const dtype = DTYPES.get(name);
  if (dtype === undefined) {
    throw unsupported(
      path,
      `its datatype is ${JSON.stringify(said)}, which no dtype stands for; mrconvert -datatype float64`,
    );
  }
  if (order === '' && !/8$|^bit$/.test(name)) {
    throw unsupported(
      path,
      `its datatype ${said} is in the order of bytes of the machine that wrote it; say ${said}LE or ${said}BE`,
    );
  }
  return { dtype, littleEndian: order !== 'be', areBits: name === 'bit' };
}

/** Whether a name stands for several files, such as `slice[000:100].img`. */
function isPattern(name: string): boolean {
  const start = name.indexOf('[');
  return start >= 0 && name.includes(']', start);
}

/** Where the values are: behind the header, or in one file of their own. */
async function fileOf(fields: Fields, { isPacked, most }: Head, headerBytes: number, path: string) {
  const files = fields.get('file') ?? [];
  if (files.length > 1 || isPattern(files[0] ?? '')) {
    throw unsupported(path, 'its values are in several files (file); save it as one: mrconvert IN.mih OUT.mif');
  }
  const said = need(fields, 'file', path);
  const space = Math.max(said.lastIndexOf(' '), said.lastIndexOf('\t'));
  const skip = /^\d+$/.exec(said.slice(space + 1))?.[0];
  const name = space < 0 || skip === undefined ? said : said.slice(0, space).trimEnd();
  const offset = space < 0 ? 0 : Number(skip ?? 0);
  if (name !== '.') {
    const file = dataFileOf(name, path);
    return { path: file, offset, isPacked: false, most: (await readHead(file, 1)).most };
  }
  if (offset >= headerBytes && Number.isSafeInteger(offset)) return { path, offset, isPacked, most };
  throw corrupt(path, `its values begin at byte ${String(offset)} (file), and its header has ${String(headerBytes)}`);
}

/** As MRtrix has it: an offset, and then a factor. */
function rescalesOf(fields: Fields, path: string): readonly Rescale[] {
  if (!fields.has('scaling')) return [];
  const [intercept = NaN, slope = NaN] = listOf(need(fields, 'scaling', path), 'scaling', path);
  if (Number.isFinite(intercept) && Number.isFinite(slope) && slope !== 0) return [{ slope, intercept }];
  throw corrupt(path, `its header says scaling ${String(intercept)}, ${String(slope)}`);
}

/** Read values in the order in which they are stored; of bits the first one is the highest of its byte. */
async function readStored(voxels: VoxelBytes, areBits: boolean, target: VoxelArray, onFraction: OnFraction) {
  if (!areBits) {
    await readVoxels(voxels, target, onFraction);
    return;
  }
  const packed = new Uint8Array(voxels.count);
  await readVoxels(voxels, packed, onFraction);
  for (let at = 0; at < target.length; at++) target[at] = ((packed[at >> 3] as number) >> (7 - (at & 7))) & 1;
}

async function readMrtrix(path: string, onFraction: OnFraction): Promise<Volume> {
  const head = await readHead(path, MOST_HEADER_BYTES);
  checkName(path, head.isPacked);
  const { fields: lines, bytes: headerBytes } = linesOf(head.bytes, path);
  const fields = new Map<string, string[]>();
  for (const [name, value] of lines) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, [value]);
    else known.push(value);
  }
  const dims = need(fields, 'dim', path).replaceAll(',', ' ');
  const sizes = sizesOf(dims, dims.trim().split(/\s+/).length, 'dim', path);
  const { dtype, littleEndian, areBits } = storedAs(fields, path);
  const matrix = fields.get('transform')?.flatMap((row) => listOf(row, 'transform', path)) ?? null;
  const layout = layoutOf(need(fields, 'layout', path), sizes, matrix !== null, path);
  const values = sizes.reduce((product, size) => product * size, 1);
  const { most, ...file } = await fileOf(fields, head, headerBytes, path);
  const voxels: VoxelBytes = { ...file, dtype, littleEndian, count: areBits ? Math.ceil(values / 8) : values };
  checkSize(voxels, most);
  const name = basename(path).replace(/(\.mi[fh])?(\.gz)?$/i, '');
  const options = { ...placeOf(layout, listOf(need(fields, 'vox', path), 'vox', path), matrix, path), name };
  const volume = Volume.alloc(layout.shape, dtype, { ...options, frames: layout.frames });
  await readStored(voxels, areBits, volume.data, onFraction);
  putInOrder(volume.data, layout.axes, layout.first);
  return rescaled(volume, rescalesOf(fields, path));
}

async function headerOf(path: string): Promise<FileHeader> {
  const { fields } = linesOf((await readHead(path, MOST_HEADER_BYTES)).bytes, path);
  const names = [...new Set(fields.map(([name]) => name))];
  return fileHeader(names.map((each) => [each, fields.filter(([name]) => name === each).map(([, value]) => value)]));
}

/** MRtrix: .mif, also packed, and .mih with its values in one file of their own. */
export const mrtrix: Format = {
  name: 'mrtrix',
  title: 'MRtrix (.mif, .mif.gz, .mih)',
  matches: (head) => /^mrtrix image\r?\n/.test(Buffer.from(head.subarray(0, 16)).toString('latin1')),
  read: async ({ paths: [path] }, onFraction) => await readMrtrix(path, onFraction),
  header: async ({ paths: [path] }) => await headerOf(path),
};
