/** Which files belong to what is opened, and which series of them is meant. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlicescopeError, isSlicescopeError } from '../../protocol';
import { fileError, unsupported, type OnFraction, type ReadRequest } from '../format';
import { listedIn } from './dicomdir';
import { readDicomFile, type DicomFile } from './header';
import { hasFloats, imageOf, type DicomImage } from './image';
import { MOST_DEPTH, isDicom } from './prefix';
import { isStructureSet, structureSetOf } from './structure-set';

export type Images = readonly [DicomImage, ...DicomImage[]];

/** Files that are looked at. */
const MOST_FILES = 200_000;
/** Series that a sentence names. */
const MOST_NAMED = 20;
/** Segments that it names of each segmentation. */
const MOST_SEGMENTS = 5;
/** Numbers of an orientation that differ by more are of another one. */
const SAME_ORIENTATION = 0.001;

/** A file that cannot be read, which only matters if its series is meant. */
interface Unreadable {
  readonly seriesUid: string;
  readonly error: SlicescopeError;
}

export interface Found {
  readonly images: readonly DicomImage[];
  readonly unreadable: readonly Unreadable[];
  /** Contours that are drawn over images. */
  readonly structureSets: readonly DicomFile[];
  readonly notes: readonly string[];
}

/** The files in a folder and in those within it, in the order of their names; links to folders are not followed. */
async function filesIn(folder: string, depth: number, files: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    if (files.length >= MOST_FILES)
      throw unsupported(folder, `more than ${String(MOST_FILES)} files in it and its folders; open a folder of fewer`);
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) files.push(path);
    else if (depth < MOST_DEPTH && !entry.name.startsWith('.')) await filesIn(path, depth + 1, files);
  }
}

/** Of a folder the images in it, of a DICOMDIR those that it lists, else those of the files. */
export async function imagesOf(
  { paths: [path, ...others] }: Pick<ReadRequest, 'paths'>,
  onFraction: OnFraction,
): Promise<Found> {
  const isOne = others.length === 0;
  const paths = [path, ...others];
  const notes: string[] = [];
  let isChoice = false;
  if (isOne && (await isFolder(path))) {
    isChoice = true;
    paths.length = 0;
    await filesIn(path, 0, paths);
  } else if (isOne) {
    const file = await readDicomFile(path);
    const listed = listedIn(file);
    if (listed === null) {
      const isOfContours = isStructureSet(file);
      const images = isOfContours ? [] : [imageOf(file)];
      return { images, unreadable: [], structureSets: isOfContours ? [file] : [], notes };
    }
    isChoice = true;
    const there = await Promise.all(listed.map((each) => isFile(each)));
    paths.length = 0;
    for (const [i, each] of listed.entries()) if (there[i] === true) paths.push(each);
    const missing = listed.length - paths.length;
    if (missing > 0)
      notes.push(`${String(missing)} of the ${String(listed.length)} files that DICOMDIR lists are not there.`);
  }
  const found = { ...(await imagesIn(paths, isChoice ? 'some' : 'all', onFraction)), notes };
  if (found.images.length > 0 || found.unreadable.length > 0 || found.structureSets.length > 0) return found;
  throw unsupported(path, 'no DICOM images in it; expected a folder of one series of them, or their paths');
}

/** The images in the folder of a file, without those in folders within it. */
export async function imagesBeside(path: string): Promise<Found> {
  const files: string[] = [];
  await filesIn(dirname(path), MOST_DEPTH, files);
  return { ...(await imagesIn(files, 'any', () => undefined)), notes: [] };
}

/** @param which of the files must be images: all, those that are DICOM, or any that can be read. */
async function imagesIn(
  paths: readonly string[],
  which: 'all' | 'some' | 'any',
  onFraction: OnFraction,
): Promise<Omit<Found, 'notes'>> {
  const images: DicomImage[] = [];
  const unreadable: Unreadable[] = [];
  const structureSets: DicomFile[] = [];
  for (const [i, each] of paths.entries()) {
    if (which === 'all' || (await isDicom(each))) {
      let file: DicomFile | null = null;
      try {
        file = await readDicomFile(each);
        if (isStructureSet(file)) structureSets.push(file);
        else if (which === 'all' || file.pixels !== null || hasFloats(file)) images.push(imageOf(file));
      } catch (error) {
        if (which === 'all' || (file === null && which === 'some') || !isSlicescopeError(error)) throw error;
        unreadable.push({ seriesUid: file === null ? '' : seriesUidOf(file), error });
      }
    }
    onFraction((i + 1) / paths.length);
  }
  return { images, unreadable, structureSets };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError(path, cause);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What can be chosen: a series, or the part of one whose images are of one size and parallel. */
export interface Choice {
  readonly uid: string;
  readonly images: readonly DicomImage[];
  readonly error: SlicescopeError | null;
}

/** Whether images can be slices of one volume. */
function isAlike(one: DicomImage, other: DicomImage): boolean {
  const kindOf = ({ layout: { width, height, samples, bitsAllocated, signed } }: DicomImage): string =>
    [width, height, samples, bitsAllocated, signed].join();
  const [first, second] = [one, other].map(({ planes: [plane] }) => plane?.orientation ?? null);
  if (one.segmentation !== null || other.segmentation !== null || kindOf(one) !== kindOf(other)) return false;
  if (first == null || second == null) return true;
  return first.every((each, i) => Math.abs(each - (second[i] as number)) <= SAME_ORIENTATION);
}

export function choicesOf({ images, unreadable }: Found, strict: boolean): readonly Choice[] {
  const choices: Choice[] = [];
  const series = new Map<string, DicomImage[]>();
  for (const image of images) {
    const known = series.get(image.seriesUid);
    if (known === undefined) series.set(image.seriesUid, [image]);
    else known.push(image);
  }
  for (const [uid, members] of series) {
    const parts: DicomImage[][] = [];
    for (const image of members) {
      const part = strict ? parts[0] : parts.find(([first]) => first !== undefined && isAlike(first, image));
      if (part === undefined) parts.push([image]);
      else part.push(image);
    }
    const error = unreadable.find(({ seriesUid }) => seriesUid === uid)?.error ?? null;
    parts.sort((one, other) => slicesOf(other) - slicesOf(one));
    parts.forEach((part, i) => {
      choices.push({ uid: parts.length === 1 ? uid : `${uid}#${String(i + 1)}`, images: part, error });
    });
  }
  for (const { seriesUid, error } of unreadable) {
    if (!choices.some(({ uid }) => uid === seriesUid || uid.startsWith(`${seriesUid}#`)))
      choices.push({ uid: seriesUid, images: [], error });
  }
  return choices;
}

const slicesOf = (images: readonly DicomImage[]): number => images.reduce((sum, { planes }) => sum + planes.length, 0);

/** `1.2.3: CT "Thorax", 120 slices of 512 × 512 pixels`. */
function sentenceOf({ uid, images, error }: Choice): string {
  const [first] = images;
  if (first === undefined) return `${uid}: can’t be read (${error?.message ?? ''})`;
  const { modality, seriesDescription, layout, segmentation } = first;
  const name = [modality, JSON.stringify(seriesDescription)].filter((each) => each !== '').join(' ');
  const count = slicesOf(images);
  const size = `${String(layout.width)} × ${String(layout.height)} pixels`;
  if (segmentation !== null) {
    const { segments } = segmentation;
    const names = [...segments.values()].slice(0, MOST_SEGMENTS).join(', ');
    const kind = segments.size === 1 ? 'segment' : 'segments';
    return `${uid}: ${name}, ${String(segments.size)} ${kind} (${names}${segments.size > MOST_SEGMENTS ? ', …' : ''}) of ${size}`;
  }
  return `${uid}: ${name}, ${String(count)} ${count === 1 ? 'slice' : 'slices'} of ${size}`;
}

/**
 * The series that was asked for, and its segment: `1.2.3/2` or `1.2.3/liver`. If a segmentation is
 * opened alone, `2` or `liver` is enough.
 */
export function askedFor(
  { series }: ReadRequest,
  { images }: Found,
): { readonly series: string | undefined; readonly segment: string | null } {
  const isOfSegments = images.some(({ segmentation }) => segmentation !== null);
  if (series === undefined || !isOfSegments) return { series, segment: null };
  const [, before = series, segment = null] = /^([^/]*)\/(.+)$/.exec(series) ?? [];
  const isSeries = images.some(({ seriesUid }) => before === seriesUid || before.startsWith(`${seriesUid}#`));
  if (isSeries) return { series: before, segment };
  return images.length === 1 ? { series: undefined, segment: series } : { series, segment: null };
}

/**
 * The images of the series that was asked for, or of the only one.
 * @throws SlicescopeError `unknown-series`, which lists what can be chosen; what is wrong with a file of the chosen one.
 */
export function chosen(request: ReadRequest, found: Found): Images {
  const { paths, strict = false } = request;
  const [path] = paths;
  const { series } = askedFor(request, found);
  const all = choicesOf(found, strict);
  const asked = series === undefined ? all : all.filter(({ uid }) => uid === series || uid.startsWith(`${series}#`));
  const [only, ...others] = asked;
  if (only !== undefined && others.length === 0) {
    if (only.error !== null) throw only.error;
    const [first, ...rest] = only.images;
    if (first !== undefined) return [first, ...rest];
  }
  const shown = asked.length > 0 ? asked : all;
  const listed = [
    ...shown.map((choice) => ({
      uid: choice.uid,
      description: choice.images[0]?.seriesDescription ?? '',
      slices: slicesOf(choice.images),
      sentence: sentenceOf(choice),
    })),
    ...(shown === all ? found.structureSets.map(listedSet) : []),
  ];
  const isUnknown = series !== undefined && asked.length === 0;
  const what = isUnknown ? `no DICOM series ${JSON.stringify(series)}` : `${String(listed.length)} DICOM series`;
  const sentences = listed.slice(0, MOST_NAMED).map(({ sentence }) => sentence);
  const more = listed.length > MOST_NAMED ? '; …' : '';
  const message = `${path}: ${what}; choose one with the option series: ${sentences.join('; ')}${more}`;
  const named = listed.map(({ uid, description, slices }) => ({ uid, description, slices }));
  throw new SlicescopeError('unknown-series', message, { path, series: named });
}

/** A structure set among what can be chosen; it has no slices of its own. */
function listedSet(file: DicomFile) {
  const uid = seriesUidOf(file);
  try {
    const { seriesDescription: description, names } = structureSetOf(file);
    const shown = [...names.values()].slice(0, MOST_SEGMENTS).join(', ');
    const count = `${String(names.size)} ${names.size === 1 ? 'structure' : 'structures'}`;
    const what = `RTSTRUCT ${JSON.stringify(description)}, ${count} (${shown}${names.size > MOST_SEGMENTS ? ', …' : ''})`;
    return { uid, description, slices: 0, sentence: `${uid}: ${what}` };
  } catch (error) {
    if (!isSlicescopeError(error)) throw error;
    return { uid, description: '', slices: 0, sentence: `${uid}: can’t be read (${error.message})` };
  }
}

const seriesUidOf = ({ dataSet }: DicomFile): string => dataSet.string('x0020000e') ?? '';

/** A structure set that is asked for, and the structure of it. */
export interface AskedSet {
  readonly file: DicomFile;
  /** The option `series` without the structure. */
  readonly series: string | undefined;
  readonly structure: string | null;
}

/** The structure set that is asked for, by SeriesInstanceUID or because nothing else is there; null where it is an image. */
export function setAskedFor({ series }: ReadRequest, found: Found): AskedSet | null {
  const { images, unreadable, structureSets } = found;
  const [before = series, structure = null] = /^([^/]*)\/(.+)$/.exec(series ?? '')?.slice(1) ?? [];
  const [file, ...others] = structureSets.filter((each) => seriesUidOf(each) === before);
  if (file !== undefined && others.length === 0) return { file, series: before, structure };
  const [only, another] = structureSets;
  if (only === undefined || another !== undefined || images.length > 0 || unreadable.length > 0) return null;
  return { file: only, series: undefined, structure: series ?? null };
}
