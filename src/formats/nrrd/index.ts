import { basename } from 'node:path';
import type { Triple } from '../../protocol';
import { bytesOf, type StoredType, type Volume, type VolumeOptions } from '../../volume';
import { fileHeader, type FileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { hexColor } from '../hex-color';
import { readLabels, usualColor, usualName, withLabels, type ReadLabels } from '../labels';
import { inOneUnit } from '../lengths';
import { placed } from '../placed';
import { putInOrder, type StoredAxis } from '../stored-order';
import { MOST_HEADER_BYTES, dataFileOf, numbersOf, sizesOf, spacingOf } from '../text-header';
import { evenTimes, secondsIn } from '../times';
import { unzipped } from '../unzip';
import { MAX_COMPRESSION, checkSize, readHead, readVolume, truncated, type VoxelBytes } from '../voxels';

/** By NRRD's names; https://teem.sourceforge.net/nrrd/format.html */
const DTYPES: Readonly<Record<string, StoredType>> = Object.fromEntries(
  Object.entries({
    int8: ['signed char', 'int8', 'int8_t'],
    uint8: ['uchar', 'unsigned char', 'uint8', 'uint8_t'],
    int16: ['short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t'],
    uint16: ['ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t'],
    int32: ['int', 'signed int', 'int32', 'int32_t'],
    uint32: ['uint', 'unsigned int', 'uint32', 'uint32_t'],
    int64: ['longlong', 'long long', 'long long int', 'signed long long', 'signed long long int', 'int64', 'int64_t'],
    uint64: ['ulonglong', 'unsigned long long', 'unsigned long long int', 'uint64', 'uint64_t'],
    float32: ['float'],
    float64: ['double'],
  } satisfies Partial<Record<StoredType, string[]>>).flatMap(([dtype, names]) =>
    names.map((name) => [name, dtype as StoredType]),
  ),
);

/** Signs that turn a space's x and y into L and P; z is S in all of them. */
const PATIENT_SPACES: Readonly<Record<string, readonly [number, number]>> = {
  'right-anterior-superior': [-1, -1],
  'left-anterior-superior': [1, -1],
  'left-posterior-superior': [1, 1],
  ...{ ras: [-1, -1], las: [1, -1], lps: [1, 1] },
};

type Fields = ReadonlyMap<string, string>;

/** A header's text, and how many bytes it has with the empty line behind it. */
function textOf(head: Uint8Array, path: string): { readonly header: string; readonly bytes: number } {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const isWhole = head.length < MOST_HEADER_BYTES; // A detached header may end with its file.
  if (end === null && !isWhole) throw corrupt(path, `its header has no end within ${String(MOST_HEADER_BYTES)} bytes`);
  if (end === null) return { header: text, bytes: text.length };
  return { header: text.slice(0, end.index), bytes: end.index + end[0].length };
}

/** The fields of a header, by their names without spaces. */
function parse(header: string): Fields {
  const fields = new Map<string, string>();
  for (const line of header.split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#') || line[colon + 1] === '=') continue;
    fields.set(line.slice(0, colon).toLowerCase().replaceAll(' ', ''), line.slice(colon + 1).trim());
  }
  return fields;
}

/** Fields, and pairs of keys and values, which are the writer's own. */
async function headerOf(path: string): Promise<FileHeader> {
  const { header } = textOf((await readHead(path, MOST_HEADER_BYTES)).bytes, path);
  const lines = header.split('\n').filter((line) => !line.startsWith('#') && line.indexOf(':') > 0);
  return fileHeader(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + (line[colon + 1] === '=' ? 2 : 1)).trim()];
    }),
  );
}

function need(fields: Fields, name: string, path: string): string {
  const value = fields.get(name);
  if (value === undefined) throw corrupt(path, `its header has no field “${name}”`);
  return value;
}

interface Axes {
  readonly components: 1 | 3 | 4;
  /** Values a voxel that are no colours, such as the components of a vector. */
  readonly channels: number;
  readonly frames: number;
  /** Sizes, and which of the file's axes they are, of x, y and z as far as they are there. */
  readonly sizes: readonly number[];
  readonly places: readonly number[];
  /** Which axis has the frames; null where there are none. */
  readonly time: number | null;
  /** How the values lie in the file: the axes of the volume, the slowest first. */
  readonly stored: readonly StoredAxis[];
}

/** Kinds of axes whose values are volumes of their own. */
const FRAMES = /^(domain|space|time|list|none|\?\?\?|)$/i;
const COLORS = /^RGBA?-color$/i;
/**
 * Kinds of three values that are not red, green and blue. A list has layers, such as 3D Slicer's if
 * segments overlap.
 */
const OTHER_COLORS = /^(HSV-color|XYZ-color|list|time)$/i;
/** Kinds of axes whose values belong to one voxel, and are numbers of their own. */
const VECTORS = /^(vector|covariant-vector|normal|point|[234]-vector|3-gradient|3-normal|quaternion)$/i;

function directionsOf(fields: Fields): readonly string[] | null {
  return fields.get('spacedirections')?.match(/none|\([^()]*\)/g) ?? null;
}

/** The texts in quotes of a line: a name, or a unit, for each axis. */
function quotedIn(text: string | undefined): readonly string[] {
  return [...(text ?? '').matchAll(/"([^"]*)"/g)].map(([, quoted = '']) =>
    Buffer.from(quoted, 'latin1').toString('utf8').trim(),
  );
}

/**
 * Whether the last of four axes of space is time, as ITK writes it: it shares no direction with the
 * other three.
 */
function isSpaceTime(fields: Fields, rank: number): boolean {
  const vectors = directionsOf(fields)?.map((text) => text.replace(/[(),]/g, ' ').trim().split(/\s+/).map(Number));
  const columns = vectors?.filter((vector) => vector.length > 1) ?? [];
  const isLast = vectors?.length === rank && vectors.at(-1) === columns.at(-1);
  if (!isLast || columns.length !== 4 || columns.some(({ length }) => length !== 4)) return false;
  return columns.every((column, at) => column.every((each, row) => (row === 3) === (at === 3) || each === 0));
}

/** Which axes are of space: those with a direction, or those whose kind doesn't say otherwise. */
function axesOf(fields: Fields, dtype: StoredType, path: string): Axes {
  const rank = Number(need(fields, 'dimension', path));
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= 16)) {
    throw corrupt(path, `its header says dimension ${need(fields, 'dimension', path)}`);
  }
  const sizes = sizesOf(need(fields, 'sizes', path), rank, 'sizes', path);
  const directions = directionsOf(fields);
  const kinds = fields.get('kinds')?.split(/\s+/) ?? [];
  /** Without directions the first three whose kind doesn't say otherwise. */
  const likeSpace = sizes.map((_, at) => at).filter((at) => /^(domain|space|\?\?\?|none|)$/i.test(kinds[at] ?? ''));
  const isSpace = (at: number): boolean =>
    directions === null
      ? likeSpace.slice(0, 3).includes(at)
      : directions[at] !== 'none' && directions[at] !== undefined;
  const isTimed = isSpaceTime(fields, rank);
  const places = sizes.map((_, at) => at).filter((at) => isSpace(at) && !(isTimed && at === rank - 1));
  const others = sizes.map((_, at) => at).filter((at) => !places.includes(at) && sizes[at] !== 1);
  const [first] = others;
  const isFirst = first === 0 && !OTHER_COLORS.test(kinds[0] ?? '');
  const areApart = first !== 0 && others.length === 1 && first === rank - 1 && COLORS.test(kinds[first] ?? '');
  const components = first === undefined ? 1 : sizes[first];
  // Three values of 16 bits may be anything, unless they are called colours.
  const mayBeColor = dtype === 'uint8' || (dtype === 'uint16' && COLORS.test(kinds[first ?? -1] ?? ''));
  const isColor = (isFirst || areApart) && mayBeColor && (components === 3 || components === 4);
  const rest = isColor ? others.slice(1) : others;
  const kindOf = (at: number): string => kinds[at] ?? '';
  const odd = rest.find((at) => !FRAMES.test(kindOf(at)) && !VECTORS.test(kindOf(at)));
  if (odd !== undefined) {
    throw unsupported(
      path,
      `its axis ${String(odd)} is of the kind ${JSON.stringify(kindOf(odd))} (kinds); what can be read is colours of uint8, vectors, and time`,
    );
  }
  const vectors = rest.filter((at) => VECTORS.test(kindOf(at)));
  const times = rest.filter((at) => !vectors.includes(at));
  if (places.length < 1 || places.length > 3 || vectors.length > 1 || times.length > 1) {
    const what = `${sizes.join(' × ')} with ${String(places.length)} axes of space; what can be read has one to three, one of colours (uint8) or vectors, and one of time`;
    throw unsupported(path, what);
  }
  if (vectors.length > 0) checkFrame(fields, path);
  const axisOf = (at: number | undefined): StoredAxis =>
    at === undefined
      ? { size: 1, stride: 1 }
      : { size: sizes[at] as number, stride: sizes.slice(0, at).reduce((product, size) => product * size, 1) };
  const [x, y, z] = places;
  const [time, vector] = [axisOf(times[0]), axisOf(vectors[0])];
  const color = axisOf(isColor ? first : undefined);
  return {
    components: isColor ? components : 1,
    channels: vector.size,
    frames: time.size,
    sizes: places.map((at) => sizes[at] as number),
    places,
    time: times[0] ?? null,
    stored: [time, vector, axisOf(z), axisOf(y), axisOf(x), color],
  };
}

/** Vectors whose components are along other axes than those of the space would be other vectors. */
function checkFrame(fields: Fields, path: string): void {
  const frame = fields.get('measurementframe');
  if (frame === undefined) return;
  const numbers = vectorOf(frame, 'measurement frame', path);
  const rank = Math.sqrt(numbers.length);
  if (numbers.every((each, at) => each === (at % (rank + 1) === 0 ? 1 : 0))) return;
  throw unsupported(
    path,
    'the components of its vectors are along axes of their own (measurement frame); save it with those of its space',
  );
}

function vectorOf(text: string | undefined, field: string, path: string): readonly number[] {
  return numbersOf((text ?? '').replace(/[(),]/g, ' '), field, path);
}

/** The names of the axes of space, where all that there are have one. */
function axisNamesOf(fields: Fields, { places }: Axes): VolumeOptions['axes'] {
  const labels = quotedIn(fields.get('labels'));
  const names = places.map((at) => labels[at] ?? '');
  if (names.some((name) => name === '' || name.length > 16)) return null;
  const [x = 'x', y = 'y', z = 'z'] = names;
  return [x, y, z];
}

/** Distances along x, y and z; one that is no number is not known, and 1 as for ITK. */
function distancesOf(said: readonly number[], path: string): Triple {
  return spacingOf(
    said.map((each) => (Number.isNaN(each) ? 1 : each)),
    path,
  );
}

/** Units of the axes of space, as the header names them; null of one that has none. Those of a space are of its own axes. */
function unitsOf(fields: Fields, { places }: Axes): readonly (string | null)[] {
  const ofSpace = fields.get('spaceunits');
  const all = quotedIn(ofSpace ?? fields.get('units'));
  const units = ofSpace === undefined ? places.map((at) => all[at] ?? '') : all.slice(0, 3);
  const known = units.find((unit) => unit !== '') ?? null;
  return [0, 1, 2].map((axis) => (units[axis] ?? '') || known);
}

/** Spacing and origin of axes of their own, each in its unit. */
function alongAxes(fields: Fields, axes: Axes, path: string): VolumeOptions {
  const { places, sizes } = axes;
  const listOf = (name: string, field: string): readonly number[] => {
    const text = fields.get(name);
    const all = text === undefined ? [] : numbersOf(text, field, path);
    return places.map((at) => all[at] ?? NaN);
  };
  const [spacings, mins, maxs] = [
    listOf('spacings', 'spacings'),
    listOf('axismins', 'axis mins'),
    listOf('axismaxs', 'axis maxs'),
  ];
  const centers = (fields.get('centers') ?? fields.get('centerings') ?? '').split(/\s+/);
  // An axis begins and ends where its outer voxels do, or in the middle of them.
  const isNode = (axis: number): boolean => centers[places[axis] ?? -1] === 'node';
  const distances = spacings.map((said, axis) => {
    const steps = (sizes[axis] as number) - (isNode(axis) ? 1 : 0);
    return Number.isNaN(said) && steps > 0 ? ((maxs[axis] as number) - (mins[axis] as number)) / steps : said;
  });
  const isSaid = distances.some((each) => !Number.isNaN(each));
  const spacing = distancesOf(distances, path);
  const ofSpace = fields.get('spaceorigin');
  const starts = [0, 1, 2].map((axis) => {
    const min = mins[axis] ?? NaN;
    return Number.isFinite(min) ? min + (isNode(axis) ? 0 : (spacing[axis] as number) / 2) : 0;
  });
  const [x = 0, y = 0, z = 0] = ofSpace === undefined ? starts : vectorOf(ofSpace, 'space origin', path);
  const units = unitsOf(fields, axes);
  const [inUnit, origin] = [spacing, [x, y, z] as const].map((lengths) => inOneUnit(lengths, units, 'px'));
  if (inUnit == null || origin == null) throw differentUnits(units, 'units', path);
  const unit = isSaid || units[0] !== null ? inUnit.unit : undefined;
  return { spacing: isSaid ? inUnit.lengths : undefined, origin: origin.lengths, unit };
}

function differentUnits(units: readonly (string | null)[], field: string, path: string): Error {
  const named = units.map((unit) => JSON.stringify(unit ?? ''));
  return unsupported(
    path,
    `its axes are in the units ${named.join(', ')} (${field}), for which there is no one measure`,
  );
}

/** Without a patient's space there is no direction, and without a unit distances are none that is known. */
function geometryOf(fields: Fields, axes: Axes, path: string): VolumeOptions {
  const { places } = axes;
  const directions = directionsOf(fields);
  if (directions === null) return alongAxes(fields, axes, path);
  const units = unitsOf(fields, axes);
  // A direction goes along several axes of the space, so that one measure must be that of all.
  if (new Set(units).size > 1) {
    throw differentUnits(units, fields.has('spaceunits') ? 'space units' : 'units', path);
  }
  const unit = units[0] === null ? undefined : inOneUnit([1, 1, 1], units, 'px')?.unit;
  const columns = places.map((at) => vectorOf(directions[at], 'space directions', path).slice(0, 3));
  const spacing = spacingOf(
    columns.map((column) => Math.hypot(...column)),
    path,
  );
  const spaceOrigin = fields.get('spaceorigin');
  const [x = 0, y = 0, z = 0] = spaceOrigin === undefined ? [] : vectorOf(spaceOrigin, 'space origin', path);
  const space = (fields.get('space') ?? '').toLowerCase();
  const signs = PATIENT_SPACES[space.replace(/-time$|t$/, '')];
  if (signs === undefined || columns.length !== 3 || columns.some(({ length }) => length !== 3)) {
    const isTurned = columns.some((column, at) => column.some((each, row) => (row === at ? each < 0 : each !== 0)));
    if (isTurned) {
      throw unsupported(
        path,
        `its axes are turned (space directions) in the space ${JSON.stringify(space)}, which is no patient’s`,
      );
    }
    return { spacing, origin: [x, y, z], unit: unit ?? 'px' };
  }
  const toLps = (vector: readonly number[]): Triple => {
    const [right = 0, front = 0, up = 0] = vector;
    return [signs[0] * right + 0, signs[1] * front + 0, up + 0]; // Adding 0 makes −0 an ordinary 0.
  };
  const steps = { columns: columns.map(toLps), origin: toLps([x, y, z]) };
  return { ...placed(steps, axes.sizes, path), unit: unit ?? 'mm' };
}

/** When frames were taken, if their axis has a distance in a unit of time. */
function timesOf(fields: Fields, { time, frames }: Axes, path: string): readonly number[] | null {
  if (time === null) return null;
  const step = directionsOf(fields)?.[time] ?? 'none';
  if (step !== 'none') {
    // As an axis of space, the last one, which is where ITK has time.
    const seconds = secondsIn(quotedIn(fields.get('spaceunits'))[3] ?? '');
    const [along, start] = [step, fields.get('spaceorigin')].map(
      (text) => vectorOf(text ?? '0 0 0 0', 'space directions', path)[3] ?? NaN,
    ) as [number, number];
    return seconds === null ? null : evenTimes(frames, along * seconds, start * seconds);
  }
  const numberOf = (name: string, field: string): number => {
    const text = fields.get(name);
    return text === undefined ? NaN : (numbersOf(text, field, path)[time] ?? NaN);
  };
  const unit = secondsIn(quotedIn(fields.get('units'))[time] ?? '');
  if (unit === null) return null;
  const start = numberOf('axismins', 'axis mins') * unit;
  return evenTimes(frames, numberOf('spacings', 'spacings') * unit, start);
}

/**
 * The file that a header names for its values; null if they lie behind it.
 * @throws SlicescopeError `file-corrupt` for what is no header, or names a file elsewhere.
 */
export async function valuesFileOf(path: string): Promise<string | null> {
  const { bytes } = await readHead(path, MOST_HEADER_BYTES);
  if (!nrrd.matches(bytes, '')) throw corrupt(path, 'no NRRD');
  const data = parse(textOf(bytes, path).header).get('datafile');
  return data === undefined ? null : dataFileOf(data, path);
}

/** Where the values are, which lie behind the header or in a file of their own. */
async function placeOf(fields: Fields, path: string, headerBytes: number, most: number) {
  const data = fields.get('datafile');
  if (data !== undefined && /^LIST\b|%\d*d/.test(data)) {
    throw unsupported(path, 'its values are in several files; join them, for instance with unu join');
  }
  const file = data === undefined ? path : dataFileOf(data, path);
  const available = data === undefined ? most : (await readHead(file, 1)).most;
  return { file, start: data === undefined ? headerBytes : 0, available };
}

/**
 * The segments that 3D Slicer writes (https://slicer.readthedocs.io, “Segmentations”). Null if it wrote none.
 */
function segmentsOf(header: string): ReadLabels | null {
  const pairs = header.matchAll(/^Segment(\d+_(?:LabelValue|(?:Name|Color)(?:AutoGenerated)?)):=(.*?)\r?$/gm);
  const said = new Map([...pairs].map(([, key = '', value = '']) => [key, value]));
  const found = [...said].flatMap(([key, value]) => {
    if (!key.endsWith('_LabelValue') || !/^\d{1,16}$/.test(value)) return [];
    const of = (field: string): string | undefined => said.get(key.replace('_LabelValue', field));
    // A backslash and an end of line are written with a backslash before them.
    const text = of('_Name')?.replace(/\\([\\n])/g, (_, escaped) => (escaped === 'n' ? '\n' : '\\'));
    const name = text === undefined ? undefined : Buffer.from(text, 'latin1').toString('utf8');
    const color = colorOf(of('_Color') ?? '');
    // What nobody chose, and a label has anyway, is none of its own.
    const isOwnName = of('_NameAutoGenerated') !== '1' || name !== usualName(Number(value));
    const isOwnColor = of('_ColorAutoGenerated') !== '1' || color !== usualColor(Number(value));
    return [[value, { name: isOwnName ? name : undefined, color: isOwnColor ? color : undefined }] as const];
  });
  return found.length > 0 ? readLabels(found) : null;
}

/** Red, green and blue from 0 to 1. */
function colorOf(text: string): string | undefined {
  const parts = text.trim().split(/\s+/).map(Number);
  if (parts.length !== 3 || !parts.every((part) => part >= 0 && part <= 1)) return undefined;
  return hexColor(parts.map((part) => Math.round(255 * part)));
}

async function readNrrd(path: string, onFraction: OnFraction): Promise<Volume> {
  const { bytes: head, most } = await readHead(path, MOST_HEADER_BYTES);
  const { header, bytes: headerBytes } = textOf(head, path);
  const fields = parse(header);
  const type = need(fields, 'type', path).toLowerCase();
  const dtype = Object.hasOwn(DTYPES, type) ? DTYPES[type] : undefined;
  if (dtype === undefined) {
    throw unsupported(
      path,
      `it holds values of type ${JSON.stringify(type)}, which no dtype stands for; convert it, for instance to double`,
    );
  }
  const encoding = need(fields, 'encoding', path).toLowerCase();
  const isPacked = encoding === 'gzip' || encoding === 'gz';
  if (!isPacked && encoding !== 'raw') {
    throw unsupported(path, `its encoding is ${JSON.stringify(encoding)}; what can be read is raw and gzip`);
  }
  const axes = axesOf(fields, dtype, path);
  const { file, start, available } = await placeOf(fields, path, headerBytes, most);
  const skip = Number(fields.get('byteskip') ?? 0);
  // −1 says that the values are the last bytes of the file, which are known only where they are not packed.
  if (!Number.isSafeInteger(skip) || skip < (isPacked ? 0 : -1) || Number(fields.get('lineskip') ?? 0) !== 0) {
    throw unsupported(
      path,
      'it skips lines (line skip), or packed bytes from the end (byte skip); save it anew without',
    );
  }
  const [width = 1, height = 1, depth = 1] = axes.sizes;
  const { components, channels, frames } = axes;
  const endian = bytesOf(dtype) === 1 ? 'little' : need(fields, 'endian', path).toLowerCase();
  if (endian !== 'little' && endian !== 'big') throw corrupt(path, `its header says endian ${JSON.stringify(endian)}`);
  const count = width * height * depth * components * channels * frames;
  const voxels: VoxelBytes = {
    path: file,
    offset: isPacked ? skip : skip === -1 ? available - count * bytesOf(dtype) : start + skip,
    isPacked,
    unpacked: () => unzipped(file, start),
    dtype,
    littleEndian: endian === 'little',
    count,
  };
  if (voxels.offset < 0) throw truncated(file, available, available - voxels.offset, false);
  checkSize(voxels, isPacked ? available * MAX_COMPRESSION : available);
  const name = basename(path).replace(/\.(nrrd|nhdr)$/i, '');
  const geometry = geometryOf(fields, axes, path);
  const segments = components === 1 && !dtype.startsWith('float') ? segmentsOf(header) : null;
  if (segments !== null && frames > 1) {
    throw unsupported(path, 'its segments overlap, and lie in several layers; export them from 3D Slicer as one layer');
  }
  const options: VolumeOptions = {
    ...geometry,
    axes: axisNamesOf(fields, axes),
    ...{ components, channels, frames, name },
    frameTimes: timesOf(fields, axes, path),
  };
  const volume = await readVolume(voxels, [width, height, depth], withLabels(options, segments), onFraction);
  putInOrder(volume.data, axes.stored);
  return volume;
}

/** NRRD and detached NHDR. The values are streamed, so only the header is read here. */
export const nrrd: Format = {
  name: 'nrrd',
  title: 'NRRD (.nrrd, .nhdr)',
  matches: (head) => Buffer.from(head.subarray(0, 7)).toString('latin1') === 'NRRD000',
  read: async ({ paths: [path] }, onFraction) => await readNrrd(path, onFraction),
  header: async ({ paths: [path] }) => await headerOf(path),
};
