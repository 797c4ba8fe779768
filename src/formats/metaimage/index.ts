import { basename } from 'node:path';
import type { Rescale, Shape, Triple, VoxelArray } from '../../protocol';
import { Volume, bytesOf, isDType, narrowed, type StoredType, type VolumeOptions } from '../../volume';
import { fileHeader, type FileHeader } from '../file-header';
import { corrupt, openFile, unsupported, type Format, type OnFraction } from '../format';
import { shownUnit } from '../lengths';
import { skewNotes } from '../skew';
import { putInOrder } from '../stored-order';
import { MOST_HEADER_BYTES, dataFileOf, numbersOf, sizesOf, spacingOf } from '../text-header';
import { unzipped } from '../unzip';
import { MAX_COMPRESSION, checkSize, readHead, readVolume, truncated, type VoxelBytes } from '../voxels';

/** By MetaImage's names; https://itk.org/Wiki/ITK/MetaIO/Documentation */
const DTYPES: ReadonlyMap<string, StoredType> = new Map([
  ['MET_CHAR', 'int8'],
  ['MET_UCHAR', 'uint8'],
  ['MET_SHORT', 'int16'],
  ['MET_USHORT', 'uint16'],
  ['MET_INT', 'int32'],
  ['MET_UINT', 'uint32'],
  ['MET_LONG', 'int32'], // As ITK writes and reads it, on each machine.
  ['MET_ULONG', 'uint32'],
  ['MET_LONG_LONG', 'int64'],
  ['MET_ULONG_LONG', 'uint64'],
  ['MET_FLOAT', 'float32'],
  ['MET_DOUBLE', 'float64'],
]);

/** Fields that a header may begin with. */
const FIRST_FIELDS = new Set(
  `ObjectType ObjectSubType NDims Comment Name ID ParentID CompressedData CompressedDataSize CompressionLevel BinaryData
  BinaryDataByteOrderMSB ElementByteOrderMSB Color Position Offset Origin Orientation Rotation TransformMatrix TransformType
  CenterOfRotation AnatomicalOrientation DistanceUnits ElementSpacing ElementSize DimSize HeaderSize Modality SequenceID
  CreationDate AcquisitionDate ElementMin ElementMax ElementNumberOfChannels ElementToIntensityFunctionSlope
  ElementToIntensityFunctionOffset ElementType UltrasoundImageOrientation UltrasoundImageType Kinds`.split(/\s+/),
);

/** A number that has more is none. */
const MOST_DIGITS = 400;

type Fields = ReadonlyMap<string, string>;

/** The lines of a header, which ends with the one that says where the values are, and how many bytes it has. */
function linesOf(head: Uint8Array, path: string) {
  const text = Buffer.from(head).toString('latin1');
  const lines: (readonly [name: string, value: string])[] = [];
  for (let [start, end] = [0, 0]; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end);
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (!/^\w+$/.test(name)) continue;
    lines.push([name, line.slice(equals + 1).trim()]);
    if (name === 'ElementDataFile') return { lines, bytes: end + 1 };
  }
  throw corrupt(path, 'its header has no field ElementDataFile');
}

function parse(head: Uint8Array, path: string): { readonly fields: Fields; readonly bytes: number } {
  const { lines, bytes } = linesOf(head, path);
  return { fields: new Map(lines.map(([name, value]) => [name.toLowerCase(), value])), bytes };
}

async function headerOf(path: string): Promise<FileHeader> {
  return fileHeader(linesOf((await readHead(path, MOST_HEADER_BYTES)).bytes, path).lines);
}

function firstOf(fields: Fields, ...names: string[]): string | undefined {
  return names.map((name) => fields.get(name)).find((value) => value !== undefined);
}

function isTrue(text: string | undefined): boolean {
  return /^(true|1|yes)$/i.test(text ?? '');
}

/** In LPS, which is MetaImage's own: row i of its matrix is where axis i points. */
function geometryOf(fields: Fields, rank: number, path: string): VolumeOptions {
  const spacingText = firstOf(fields, 'elementspacing', 'elementsize');
  const spacing =
    spacingText === undefined ? undefined : spacingOf(numbersOf(spacingText, 'ElementSpacing', path), path);
  const matrix = firstOf(fields, 'transformmatrix', 'orientation', 'rotation');
  const offset = firstOf(fields, 'offset', 'position', 'origin');
  const [x = 0, y = 0, z = 0] = offset === undefined ? [] : numbersOf(offset, 'Offset', path);
  const origin: Triple = [x, y, z];
  const said = fields.get('distanceunits');
  const unit = said === undefined || said === '?' || said === '' ? undefined : shownUnit(said);
  // Distances of 1 without a unit and a direction say nothing.
  const isSaid = unit !== undefined || spacing?.some((each) => each !== 1) === true;
  if (matrix === undefined || rank < 2) return { spacing: isSaid ? spacing : undefined, origin, unit };
  const numbers = numbersOf(matrix, 'TransformMatrix', path);
  if (numbers.length !== rank ** 2 || !numbers.every(Number.isFinite)) {
    throw corrupt(path, `its header says TransformMatrix ${matrix}, expected ${String(rank ** 2)} numbers`);
  }
  const axisOf = (axis: number): readonly number[] => numbers.slice(axis * rank, axis * rank + Math.min(rank, 3));
  let axes = [axisOf(0), axisOf(1), axisOf(2)] as const;
  if (rank === 2) {
    const [[a = 0, b = 0], [c = 0, d = 0]] = axes;
    if (a === 1 && b === 0 && c === 0 && d === 1) return { spacing, origin, unit };
    axes = [
      [a, b, 0],
      [c, d, 0],
      [0, 0, Math.sign(a * d - b * c)],
    ]; // A picture that is turned.
  }
  return {
    spacing: spacing ?? [1, 1, 1],
    origin,
    unit,
    direction: [0, 1, 2].flatMap((row) => axes.map((axis) => axis[row] as number)),
    notes: skewNotes(axes, path),
  };
}

interface Described {
  readonly dtype: StoredType;
  readonly sizes: readonly number[];
  readonly components: 1 | 3 | 4;
  /** Values a voxel that are no colours, such as the components of a displacement. */
  readonly channels: number;
}

function describedBy(fields: Fields, path: string): Described {
  const rank = Number(fields.get('ndims'));
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= 10)) {
    throw corrupt(path, `its header says NDims ${fields.get('ndims') ?? 'nowhere'}`);
  }
  const sizes = sizesOf(fields.get('dimsize') ?? '', rank, 'DimSize', path);
  if (sizes.slice(4).some((size) => size > 1))
    throw unsupported(path, `${sizes.join(' × ')} has more than four dimensions`);
  const type = (fields.get('elementtype') ?? '').replace(/_ARRAY$/, '');
  const dtype = DTYPES.get(type);
  if (dtype === undefined) {
    throw unsupported(
      path,
      `it holds values of type ${JSON.stringify(type)}, which no dtype stands for; convert it, for instance to MET_DOUBLE`,
    );
  }
  const values = Number(fields.get('elementnumberofchannels') ?? 1);
  if (!Number.isSafeInteger(values) || values < 1) {
    throw corrupt(path, `its header says ElementNumberOfChannels ${String(values)}`);
  }
  const isColor = dtype === 'uint8' && (values === 3 || values === 4);
  return { dtype, sizes, components: isColor ? values : 1, channels: isColor ? 1 : values };
}

/**
 * The file that a header names for its values; null if they lie behind it.
 * @throws SlicescopeError `file-corrupt` for what is no header, or names a file elsewhere.
 */
export async function valuesFileOf(path: string): Promise<string | null> {
  const { fields } = parse((await readHead(path, MOST_HEADER_BYTES)).bytes, path);
  const data = fields.get('elementdatafile') ?? 'LOCAL';
  return /^local$/i.test(data) ? null : dataFileOf(data, path);
}

/** @throws SlicescopeError `unsupported-format` for headers within the values, which only some programs write. */
function checkHeaders(fields: Fields, path: string): void {
  for (const name of ['HeaderSizePerSlice', 'HeaderSizesPerDataFile']) {
    const said = fields.get(name.toLowerCase()) ?? '0';
    if (/^[0\s]*$/.test(said)) continue;
    throw unsupported(path, `headers of ${said} bytes lie among its values (${name}); save it without them`);
  }
}

async function readMetaImage(path: string, onFraction: OnFraction): Promise<Volume> {
  const { bytes: head, most } = await readHead(path, MOST_HEADER_BYTES);
  const { fields, bytes: headerBytes } = parse(head, path);
  const { dtype, sizes, components, channels } = describedBy(fields, path);
  const data = fields.get('elementdatafile') ?? '';
  if (/^LIST\b|%\d*d/.test(data)) throw unsupported(path, 'its values are in several files; save it as one');
  const isLocal = /^local$/i.test(data);
  const file = isLocal ? path : dataFileOf(data, path);
  const available = isLocal ? most : (await readHead(file, 1)).most;
  const isPacked = isTrue(fields.get('compresseddata'));
  const isText = fields.has('binarydata') && !isTrue(fields.get('binarydata'));
  if (isText && isPacked) throw unsupported(path, 'its values are text that is packed (BinaryData, CompressedData)');
  const [width = 1, height = 1, depth = 1, frames = 1] = sizes;
  const box = width * height * depth;
  const count = box * frames * channels * components;
  checkHeaders(fields, path);
  const skip = Number(fields.get('headersize') ?? 0);
  if (!Number.isSafeInteger(skip) || skip < -1) throw corrupt(path, `its header says HeaderSize ${String(skip)}`);
  const start = isLocal ? headerBytes : 0;
  const voxels: VoxelBytes = {
    path: file,
    // −1 says that they are the last bytes of the file.
    offset: isPacked ? 0 : skip === -1 ? available - count * bytesOf(dtype) : start + skip,
    isPacked,
    unpacked: () => unzipped(file, start + Math.max(0, skip)),
    dtype,
    littleEndian: !isTrue(firstOf(fields, 'binarydatabyteordermsb', 'elementbyteordermsb')),
    count,
  };
  if (voxels.offset < 0) throw corrupt(path, `truncated, ${file} has ${String(available)} bytes`);
  // A number in text takes a digit and what divides it from the next one.
  if (!isText) checkSize(voxels, isPacked ? available * MAX_COMPRESSION : available);
  else if (available - start + 1 < 2 * count) throw truncated(file, available, start + 2 * count - 1, false);
  const name = basename(path).replace(/\.(mha|mhd)$/i, '');
  const options = {
    ...geometryOf(fields, sizes.length, path),
    frames,
    components,
    channels,
    name,
    rescale: rescaleOf(fields, path),
  };
  // The values of a voxel lie next to each other.
  const axes = [
    { size: frames, stride: box * channels },
    { size: channels, stride: 1 },
    { size: box, stride: channels },
  ];
  const shape: Shape = [width, height, depth];
  const text: TextValues = { file, start: start + Math.max(0, skip), available, dtype };
  const volume = isText
    ? await readTextVolume(text, shape, options, onFraction)
    : await readVolume(voxels, shape, options, onFraction);
  if (components === 1) putInOrder(volume.data, axes);
  return volume;
}

async function readTextVolume(
  text: TextValues,
  shape: Shape,
  options: VolumeOptions,
  onFraction: OnFraction,
): Promise<Volume> {
  const { dtype } = text;
  const volume = Volume.alloc(shape, isDType(dtype) ? dtype : 'float64', options);
  await readText(text, volume.data, onFraction);
  if (isDType(dtype)) return volume;
  const values = narrowed(volume.data as Float64Array, (each) => Volume.alloc(shape, each, options).data);
  return Volume.from(values, shape, options);
}

/** How stored values become real ones. */
function rescaleOf(fields: Fields, path: string): Rescale | undefined {
  const slope = Number(fields.get('elementtointensityfunctionslope') ?? 1);
  const intercept = Number(fields.get('elementtointensityfunctionoffset') ?? 0);
  if (!Number.isFinite(slope) || !Number.isFinite(intercept) || slope === 0) {
    throw corrupt(
      path,
      `its header says that values are ${String(slope)} times the stored ones plus ${String(intercept)}`,
    );
  }
  return slope === 1 && intercept === 0 ? undefined : { slope, intercept };
}

interface TextValues {
  readonly file: string;
  readonly start: number;
  readonly available: number;
  readonly dtype: StoredType;
}

/** A 64-bit integer as a float, which holds those up to 2⁵³. */
function wideInteger(word: string, at: number, file: string): number {
  const value = /^[+-]?\d+$/.test(word) ? Number(word) : NaN;
  if (!(Math.abs(value) >= 2 ** 53) || BigInt(word) === BigInt(2 ** 53) * BigInt(Math.sign(value))) return value;
  throw unsupported(
    file,
    `its value ${String(at)} is ${word}, and no dtype holds integers beyond ±2⁵³ (${String(2 ** 53)})`,
  );
}

/** Numbers with spaces between them. */
async function readText(
  { file, start, available, dtype }: TextValues,
  target: VoxelArray,
  onFraction: OnFraction,
): Promise<void> {
  let [at, read, rest] = [0, start, ''];
  const put = (word: string): void => {
    if (word === '' || at === target.length) return;
    const value = isDType(dtype) ? Number(word) : wideInteger(word, at, file);
    target[at] = value;
    const isHeld = target instanceof Float32Array ? Number.isFinite(value) : target[at] === value;
    if (!isHeld)
      throw corrupt(file, `its value ${String(at)} is ${JSON.stringify(word.slice(0, 40))}, which its type can’t hold`);
    at += 1;
  };
  const source = (await openFile(file)).createReadStream({ start, encoding: 'latin1' });
  for await (const chunk of source as AsyncIterable<string>) {
    const words = (rest + chunk).split(/\s+/);
    rest = words.pop() ?? '';
    if (rest.length > MOST_DIGITS) throw corrupt(file, 'its text has something that is no number');
    for (const word of words) put(word);
    read += chunk.length;
    onFraction(read / available);
    if (at === target.length) break;
  }
  put(rest);
  if (at < target.length)
    throw corrupt(file, `truncated, it has ${String(at)} numbers, and its header says ${String(target.length)}`);
}

/** MetaImage, with its values behind the header or in a file of their own. */
export const metaimage: Format = {
  name: 'metaimage',
  title: 'MetaImage (.mha, .mhd)',
  matches: (head) => {
    const [, name = ''] = /^\s*(\w+)[ \t]*=/.exec(Buffer.from(head.subarray(0, 64)).toString('latin1')) ?? [];
    return FIRST_FIELDS.has(name);
  },
  read: async ({ paths: [path] }, onFraction) => await readMetaImage(path, onFraction),
  header: async ({ paths: [path] }) => await headerOf(path),
};
