import { basename } from 'node:path';
import type { DType, Rescale, Shape } from '../../protocol';
import type { Volume } from '../../volume';
import { fileHeader, type FileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { readLabels, withLabels, type ReadLabels } from '../labels';
import { placed, type Placed, type Steps } from '../placed';
import { rescaled } from '../scaled';
import { withoutEnd } from '../text-end';
import { dataFileBeside } from '../text-header';
import { checkSize, readHead, readVolume, type VoxelBytes } from '../voxels';

/** By BRICK_TYPES; https://afni.nimh.nih.gov/pub/dist/doc/program_help/README.attributes.html */
const DTYPES: ReadonlyMap<number, DType> = new Map([
  [0, 'uint8'],
  [1, 'int16'],
  [3, 'float32'],
]);
const SHORT = 1;
/** A header has a matrix for each sub-brick that was registered. */
const MOST_HEADER_BYTES = 8 * 1_048_576;

/** By ORIENT_SPECIFIC: along which axis of LPS an axis goes, and whether to its end or to its beginning. */
const ORIENTATIONS: readonly (readonly [axis: number, sign: number])[] = [
  [0, 1], // right to left
  [0, -1],
  [1, -1], // posterior to anterior
  [1, 1],
  [2, 1], // inferior to superior
  [2, -1],
];

type Attributes = ReadonlyMap<string, readonly number[] | string>;

const ATTRIBUTE = /(?:^|\s)type\s*=\s*(string|integer|float)-attribute\s+name\s*=\s*(\S+)\s+count\s*=\s*(\d+)/g;

/** A header's attributes, each a list of numbers or a text of so many characters. */
function parse(head: Uint8Array, path: string): Attributes {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const attributes = new Map<string, readonly number[] | string>();
  const next = new RegExp(ATTRIBUTE);
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    const [, type, name = '', counted] = found;
    const count = Number(counted);
    if (type === 'string') {
      const start = text.indexOf("'", next.lastIndex) + 1;
      if (start === 0 || start + count > text.length) throw corrupt(path, `truncated in its attribute ${name}`);
      attributes.set(name, withoutEnd(text.slice(start, start + count), '~'));
      next.lastIndex = start + count;
      continue;
    }
    const number = /\s+(\S+)/y;
    number.lastIndex = next.lastIndex;
    const numbers: number[] = [];
    while (numbers.length < count) {
      const value = Number(number.exec(text)?.[1] ?? NaN);
      if (Number.isNaN(value)) {
        throw corrupt(path, `its attribute ${name} has ${String(numbers.length)} numbers, and says ${String(count)}`);
      }
      numbers.push(value);
    }
    attributes.set(name, numbers);
    next.lastIndex = number.lastIndex;
  }
  return attributes;
}

/** Numbers of an attribute, at least so many; null where it is not there. */
function numbersOf(attributes: Attributes, name: string, least: number, path: string): readonly number[] | null {
  const value = attributes.get(name);
  if (value === undefined) return null;
  if (typeof value !== 'string' && value.length >= least) return value;
  throw corrupt(path, `its attribute ${name} is ${String(value)}, expected ${String(least)} numbers`);
}

function need(attributes: Attributes, name: string, least: number, path: string): readonly number[] {
  const numbers = numbersOf(attributes, name, least, path);
  if (numbers === null) throw corrupt(path, `its header has no attribute ${name}`);
  return numbers;
}

/**
 * In “DICOM order”, which is LPS: the matrix that AFNI has written since 2005, or else three axes of
 * the patient. The matrix may be oblique.
 */
function stepsOf(attributes: Attributes, path: string): Steps {
  const matrix = numbersOf(attributes, 'IJK_TO_DICOM_REAL', 12, path);
  const column = (axis: number): readonly number[] => [0, 4, 8].map((row) => matrix?.[row + axis] ?? 0);
  if (matrix !== null) return { columns: [0, 1, 2].map(column), origin: column(3) };
  const codes = need(attributes, 'ORIENT_SPECIFIC', 3, path).slice(0, 3);
  const starts = need(attributes, 'ORIGIN', 3, path);
  const deltas = need(attributes, 'DELTA', 3, path);
  const ways = codes.map((code) => ORIENTATIONS[code] ?? [NaN, 0]);
  if (new Set(ways.map(([axis]) => axis)).size !== 3 || ways.some(([axis]) => Number.isNaN(axis))) {
    throw corrupt(path, `its attribute ORIENT_SPECIFIC is ${codes.join(' ')}, expected three axes of the patient`);
  }
  const odd = ways.findIndex(([, sign], at) => sign * (deltas[at] as number) < 0);
  if (odd >= 0) {
    const said = `ORIENT_SPECIFIC ${codes.join(' ')} and DELTA ${deltas.join(' ')}`;
    throw corrupt(path, `its attributes contradict each other: ${said} of axis ${String(odd)}`);
  }
  const origin = [0, 0, 0];
  ways.forEach(([axis], at) => (origin[axis] = starts[at] as number));
  return {
    columns: ways.map(([axis], at) => [0, 1, 2].map((row) => (row === axis ? (deltas[at] as number) : 0))),
    origin,
  };
}

/** Of each sub-brick; 0 says that its values are the real ones. */
function rescalesOf(attributes: Attributes, bricks: number, path: string): readonly Rescale[] {
  const factors = numbersOf(attributes, 'BRICK_FLOAT_FACS', bricks, path)?.slice(0, bricks) ?? [];
  const odd = factors.find((each) => !(each >= 0 && Number.isFinite(each)));
  if (odd !== undefined) {
    throw unsupported(path, `a factor of its values (BRICK_FLOAT_FACS) is ${String(odd)}, which has no meaning yet`);
  }
  return factors.map((each) => ({ slope: each === 0 ? 1 : each, intercept: 0 }));
}

/** One type of values for all sub-bricks. */
function dtypeOf(attributes: Attributes, bricks: number, path: string): DType {
  const types = numbersOf(attributes, 'BRICK_TYPES', bricks, path)?.slice(0, bricks) ?? [SHORT];
  const [type = SHORT] = types;
  const dtype = DTYPES.get(type);
  if (dtype === undefined || types.some((each) => each !== type)) {
    const what = [...new Set(types)].join(', ');
    throw unsupported(path, `its values are of the types ${what} (BRICK_TYPES), of which 0, 1 or 3 can be read`);
  }
  return dtype;
}

/** Which byte of a value is first: without it AFNI takes the order of whatever machine it runs on. */
function isLittleEndian(attributes: Attributes, dtype: DType, path: string): boolean {
  const order = attributes.get('BYTEORDER_STRING');
  if (order === 'LSB_FIRST' || dtype === 'uint8') return true;
  if (order === 'MSB_FIRST') return false;
  const said = order === undefined ? 'does not say its order of bytes' : `says the order of bytes ${String(order)}`;
  throw unsupported(path, `its header ${said} (BYTEORDER_STRING); say it with 3drefit -byteorder`);
}

function geometryOf(attributes: Attributes, shape: Shape, path: string): Placed {
  return placed(stepsOf(attributes, path), shape, path);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Names of values, as `3drefit -labeltable` puts them into a header: an element of NIML with two texts for each. */
function labelsOf(attributes: Attributes): ReadLabels | null {
  const table = attributes.get('VALUE_LABEL_DTABLE');
  if (typeof table !== 'string') return null;
  const texts = [...table.slice(table.indexOf('>') + 1).matchAll(/"([^"]*)"|'([^']*)'/g)].map(
    ([, double, single]) => double ?? single ?? '',
  );
  const found = texts.flatMap((value, at) => {
    if (at % 2 === 1 || !/^-?\d{1,16}$/.test(value)) return [];
    const name = (texts[at + 1] ?? '').replace(
      /&(lt|gt|quot|apos|amp);/g,
      (_, entity: string) => ENTITIES[entity] ?? '',
    );
    return [[value, { name: Buffer.from(name, 'latin1').toString('utf8') }] as const];
  });
  return found.length === 0 ? null : readLabels(found);
}

async function attributesOf(path: string): Promise<Attributes> {
  return parse((await readHead(path, MOST_HEADER_BYTES)).bytes, path);
}

async function readAfni(path: string, onFraction: OnFraction): Promise<Volume> {
  const attributes = await attributesOf(path);
  const [rank, bricks = 1] = need(attributes, 'DATASET_RANK', 2, path);
  const shape = need(attributes, 'DATASET_DIMENSIONS', 3, path).slice(0, 3) as unknown as Shape;
  if (rank !== 3 || ![...shape, bricks].every((size) => Number.isSafeInteger(size) && size >= 1)) {
    const said = `${shape.join(' × ')}, and rank ${String(rank)} with ${String(bricks)} sub-bricks`;
    throw corrupt(path, `its header says dimensions ${said}`);
  }
  const dtype = dtypeOf(attributes, bricks, path);
  const littleEndian = isLittleEndian(attributes, dtype, path);
  const name = basename(path).replace(/\.HEAD$/i, '');
  const geometry = geometryOf(attributes, shape, path);
  const rescales = rescalesOf(attributes, bricks, path);
  const { file, isPacked, most } = await dataFileBeside(path, [`${name}.BRIK`, `${name}.BRIK.gz`]);
  const count = shape[0] * shape[1] * shape[2] * bricks;
  const voxels: VoxelBytes = { path: file, offset: 0, isPacked, dtype, littleEndian, count };
  checkSize(voxels, most);
  const options = withLabels({ ...geometry, frames: bricks, name }, labelsOf(attributes));
  const stored = await readVolume(voxels, shape, options, onFraction);
  return rescaled(stored, rescales);
}

async function headerOf(path: string): Promise<FileHeader> {
  return fileHeader(await attributesOf(path));
}

/** AFNI: attributes in a .HEAD, and values in the .BRIK beside it. A sub-brick is a frame. */
export const afni: Format = {
  name: 'afni',
  title: 'AFNI (.HEAD with .BRIK)',
  matches: (head) =>
    /^\s*type\s*=\s*(string|integer|float)-attribute\s+name\s*=/.test(Buffer.from(head).toString('latin1')),
  read: async ({ paths: [path] }, onFraction) => await readAfni(path, onFraction),
  header: async ({ paths: [path] }) => await headerOf(path),
};
