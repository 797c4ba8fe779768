import {
  ARRAY_OF,
  VOLUME_ITSELF,
  overviewLevel,
  tileGrid,
  type Level,
  type PlaneInfo,
  type Priority,
  type ViewState,
} from '../protocol';
import { neededLevel, tilesIn, type Needs } from './detail';
import { REST_MS, around, type Motion } from './motion';
import { tileCache, type TileAddress } from './slice-cache';
import type { LineSpeed } from './transport/line';

/** Of the page's cache, the part that one view may fill when nothing else is to be done. */
const FILL_SHARE = 0.25;
/** Wishes of a list that are not for the picture itself. */
const MOST_AHEAD = 32;

export interface Wish extends TileAddress {
  readonly priority: Priority;
}

/** The tiles of one slice: what is shown of it first, and what a screen can show in more detail. */
export interface SlicePlan {
  /** The whole slice in one tile, at the finest level at which it is one. */
  readonly overview: TileAddress;
  /** The same as a small picture, for a slow line. */
  readonly preview: TileAddress;
  /** Tiles between the overview and what the canvas can show, the coarser ones first. */
  readonly details: readonly TileAddress[];
  /** Of `details`, how many at the end are of the finest level that is needed. */
  readonly finest: number;
}

export function planSlice(state: ViewState, index: number, needs: Needs | null): SlicePlan {
  const { volume, plane, window } = state;
  const info = volume.planes[plane];
  const level = overviewLevel(info, volume);
  const at = (tile: readonly [number, number], of: Level, preview: TileAddress['preview'] = null): TileAddress => ({
    plane,
    index,
    ...VOLUME_ITSELF,
    level: of,
    tile,
    preview,
  });
  const needed = needs === null ? level : neededLevel(needs);
  const coarse: Level = [Math.max(level[0], needed[0]), Math.max(level[1], needed[1])];
  const plan = { overview: at([0, 0], level), preview: at([0, 0], coarse, window) };
  const details: TileAddress[] = [];
  let finest = 0;
  for (const finer of needs === null ? [] : levelsBetween(level, needed)) {
    const tiles = tilesIn(info, volume, finer, needs as Needs);
    details.push(...tiles.map((tile) => at(tile, finer)));
    finest = tiles.length;
  }
  return { ...plan, details, finest };
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

export function overviewBytes(info: PlaneInfo, { volume }: ViewState): number {
  const { width, height } = tileGrid(info, volume, overviewLevel(info, volume));
  return width * height * volume.components * ARRAY_OF[volume.dtype].BYTES_PER_ELEMENT;
}

/** What is known when a list of wishes is made. */
export interface Situation {
  readonly state: ViewState;
  /** Null while nobody sees the view. */
  readonly needs: Needs | null;
  readonly motion: Motion;
  /** Null where only the picture itself may be asked for. */
  readonly line: LineSpeed | null;
  readonly now: number;
  readonly has: (address: TileAddress) => boolean;
  /** How far around the picture slices were asked for when there was nothing else to do; null if it is not the time. */
  readonly filled: number | null;
}

/** What is missing, the most wanted first: the picture, then what the hand may reach, then the rest. */
export function wishesFor(situation: Situation): { wishes: Wish[]; filled: number | null } {
  const { state, needs, motion, line, now, has, filled } = situation;
  const info = state.volume.planes[state.plane];
  const bytes = overviewBytes(info, state);
  const isSlow = line?.isSlowFor(bytes) === true;
  const isResting = motion.restedAt(now) >= REST_MS;
  const { overview, preview, details, finest } = planSlice(state, state.index, needs);
  const exact = [overview, ...details.slice(details.length - finest)];
  const forView = !isSlow || has(overview) ? exact : isResting && has(preview) ? exact : [preview];
  const wishes = forView.filter((address) => !has(address)).map((address): Wish => ({ ...address, priority: 'view' }));
  if (line === null || needs === null) return { wishes, filled };

  const wishSlices = (indices: readonly number[], priority: Priority): void => {
    for (const index of indices) {
      const plan = planSlice(state, index, null);
      if (has(plan.overview)) continue;
      const address = isSlow ? plan.preview : plan.overview;
      if (!has(address)) wishes.push({ ...address, priority });
    }
  };
  wishSlices(motion.next(now, info.count), 'prefetch');
  if (filled === null || isSlow || wishes.length > 0) return { wishes, filled };
  const farthest = Math.min(info.count, Math.floor((FILL_SHARE * tileCache.budget) / bytes / 2));
  let reach = filled;
  while (reach < farthest && wishes.length < MOST_AHEAD) {
    reach += 1;
    const pair = around(state.index, reach).slice(-2);
    wishSlices(
      pair.filter((index) => index >= 0 && index < info.count),
      'fill',
    );
  }
  return { wishes, filled: reach };
}
