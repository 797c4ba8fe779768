import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { unsupported } from '../format';
import type { Plane } from './image';
import { PlaneReader } from './plane-reader';

/** All planes at one position. */
export interface Group {
  /** Along the normal, in mm. */
  readonly at: number;
  readonly planes: readonly Plane[];
}

/** Slices that a sentence names. */
const MOST_NAMED = 10;

/** What a plane's values are: equal for equal ones. */
async function contentOf(plane: Plane, reader: PlaneReader): Promise<string> {
  const { slope, intercept, lut, image } = plane;
  const { width, height, samples, bitsAllocated } = image.layout;
  const bytes = new Uint8Array(width * height * samples * Math.ceil(bitsAllocated / 8));
  await reader.read(plane, bytes);
  const hash = createHash('sha256').update(bytes);
  const { layout, palette } = image;
  const { photometric, bitsStored } = layout;
  hash.update(JSON.stringify([slope, intercept, lut?.first, photometric, bitsStored, palette?.first, palette?.dtype]));
  for (const table of [lut?.values, ...(palette?.tables ?? [])]) if (table !== undefined) hash.update(table);
  return hash.digest('hex');
}

/** Planes that differ, the first of those that are equal. */
async function differentOf(planes: readonly Plane[], reader: PlaneReader): Promise<readonly Plane[]> {
  const different = new Map<string, Plane>();
  for (const plane of planes) {
    const content = `${String(plane.times)} ${await contentOf(plane, reader)}`;
    if (!different.has(content)) different.set(content, plane);
  }
  return [...different.values()];
}

/**
 * The planes at each position without doubles: copies of a file, a position with one slice more than
 * the others, and a whole series that was exported again. Planes in time are no doubles, even if they
 * are equal.
 * @param isTold whether times tell the planes at each position apart.
 * @throws SlicescopeError `unsupported-format` where different planes have one name.
 */
export async function withoutDoubles(groups: readonly Group[], isTold: boolean): Promise<readonly Group[]> {
  const reader = new PlaneReader();
  try {
    const files = await withoutCopies(groups, reader);
    const least = files.reduce((few, { planes }) => Math.min(few, planes.length), Infinity);
    const most = files.reduce((many, { planes }) => Math.max(many, planes.length), 0);
    if (most > least) {
      const once: Group[] = [];
      for (const group of files) {
        const { planes } = group;
        once.push(planes.length === least ? group : { ...group, planes: await differentOf(planes, reader) });
      }
      return once;
    }
    if (least === 1 || isTold) return files;
    const once: Group[] = [];
    for (const group of files) {
      const planes = await differentOf(group.planes, reader);
      if (planes.length > 1) return files;
      once.push({ ...group, planes });
    }
    return once;
  } finally {
    await reader.close();
  }
}

/** Without files that are there twice. */
async function withoutCopies(groups: readonly Group[], reader: PlaneReader): Promise<readonly Group[]> {
  const named = new Map<string, Plane[]>();
  for (const plane of groups.flatMap(({ planes }) => planes)) {
    const { instanceUid } = plane.image;
    if (instanceUid === '') continue;
    const name = `${instanceUid} ${String(plane.frame)}`;
    named.set(name, [...(named.get(name) ?? []), plane]);
  }
  const copies = new Set<Plane>();
  for (const planes of named.values()) {
    const [first, ...others] = planes as [Plane, ...Plane[]];
    if (others.length === 0) continue;
    const isOne = others.every(({ position }) => String(position) === String(first.position));
    if (!isOne || (await differentOf(planes, reader)).length > 1) {
      throw toChoose(planes, 'differ, but have one SOPInstanceUID');
    }
    for (const other of others) copies.add(other);
  }
  if (copies.size === 0) return groups;
  return groups.map(({ at, planes }) => ({ at, planes: planes.filter((plane) => !copies.has(plane)) }));
}

/** Slices that differ, so that a person has to choose one. */
export function toChoose(planes: readonly Plane[], what: string): Error {
  const [first] = planes as [Plane];
  const shown = planes.slice(0, MOST_NAMED).map(({ image, frame }) => {
    const inFile = image.layout.frames === 1 ? '' : `, frame ${String(frame)}`;
    return `${basename(image.path)} (instance ${String(image.instanceNumber)}${inFile})`;
  });
  const sentence = `${String(planes.length)} slices ${what}; give the paths of all files that you want, with one of these only: ${shown.join(', ')}`;
  return unsupported(first.image.path, `${sentence}${planes.length > MOST_NAMED ? ', …' : ''}`);
}
