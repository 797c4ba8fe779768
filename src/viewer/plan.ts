import {
  ARRAY_OF,
  PLANE_AXES,
  PLANES,
  frameIn,
  slabKind,
  overviewLevel,
  tileGrid,
  type LayerInfo,
  type Level,
  type Plane,
  type Projection,
  type ViewState,
  type Window,
} from '../protocol';
import { isCategorical, layersOf } from '../shading';
import { neededLevel, refined, tilesIn, type Needs } from './detail';
import { tileKey, type TileAddress } from './slice-cache';

/** What one picture shows of a plane, whatever its volumes are. */
export interface Cut {
  readonly plane: Plane;
  readonly index: number;
  readonly frame: number;
  readonly slab: number;
  readonly projection: Projection;
}

export function isSameCut(one: Cut, other: Cut): boolean {
  return (
    one.plane === other.plane &&
    one.index === other.index &&
    one.frame === other.frame &&
    one.slab === other.slab &&
    one.projection === other.projection
  );
}

/** What a state shows of one plane. */
export function cutOf(state: ViewState, plane: Plane): Cut {
  const { frame, slab, projection } = state;
  const index = plane === state.plane ? state.index : state.position[PLANE_AXES[plane][2]];
  return { plane, index, frame, slab, projection };
}

/** The planes that a state shows, its own first. */
export function planesOf({ layout, plane }: Pick<ViewState, 'layout' | 'plane'>): readonly Plane[] {
  return layout === 'slice' ? [plane] : [plane, ...PLANES.filter((other) => other !== plane)];
}

/** A volume that is drawn, as its slices are asked for. */
export interface Source {
  readonly layer: number;
  readonly info: LayerInfo;
  /** Overlays have no slabs. */
  readonly isOverlay: boolean;
  /** Through which previews are made; null where there are none: of what has no window, or others of its own. */
  readonly preview: Window | null;
}

/** What tiles are planned for: a state, in a run of a companion, which counts revisions on its own. */
export interface PlanContext {
  readonly instance: string;
  readonly state: ViewState;
  readonly sources: readonly Source[];
}

export function planContext(instance: string, state: ViewState): PlanContext {
  return { instance, state, sources: sourcesOf(state) };
}

/** The volumes that a state draws. */
function sourcesOf(state: ViewState): readonly Source[] {
  const { volume, overlayVolumes, channels, window, colormap } = state;
  const first = Math.max(1, channels.length);
  const preview = channels.length === 0 && !isCategorical(colormap) ? window : null;
  return layersOf(state).flatMap(({ layer }): Source[] => {
    if (layer < first) return [{ layer, info: volume, isOverlay: false, preview }];
    const overlay = overlayVolumes[layer - first];
    return overlay === undefined ? [] : [{ layer, info: overlay, isOverlay: true, preview: null }];
  });
}

/** A tile, and where it stands in the page's cache. */
export interface PlannedTile {
  readonly address: TileAddress;
  readonly key: string;
}

/** The tiles of one slice of one volume: what is shown of it first, and what a screen can show in more detail. */
export interface LayerPlan {
  readonly source: Source;
  /** The whole slice in one tile, at the finest level at which it is one. */
  readonly overview: PlannedTile;
  /** The same as a small picture, for a slow line; null where there is none. */
  readonly preview: PlannedTile | null;
  /** Tiles between the overview and what the canvas can show, the coarser ones first. */
  readonly details: readonly PlannedTile[];
  /** Of `details`, how many at the end are of the finest level that is needed. */
  readonly finest: number;
}

/** The tiles of all volumes that are drawn in one picture. */
export function planSlice(context: PlanContext, cut: Cut, needs: Needs | null): LayerPlan[] {
  return context.sources.map((source) => planLayer(context, source, cut, needs));
}

function planLayer({ instance, state }: PlanContext, source: Source, cut: Cut, needs: Needs | null): LayerPlan {
  const { layer, info, isOverlay } = source;
  const { plane, index, projection } = cut;
  const frame = frameIn(info, cut.frame);
  const slab = isOverlay ? 1 : cut.slab;
  const kind = slabKind(info, { slab, projection });
  const slice = info.planes[plane];
  const at = (tile: readonly [number, number], level: Level, preview: Window | null = null): PlannedTile => {
    const address = { plane, index, layer, frame, slab, projection, level, tile, preview };
    return { address, key: tileKey(instance, info.revision, address) };
  };
  const level = overviewLevel(slice, kind);
  const own = needs === null ? null : refined(needs, state.volume.planes[plane], slice);
  const needed = own === null ? level : neededLevel(own);
  const coarse: Level = [Math.max(level[0], needed[0]), Math.max(level[1], needed[1])];
  const details: PlannedTile[] = [];
  let finest = 0;
  for (const finer of own === null ? [] : levelsBetween(level, needed)) {
    const tiles = tilesIn(slice, kind, finer, own as Needs);
    details.push(...tiles.map((tile) => at(tile, finer)));
    finest = tiles.length;
  }
  const preview = source.preview === null ? null : at([0, 0], coarse, source.preview);
  return { source, overview: at([0, 0], level), preview, details, finest };
}

/** The levels finer than `coarse`, down to what is needed. */
function levelsBetween(coarse: Level, needed: Level): Level[] {
  const levels: Level[] = [];
  let [columns, rows] = coarse;
  while (columns > needed[0] || rows > needed[1]) {
    [columns, rows] = [
      Math.max(columns - 1, Math.min(columns, needed[0])),
      Math.max(rows - 1, Math.min(rows, needed[1])),
    ];
    levels.push([columns, rows]);
  }
  return levels;
}

/** The details that are of the finest level that is needed. */
export function finestOf({ details, finest }: LayerPlan): readonly PlannedTile[] {
  return details.slice(details.length - finest);
}

/** The bytes of what is shown of a slice first, of all volumes that are drawn. */
export function overviewBytes({ sources }: PlanContext, cut: Cut): number {
  return sources.reduce((sum, { info, isOverlay }) => {
    const kind = isOverlay ? info : slabKind(info, cut);
    const slice = info.planes[cut.plane];
    const { width, height } = tileGrid(slice, kind, overviewLevel(slice, kind));
    return sum + width * height * kind.components * ARRAY_OF[kind.dtype].BYTES_PER_ELEMENT;
  }, 0);
}
