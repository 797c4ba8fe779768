import type { AsyncReadable } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import type { Group } from 'zarrita' with { 'resolution-mode': 'import' };
import { SlicescopeError } from '../../protocol';
import { corrupt } from '../format';
import { parseOme, type Ome } from '../tiff/ome';
import { fields, list } from './multiscales';
import { loadZarrita } from './store';
import { isPlainPath, within } from './bounds';

/** Where bioformats2raw writes OME-XML, which names its images. */
const METADATA = '/OME/METADATA.ome.xml';

/** What a group says of itself, of OME-Zarr 0.4 and before, and of 0.5 and later. */
function omeOf(attributes: unknown): Readonly<Record<string, unknown>> {
  const known = fields(attributes);
  return known.ome === undefined ? known : fields(known.ome);
}

/**
 * Whether the images lie in groups of this group: in a plate of wells, or in what bioformats2raw makes
 * of several images.
 */
export function isCollection(attributes: unknown): boolean {
  const ome = omeOf(attributes);
  return ome.plate !== undefined || ome['bioformats2raw.layout'] !== undefined;
}

/**
 * Which image of several to read: its path in the group.
 * @param series in a plate `A/1/0`, or `A/1` for the first field of a well; otherwise a path, or the
 *   image's name in OME-XML. Without it, the first image.
 * @throws SlicescopeError `invalid-argument` if no image has that name; `file-corrupt`,
 *   `unsupported-format`.
 */
export async function imagePath(
  group: Group<AsyncReadable>,
  series: string | undefined,
  path: string,
): Promise<string> {
  const { plate } = omeOf(group.attrs);
  return plate === undefined ? await imageOf(group, series, path) : await fieldOf(group, plate, series, path);
}

function pathsOf(items: unknown, what: string, path: string): readonly string[] {
  const paths = list(items).map((each) => fields(each).path);
  const isPlain = (each: unknown): each is string => typeof each === 'string' && isPlainPath(each);
  if (paths.length > 0 && paths.every(isPlain)) return paths;
  throw corrupt(path, `its ${what} have no paths`);
}

function none(path: string, series: string, all: readonly string[]): SlicescopeError {
  const shown = `${all.slice(0, 20).join(', ')}${all.length > 20 ? ', …' : ''}`;
  const message = `${path}: it has no image ${JSON.stringify(series)}; choose one of ${shown}, such as { series: ${JSON.stringify(all[0] ?? '')} }`;
  return new SlicescopeError('invalid-argument', message, { argument: 'series' });
}

/** A field of a well; https://ngff.openmicroscopy.org/0.5/#plate-md */
async function fieldOf(
  group: Group<AsyncReadable>,
  plate: unknown,
  series: string | undefined,
  path: string,
): Promise<string> {
  const zarr = await loadZarrita();
  const wells = pathsOf(fields(plate).wells, 'wells', path);
  const well = series === undefined ? wells[0] : wells.find((each) => series === each || series.startsWith(`${each}/`));
  if (well === undefined) throw none(path, series ?? '', wells);
  const { attrs } = await zarr.open(within(group, well, path), { kind: 'group' });
  const images = pathsOf(fields(omeOf(attrs).well).images, `images of the well ${well}`, path).map(
    (each) => `${well}/${each}`,
  );
  const found = series === undefined || series === well ? images[0] : images.find((each) => each === series);
  if (found === undefined) throw none(path, series ?? '', images);
  return found;
}

/** An image of bioformats2raw: 0, 1 and on, unless the group `OME` says other paths. */
async function imageOf(group: Group<AsyncReadable>, series: string | undefined, path: string): Promise<string> {
  const zarr = await loadZarrita();
  const said = await zarr
    .open(group.resolve('OME'), { kind: 'group' })
    .then(({ attrs }) => list(omeOf(attrs).series))
    .catch(() => []);
  const ome = await metadataOf(group, path);
  const count = Math.max(1, ome?.images.length ?? 0);
  const paths =
    said.length > 0
      ? pathsOf(
          said.map((each) => ({ path: each })),
          'series',
          path,
        )
      : null;
  const all = paths ?? Array.from({ length: count }, (_, at) => String(at));
  if (series === undefined) return all[0] as string;
  const names = all.map((each, at) => ome?.images[at]?.name ?? each);
  const at = all.includes(series) ? all.indexOf(series) : names.indexOf(series);
  const found = all[at];
  if (found !== undefined) return found;
  // Without OME-XML nobody says how many there are.
  if (ome === null && paths === null && /^\d+$/.test(series)) return series;
  throw none(path, series, names);
}

async function metadataOf({ store }: Group<AsyncReadable>, path: string): Promise<Ome | null> {
  const bytes = await store.get(METADATA);
  if (bytes === undefined) return null;
  return await parseOme(new TextDecoder().decode(bytes), path);
}
