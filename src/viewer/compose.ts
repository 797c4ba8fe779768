import { finestOf, planSlice, type Cut, type LayerPlan, type PlanContext } from './plan';
import { tileCache, type LayerSlice, type Quality, type Slice } from './slice-cache';
import type { Needs } from './detail';

/** From the worst to the best. */
const QUALITIES: readonly Quality[] = ['preview', 'partial', 'exact'];

/** A picture as far as it is in the page's cache; null while one of the volumes that are drawn has nothing of it. */
export function composed(context: PlanContext, cut: Cut, needs: Needs | null): Slice | null {
  const { plane, index, frame } = cut;
  const { volume } = context.state;
  const { width, height } = volume.planes[plane];
  const layers: LayerSlice[] = [];
  let quality: Quality = 'exact';
  for (const plan of planSlice(context, cut, needs)) {
    const part = layerSlice(plan, cut);
    if (part === null) return null;
    layers.push(part.slice);
    if (QUALITIES.indexOf(part.quality) < QUALITIES.indexOf(quality)) quality = part.quality;
  }
  return { revision: volume.revision, plane, index, frame, width, height, layers, quality };
}

function layerSlice(plan: LayerPlan, { plane }: Cut): { slice: LayerSlice; quality: Quality } | null {
  const { layer, info } = plan.source;
  const overview = tileCache.get(plan.overview.key);
  const base = overview ?? (plan.preview === null ? undefined : tileCache.get(plan.preview.key));
  if (base === undefined) return null;
  const details = plan.details.map(({ key }) => tileCache.get(key)).filter((tile) => tile !== undefined);
  const isWhole = finestOf(plan).every(({ key }) => tileCache.has(key));
  const { revision, rescale } = info;
  const { width, height } = info.planes[plane];
  const quality = overview === undefined ? 'preview' : isWhole ? 'exact' : 'partial';
  return { slice: { layer, revision, rescale, width, height, tiles: [base, ...details] }, quality };
}

/** Whether a picture is of a state's volumes, with the content that they have in it. */
export function isOf({ revision, layers }: Slice, { state, sources }: PlanContext): boolean {
  const known = new Map(sources.map(({ layer, info }) => [layer, info.revision]));
  return (
    revision === state.volume.revision &&
    layers.every((each) => each.revision === (known.get(each.layer) ?? each.revision))
  );
}

/** Whether two pictures are the same in every tile. */
export function isSamePicture(one: Slice | null, other: Slice): boolean {
  return (
    one?.plane === other.plane &&
    one.index === other.index &&
    one.frame === other.frame &&
    one.revision === other.revision &&
    one.quality === other.quality &&
    one.layers.length === other.layers.length &&
    one.layers.every((layer, at) => isSameLayer(layer, other.layers[at]))
  );
}

function isSameLayer(one: LayerSlice, other: LayerSlice | undefined): boolean {
  return (
    one.layer === other?.layer &&
    one.revision === other.revision &&
    one.tiles.length === other.tiles.length &&
    one.tiles.every((tile, at) => tile === other.tiles[at])
  );
}
