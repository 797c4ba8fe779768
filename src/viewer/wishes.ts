import { LIMITS, type Priority } from '../protocol';
import type { Needs } from './detail';
import { REST_MS, around, type Motion } from './motion';
import { finestOf, overviewBytes, planSlice, type Cut, type PlanContext, type PlannedTile } from './plan';
import { tileCache } from './slice-cache';
import type { Track } from './track';
import type { LineSpeed } from './transport/line';

/** Of the page's cache, the part that one view may fill when nothing else is to be done. */
const FILL_SHARE = 0.25;
/** Slices that are fetched at a time when nothing else is to be done, in tiles. */
const MOST_FILL = 32;

export interface Wish extends PlannedTile {
  /** The picture that it is for. */
  readonly cut: Cut;
  /** Which of the positions of the hand it is for; 0 if it is only fetched ahead. */
  readonly position: number;
  readonly priority: Priority;
}

/** What is known when a list of wishes is made. */
export interface Situation extends PlanContext {
  /** What is shown, the plane first that the hand has moved last. */
  readonly tracks: readonly Track[];
  /** Of the hand on the frames, if these are what it has moved last. */
  readonly frames: Motion | null;
  /** What the page can show of a plane; null while nobody sees it. */
  readonly needsOf: (plane: Track['plane']) => Needs | null;
  /** Null where only the pictures themselves may be asked for. */
  readonly line: LineSpeed | null;
  readonly now: number;
  /** Whether there is time for slices far away. */
  readonly isIdle: boolean;
}

const has = ({ key }: PlannedTile): boolean => tileCache.has(key);

/** What is missing, the most wanted first: the pictures, then what the hand may reach, then the rest. */
export function wishesFor(situation: Situation): Wish[] {
  const { tracks, line, needsOf, isIdle } = situation;
  const [first, details]: [Wish[], Wish[]] = [[], []];
  for (const track of tracks) pictureWishes(situation, track, first, details);
  const wishes = [...first, ...details];
  const seen = tracks.filter(({ plane }) => needsOf(plane) !== null);
  if (line !== null) {
    wishes.push(...aheadWishes(situation, seen));
    // What lies in chunks would have to be read.
    if (isIdle && wishes.length === 0 && !situation.state.volume.chunked) wishes.push(...fillWishes(situation, seen));
  }
  return onceEach(wishes).slice(0, LIMITS.wishes);
}

/** The tile of an overlay of one frame is the same for all. */
function onceEach(wishes: readonly Wish[]): Wish[] {
  const keys = new Set<string>();
  return wishes.filter(({ key }) => !keys.has(key) && keys.add(key));
}

/** Whether slices of a track would take long. */
function isSlowFor(situation: Situation, { cut }: Track): boolean {
  return situation.line?.isSlowFor(overviewBytes(situation, cut)) === true;
}

/** What is missing of a track's picture: what is shown of it first, and its details. */
function pictureWishes(situation: Situation, track: Track, first: Wish[], details: Wish[]): void {
  const { cut, motion, plane, position } = track;
  const isSlow = isSlowFor(situation, track);
  const isResting = motion.restedAt(situation.now) >= REST_MS;
  const wish = (tile: PlannedTile): Wish => ({ ...tile, cut, position, priority: 'view' });
  for (const plan of planSlice(situation, cut, situation.needsOf(plane))) {
    const { overview, preview } = plan;
    const comesAsPreview = isSlow && preview !== null && !has(overview) && !(isResting && has(preview));
    if (comesAsPreview) {
      if (!has(preview)) first.push(wish(preview));
      continue;
    }
    if (!has(overview)) first.push(wish(overview));
    for (const tile of finestOf(plan)) if (!has(tile)) details.push(wish(tile));
  }
}

/** What is missing of slices that are not shown. */
function sliceWishes(situation: Situation, cuts: readonly Cut[], priority: Priority, isSlow: boolean): Wish[] {
  return cuts.flatMap((cut) =>
    planSlice(situation, cut, null).flatMap(({ overview, preview }) => {
      const tile = isSlow && preview !== null ? preview : overview;
      return has(overview) || has(tile) ? [] : [{ ...tile, cut, position: 0, priority }];
    }),
  );
}

/** What the hand may reach, of the planes that it moves, in turn; at rest, of all. */
function aheadWishes(situation: Situation, seen: readonly Track[]): Wish[] {
  const { frames, now } = situation;
  const moving = seen.filter(({ motion }) => motion.restedAt(now) < REST_MS);
  const ahead = (frames !== null || moving.length === 0 ? seen : moving).map((track) => {
    const cuts = cutsAhead(situation, track);
    const isSlow = cuts.length > 0 && isSlowFor(situation, track);
    return cuts.map((cut) => sliceWishes(situation, [cut], 'prefetch', isSlow));
  });
  const farthest = Math.max(0, ...ahead.map(({ length }) => length));
  return Array.from({ length: farthest }, (_, at) => ahead.flatMap((of) => of[at] ?? [])).flat();
}

function cutsAhead({ state, frames, now }: Situation, { cut, motion, plane }: Track): Cut[] {
  const { volume } = state;
  if (frames !== null) return frames.next(now, volume.frames).map((frame) => ({ ...cut, frame }));
  return motion.next(now, volume.planes[plane].count).map((index) => ({ ...cut, index }));
}

/** Slices ever farther away, until the view's share of the cache is full. */
function fillWishes(situation: Situation, seen: readonly Track[]): Wish[] {
  const wishes: Wish[] = [];
  for (const track of seen) {
    const { cut, plane } = track;
    if (isSlowFor(situation, track)) continue;
    const { count } = situation.state.volume.planes[plane];
    const budget = (FILL_SHARE * tileCache.budget) / seen.length;
    const farthest = Math.min(count, Math.floor(budget / Math.max(1, overviewBytes(situation, cut)) / 2));
    while (track.filled < farthest && wishes.length < MOST_FILL) {
      track.filled += 1;
      const pair = around(cut.index, track.filled).slice(-2);
      const cuts = pair.filter((index) => index >= 0 && index < count).map((index) => ({ ...cut, index }));
      wishes.push(...sliceWishes(situation, cuts, 'fill', false));
    }
  }
  return wishes;
}
