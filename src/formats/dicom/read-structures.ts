/** Structure sets as label maps: closed contours, filled on the slices of the series that they are drawn over. */
import { basename } from 'node:path';
import { Volume } from '../../volume';
import { unsupported, type OnFraction } from '../format';
import { hexColor } from '../hex-color';
import { readLabels, withLabels } from '../labels';
import { ContourReader } from './contours';
import { ContourSlicer, StructureRemarks } from './contours-on-slices';
import { PolygonFiller } from './fill-polygons';
import { overlapOf, partAsked, type LabelParts } from './label-parts';
import type { Images } from './series';
import { stackOf } from './stack';
import type { StructureSet } from './structure-set';

/** Steps that filling may take: rows of lines, and pixels. So many in any volume, and so many more for each voxel. */
const ANY_STEPS = 2 ** 24;
const STEPS_PER_VOXEL = 16;

/** A structure set, the series that it is drawn over, and what of it is asked for. */
export interface StructureRequest {
  readonly set: StructureSet;
  readonly images: Images;
  /** The option `series` without a structure. */
  readonly series: string | undefined;
  /** A structure, by its number or its name; null for all of them. */
  readonly structure: string | null;
  readonly strict: boolean;
}

/** @throws SlicescopeError `unknown-series` if a structure has to be chosen; `unsupported-format`, `file-corrupt`. */
export async function readStructures(request: StructureRequest, onFraction: OnFraction): Promise<Volume> {
  const { set, images, series, structure } = request;
  const { path } = set.file;
  const [{ layout, path: below }] = images;
  const { spacing, origin, direction, slices, notes } = await stackOf(images, request.strict);
  if (direction === null)
    throw unsupported(below, 'it does not say where it is, so the contours of a structure set can’t be drawn on it');
  const reader = await ContourReader.open(set);
  const drawn = new Map(reader.structures.map((each) => [each.number, each]));
  const slicesOf = (number: number): number => drawn.get(number)?.count ?? 0;
  const parts: LabelParts = { path, word: 'structure', names: set.names, series, slicesOf };
  const remarks = new StructureRemarks();
  const labels = labelsOf(set, partAsked(parts, structure), images, remarks);
  const shape = [layout.width, layout.height, slices] as const;
  const filled = Volume.alloc(shape, Math.max(...labels.values()) < 256 ? 'uint8' : 'uint16', {
    spacing,
    origin,
    direction,
  });
  const size = layout.width * layout.height;
  const most = ANY_STEPS + STEPS_PER_VOXEL * size * slices;
  const tooMuch = (): Error =>
    unsupported(
      path,
      `its contours take more than ${String(most)} steps to fill; open one structure with the option series`,
    );
  const filler = new PolygonFiller(layout.width, layout.height, most, tooMuch);
  const slicer = new ContourSlicer(path, filled, remarks);
  let done = 0;
  for (const [number, label] of labels) {
    const name = set.names.get(number) as string;
    const { closed, open } = reader.contoursOf(drawn.get(number));
    if (open > 0) remarks.add('open', name);
    for (const [z, contours] of slicer.slices(name, closed)) {
      for (const contour of contours) filler.add(contour);
      const target = filled.data.subarray(z * size, (z + 1) * size);
      filler.take((at) => {
        const other = target[at] as number;
        if (other !== 0) {
          const before = [...labels].find(([, each]) => each === other)?.[0] ?? 0;
          throw overlapOf(parts, [before, number], [at % layout.width, Math.floor(at / layout.width), z]);
        }
        target[at] = label;
      });
    }
    onFraction(++done / labels.size);
  }
  const options = {
    ...{ spacing, origin, direction },
    name: set.seriesDescription || basename(path).replace(/\.dcm$/i, ''),
    notes: [...notes, ...remarks.notes()],
  };
  const described = [...labels].map(([number, label]) => {
    const color = drawn.get(number)?.color ?? null;
    return [label, { name: set.names.get(number), color: color === null ? undefined : hexColor(color) }] as const;
  });
  return Volume.from(filled.data, shape, withLabels(options, readLabels(described)));
}

/**
 * The label of each structure, by its number: the number itself or, if those of the file can't be labels, its place there.
 * @param only the one that is asked for; null for all.
 * @throws SlicescopeError `unsupported-format` where none of them is where the series is.
 */
function labelsOf(
  { file, names, frameOf }: StructureSet,
  only: number | null,
  [{ frameOfReference, seriesUid }]: Images,
  remarks: StructureRemarks,
): ReadonlyMap<number, number> {
  const numbers = [...names.keys()];
  const areLabels = numbers.every((number) => number >= 1 && number <= 65_535);
  const labels = new Map<number, number>();
  for (const [at, number] of numbers.entries()) {
    if (only !== null && only !== number) continue;
    const frame = frameOf.get(number) ?? '';
    if (frame === '' || frameOfReference === '' || frame === frameOfReference)
      labels.set(number, areLabels ? number : at + 1);
    else remarks.add('elsewhere', names.get(number) as string);
  }
  if (labels.size > 0) return labels;
  const what = 'its structures are in another frame of reference (ReferencedFrameOfReferenceUID) than the series';
  throw unsupported(file.path, `${what} ${seriesUid}; give the one that they are drawn over with the option over`);
}
