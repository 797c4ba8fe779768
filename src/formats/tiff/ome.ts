import { basename } from 'node:path';
import { SlicescopeError, messageOf, type Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { inOneUnit } from '../lengths';
import { MOST_FRAMES, evenTimes, secondsIn, tidy } from '../times';
import { inOrder, placeOf, type Axis, type Pages, type Plane, type Sizes, type StackLayout } from './layout';

type Attributes = Readonly<Record<string, string>>;

/** Which pages are which planes: one TiffData element. */
interface TiffData {
  readonly attributes: Attributes;
  readonly uuid: string;
  readonly file: string | null;
}

/** One Image element, and of it the Pixels. */
interface Image {
  readonly id: string;
  readonly name: string;
  readonly pixels: Attributes;
  readonly tiffData: readonly TiffData[];
  /** SamplesPerPixel of the channels that say it. */
  readonly samples: readonly number[];
  readonly channels: readonly Attributes[];
  /** By frame: of its first plane that says it, which one that is, and when it was taken, in seconds. */
  readonly times: ReadonlyMap<number, { readonly plane: number; readonly seconds: number }>;
}

/** What OME-XML says of a file, or of the set that it belongs to. */
export interface Ome {
  readonly uuid: string;
  readonly images: readonly Image[];
  /** The file that has the description, where this one has none. */
  readonly metadataFile: string | null;
}

/** An image while it is read. */
interface Read extends Image {
  pixels: Attributes;
  readonly tiffData: { attributes: Attributes; uuid: string; file: string | null }[];
  readonly samples: number[];
  readonly channels: Attributes[];
  readonly times: Map<number, { readonly plane: number; readonly seconds: number }>;
}

export function isOme(description: string): boolean {
  return /<(?:\w+:)?OME\b/.test(description.slice(0, 4096));
}

/**
 * Read OME-XML; https://docs.openmicroscopy.org/ome-model/latest/ome-tiff/.
 * @throws SlicescopeError `file-corrupt`.
 */
export async function parseOme(text: string, path: string): Promise<Ome> {
  const { SaxesParser } = await import('saxes'); // Only here: the other files need none of it.
  const parser = new SaxesParser({ position: false, xmlns: false });
  const images: Read[] = [];
  let [uuid, binaryUuid] = ['', ''];
  let metadataFile: string | null = null;
  let isUuid = false;
  parser.on('opentag', ({ name, attributes }) => {
    const image = images.at(-1);
    switch (localName(name)) {
      case 'OME':
        uuid = attributes.UUID ?? '';
        break;
      case 'BinaryOnly':
        metadataFile = attributes.MetadataFile ?? null;
        binaryUuid = attributes.UUID ?? '';
        break;
      case 'Image':
        images.push({
          ...{ id: attributes.ID ?? '', name: attributes.Name ?? '' },
          ...{ pixels: {}, tiffData: [], samples: [], channels: [], times: new Map() },
        });
        break;
      case 'Pixels':
        if (image !== undefined) image.pixels = attributes;
        break;
      case 'Channel':
        image?.channels.push(attributes);
        if (attributes.SamplesPerPixel !== undefined) image?.samples.push(Number(attributes.SamplesPerPixel));
        break;
      case 'Plane':
        if (image !== undefined) addTime(image, attributes);
        break;
      case 'TiffData':
        image?.tiffData.push({ attributes, uuid: '', file: null });
        break;
      case 'UUID': {
        const data = image?.tiffData.at(-1);
        isUuid = data !== undefined;
        if (data !== undefined) data.file = attributes.FileName ?? null;
        break;
      }
    }
  });
  parser.on('text', (content) => {
    const data = images.at(-1)?.tiffData.at(-1);
    if (isUuid && data !== undefined) data.uuid += content.trim();
  });
  parser.on('closetag', ({ name }) => {
    if (localName(name) === 'UUID') isUuid = false;
  });
  try {
    parser.write(text.trim()).close();
  } catch (cause) {
    throw corrupt(path, `its OME-XML is broken (${messageOf(cause)})`, cause);
  }
  return { uuid: uuid === '' ? binaryUuid : uuid, images, metadataFile };
}

/** Keep when a plane was taken, if it is the first one of its frame that says it. */
function addTime({ times }: Read, { TheZ, TheC, TheT, DeltaT, DeltaTUnit = 's' }: Attributes): void {
  const unit = secondsIn(DeltaTUnit);
  const [z, c, frame, delta] = [TheZ, TheC, TheT, DeltaT].map((text) => (text === undefined ? NaN : Number(text)));
  if (unit === null || frame === undefined || !Number.isFinite(delta)) return;
  const plane = Number(z) + Number(c) * 2 ** 26; // z before channels; more slices than that there are not.
  const known = times.get(frame);
  if (known === undefined || plane < known.plane) times.set(frame, { plane, seconds: tidy(Number(delta) * unit) });
}

/** Channels that are given names at most: OME-XML may say any number of them before it is found to be wrong. */
const MOST_CHANNELS = 65_536;
/** What a channel without a colour of its own has: white. */
const NO_COLOR = '#ffffff';

/** Names and colours of the channels; https://docs.openmicroscopy.org/ome-model/latest/, Channel. */
function channelsOf({ channels }: Image, count: number): Pick<StackLayout, 'channelInfo'> {
  if (channels.length === 0 || count > MOST_CHANNELS) return {};
  const named = channels.slice(0, count).map(({ Name, Fluor, EmissionWavelength, EmissionWavelengthUnit, Color }) => {
    const wave = EmissionWavelength === undefined ? '' : `${EmissionWavelength} ${EmissionWavelengthUnit ?? 'nm'}`;
    const rgba = Color === undefined ? NaN : Number(Color);
    // Red is the highest byte of a signed number, and the lowest is how opaque it is.
    const color =
      Number.isInteger(rgba) && (rgba & ~0xff) !== 0
        ? `#${((rgba >>> 8) & 0xff_ffff).toString(16).padStart(6, '0')}`
        : null;
    return { name: [Name, Fluor, wave].find((each) => each !== undefined && each !== '') ?? '', color };
  });
  // Several that are all white were given no colours: all of them would be one.
  const isWhite = count > 1 && named.every(({ color }) => color === null || color === NO_COLOR);
  const all = Array.from({ length: count }, (_, at) => ({
    name: named[at]?.name ?? '',
    color: isWhite ? null : (named[at]?.color ?? null),
  }));
  return all.some(({ name, color }) => name !== '' || color !== null) ? { channelInfo: all } : {};
}

/** When frames were taken, where each says it, or one after the other in even steps. */
function timesOf({ times, pixels }: Image, frames: number): Pick<StackLayout, 'frameTimes'> {
  if (frames > MOST_FRAMES) return {};
  const each = Array.from({ length: frames }, (_, frame) => times.get(frame)?.seconds);
  if (each.every((seconds) => seconds !== undefined)) return { frameTimes: each };
  const unit = secondsIn(pixels.TimeIncrementUnit ?? 's');
  const frameTimes = unit === null ? null : evenTimes(frames, Number(pixels.TimeIncrement ?? NaN) * unit);
  return frameTimes === null ? {} : { frameTimes };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** How the planes of an image lie. */
interface Stack {
  readonly image: Image;
  readonly sizes: Sizes;
  readonly order: readonly Axis[];
  /** Samples of one channel, such as 3 of colours. */
  readonly samples: number;
}

function stackOf(image: Image, path: string): Stack {
  const { pixels } = image;
  const size = (name: string): number => {
    const value = Number(pixels[name] ?? 1);
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw corrupt(path, `its ${name} is ${String(pixels[name])}`);
  };
  const samples = image.samples[0] ?? 1;
  const C = size('SizeC') / samples;
  if (image.samples.some((each) => each !== samples) || !Number.isInteger(C)) {
    throw unsupported(path, 'its channels have different numbers of samples (SamplesPerPixel)');
  }
  const order = (pixels.DimensionOrder ?? 'XYZCT').slice(2).split('') as Axis[];
  if ([...order].sort().join('') !== 'CTZ')
    throw corrupt(path, `its DimensionOrder is ${String(pixels.DimensionOrder)}`);
  return { image, sizes: { Z: size('SizeZ'), C, T: size('SizeT') }, order, samples };
}

/** Physical sizes of the pixels, in the unit of x; micrometres if there is none. */
function spacingOf({ pixels }: Image, path: string): Pick<StackLayout, 'spacing' | 'unit'> {
  const lengths = ['X', 'Y', 'Z'].map((axis) => Number(pixels[`PhysicalSize${axis}`] ?? NaN));
  const isLength = (each: number | undefined): each is number =>
    each !== undefined && Number.isFinite(each) && each > 0;
  const [x, y, z] = lengths;
  if (!isLength(x) || !isLength(y)) return {};
  const names = ['X', 'Y', 'Z'].map((axis) => pixels[`PhysicalSize${axis}Unit`] ?? 'µm');
  if (!isLength(z)) names[2] = names[0] as string;
  const spaced = inOneUnit([x, y, isLength(z) ? z : 1] as Triple, names, 'µm');
  if (spaced === null) {
    throw unsupported(
      path,
      `its pixels are measured in ${names.join(', ')} along x, y and z, for which there is no one measure`,
    );
  }
  return { spacing: spaced.lengths, unit: spaced.unit };
}

/** The file that a TiffData element speaks of: null for this one. */
function fileOf({ uuid, file }: TiffData, ome: Ome, path: string): string | null {
  if (file === null || file === basename(path) || (uuid !== '' && uuid === ome.uuid)) return null;
  if (file !== basename(file) || file.includes('\\'))
    throw unsupported(path, `a part of it lies elsewhere, in ${file}`);
  return file;
}

/**
 * How pages make an image of a file or of a set of files.
 * @param series Name or ID of the image; without it the first that has a page in this file.
 * @param countOf pages of a file beside this one.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format`; `invalid-argument` where no image is called so.
 */
export async function omeLayout(
  ome: Ome,
  pages: Pages,
  series: string | undefined,
  countOf: (file: string) => Promise<number>,
): Promise<StackLayout> {
  const { path } = pages;
  const isHere = ({ tiffData }: Image): boolean =>
    tiffData.length === 0 || tiffData.some((each) => fileOf(each, ome, path) === null);
  const image =
    series === undefined
      ? (ome.images.find(isHere) ?? ome.images[0])
      : ome.images.find(({ id, name }) => series === id || series === name);
  if (image === undefined) {
    if (series === undefined) throw corrupt(path, 'its OME-XML has no Image');
    const names = ome.images.map(({ id, name }) => (name === '' ? id : name));
    const message = `${path}: it has the images ${names.slice(0, 20).join(', ')}; choose one: { series: ${JSON.stringify(names[0] ?? '')} }`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'series' });
  }
  const stack = stackOf(image, path);
  const { Z, C, T } = stack.sizes;
  const said = { ...spacingOf(image, path), ...channelsOf(image, C), ...timesOf(image, T) };
  if (image.tiffData.every(saysNothing)) return { ...inOrder(stack.sizes, stack.order, pages), ...said };
  const planes = await planesOf(stack, ome, pages, countOf);
  return { depth: Z, channels: C, frames: T, planes, ...said };
}

/** Without attributes it means all pages in their order. */
function saysNothing({ attributes, file }: TiffData): boolean {
  return file === null && Object.keys(attributes).length === 0;
}

/** The planes that the TiffData elements speak of; what they leave out is blank. */
async function planesOf(
  { image, sizes, order, samples }: Stack,
  ome: Ome,
  pages: Pages,
  countOf: (file: string) => Promise<number>,
): Promise<Plane[]> {
  const { path } = pages;
  const all = sizes.Z * sizes.C * sizes.T;
  const files = new Set(image.tiffData.map((each) => fileOf(each, ome, path)));
  // A file that was renamed, and does not say which one it is.
  const isRenamed = files.size === 1 && ome.uuid === '';
  const planes = new Map<number, Plane>();
  const told = new Map<string | null, number>();
  for (const each of image.tiffData) {
    const whole = (name: string, otherwise: number): number => {
      const value = Number(each.attributes[name] ?? otherwise);
      if (Number.isSafeInteger(value) && value >= 0) return value;
      throw corrupt(path, `a TiffData has the ${name} ${String(each.attributes[name])}`);
    };
    const file = isRenamed ? null : fileOf(each, ome, path);
    const count = file === null ? pages.count : await countOf(file);
    const first = whole('IFD', 0);
    const said = whole('PlaneCount', each.attributes.IFD === undefined ? count : 1);
    const [z, c, t] = [whole('FirstZ', 0), whole('FirstC', 0) / samples, whole('FirstT', 0)];
    // Which plane it is in the order of the file's.
    const at = { Z: z, C: c, T: t };
    let [start, step] = [0, 1];
    for (const axis of order) {
      start += at[axis] * step;
      step *= sizes[axis];
    }
    const isThere = z < sizes.Z && c < sizes.C && t < sizes.T && Number.isInteger(c);
    if (!isThere || start + said > all || first + said > count) {
      const where = `${String(said)} planes from Z ${String(z)}, C ${String(c)}, T ${String(t)} on`;
      throw corrupt(path, `its OME-XML says ${where} are its page ${String(first)} and the next ones, which is not so`);
    }
    const soFar = (told.get(file) ?? 0) + said;
    if (soFar > count + image.tiffData.length)
      throw corrupt(path, 'its OME-XML says of its pages again and again which planes they are');
    told.set(file, soFar);
    for (let i = 0; i < said; i += 1) {
      const place = placeOf(sizes, order, start + i);
      planes.set(place, { place, page: first + i, file });
    }
  }
  return [...planes.values()];
}
