import {
  HEADER_BYTES,
  UNASKED,
  VOLUME_ITSELF,
  type Frame,
  type Plane,
  type Priority,
  type ViewState,
  type WishList,
} from '../protocol';
import { afterFrame } from './after-frame';
import { composed, isOf, isSamePicture } from './compose';
import { decodeTile } from './decode-tile';
import { together, type Needs } from './detail';
import { IDLE_MS, Motion, REST_MS } from './motion';
import { cutOf, isSameCut, planContext, planesOf, type Cut, type PlanContext } from './plan';
import { tileCache, tileKey, type Quality, type Slice, type Tile, type TileAddress } from './slice-cache';
import { Track } from './track';
import type { Line } from './transport/line';
import { wishesFor, type Wish } from './wishes';

/** A wish that has been sent. */
interface Asked {
  readonly address: TileAddress;
  /** Where the tile will stand in the page's cache, if it is of the volume that it was wished for. */
  readonly key: string;
  /** Of the view's volume. */
  readonly revision: number;
  readonly at: number;
  /** The picture that it was for. */
  cut: Cut;
  /** Which of the positions of the hand it was for; 0 if it was only fetched ahead. */
  position: number;
}

/** Wishes that were dropped on the way are forgotten after this many newer ones. */
const REMEMBERED = 1024;
/** Milliseconds from the first viewer's needs to the list that goes with them: they come with every picture. */
const SETTLE_MS = 20;

/**
 * Keeps the slices that a view should show, one of each plane that it shows: wishes for what its state and its viewers
 * need and the page's cache does not have, and tells when there is more of one.
 *
 * Of the slices that arrive, a later wish is never replaced by an earlier one, and a slice of another
 * volume, revision or plane than the state's is never shown; tiles of two slices are never mixed, nor volumes that are
 * drawn over each other, each at another slice. While the
 * hand moves, slices that it has passed are shown if they come in order: something that follows late is
 * better than nothing. What was fetched ahead is shown only when the hand gets there.
 */
export class SliceFeed {
  readonly #send: (wishes: WishList) => void;
  readonly #onSlice: (slice: Slice) => void;
  readonly #needs: Readonly<Record<Plane, Map<object, Needs>>> = { xy: new Map(), xz: new Map(), yz: new Map() };
  readonly #asked: Map<number, Asked> = new Map();
  #instance = '';
  #line: Line | null = null;
  #isConnected = false;
  #context: PlanContext | null = null;
  /** The planes that are shown, the one first that the hand has moved last. */
  #tracks: readonly Track[] = [];
  #frames: Motion = new Motion(0, -Infinity);
  /** Whether the hand has moved frames last, and not slices. */
  #movesFrames = false;
  /** By their keys, the wishes of the list that was sent last and that have not been granted yet. */
  #list: Map<string, { readonly requestId: number; readonly priority: Priority }> = new Map();
  #lastRequest = 0;
  /** Positions of the hand, counted. */
  #position = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Set while a list waits for the frame of the picture that is there already. */
  #unwish: (() => void) | null = null;

  constructor(send: (wishes: WishList) => void, onSlice: (slice: Slice) => void) {
    this.#send = send;
    this.#onSlice = onSlice;
  }

  /**
   * A connection was made, to this run of the companion: what is under way on another one is lost. Without a
   * line, as with a kernel's own comm, nothing is fetched ahead.
   */
  connected(instance: string, line: Line | null): void {
    this.#instance = instance;
    this.#line = line;
    this.#isConnected = true;
    this.#asked.clear();
    this.#list = new Map();
    if (this.#context !== null) this.#context = planContext(instance, this.#context.state);
    this.#update();
  }

  /** The view's state, after every change of it. */
  update(state: ViewState): void {
    const before = this.#context?.state;
    const now = performance.now();
    const isOther = state.volume.revision !== before?.volume.revision;
    // A copy: a widget model's state is the same object after every change.
    this.#context = planContext(this.#instance, { ...state });
    const position = this.#position + 1;
    const tracks = planesOf(state).map((plane) => {
      const cut = cutOf(state, plane);
      const track = this.#tracks.find((each) => each.plane === plane) ?? new Track(cut, position, now);
      track.goTo(cut, position, now, isOther);
      return track;
    });
    this.#tracks = tracks.sort((one, other) => other.position - one.position);
    const isMoved = this.#tracks[0]?.position === position;
    if (isMoved) this.#position = position;
    if (isOther) this.#frames = new Motion(state.frame, -Infinity);
    else if (isMoved) this.#frames.moved(state.frame, now);
    if (isMoved) this.#movesFrames = !isOther && state.frame !== before.frame;
    this.#update();
  }

  /** The newest slice of a plane that is here; null if there is none of the state's volumes. */
  sliceOf(plane: Plane): Slice | null {
    const shown = this.#tracks.find((track) => track.plane === plane)?.shown ?? null;
    return shown !== null && this.#context !== null && isOf(shown, this.#context) ? shown : null;
  }

  /** What a viewer can show of a plane; null when it shows nothing any more, such as out of sight. */
  need(viewer: object, plane: Plane, needs: Needs | null): void {
    const all = this.#needs[plane];
    if (JSON.stringify(needs) === JSON.stringify(all.get(viewer) ?? null)) return;
    if (needs === null) all.delete(viewer);
    else all.set(viewer, needs);
    this.#later(SETTLE_MS);
  }

  /**
   * A frame of this view; resolves when it has been decoded, and is done at once where there is nothing to decode.
   * @throws SlicescopeError `protocol-error`, also as a rejection.
   */
  receive(frame: Frame): void | Promise<void> {
    if (frame.requestId === UNASKED) {
      this.#keep(frame);
      return;
    }
    const asked = this.#asked.get(frame.requestId);
    if (asked === undefined) return; // Of another connection, or long forgotten.
    this.#asked.delete(frame.requestId);
    this.#line?.arrived(HEADER_BYTES + frame.payload.byteLength, asked.at, performance.now());
    const tile = decodeTile(frame);
    if (!(tile instanceof Promise)) {
      this.#take(frame, asked, tile);
      return;
    }
    return tile.then((decoded) => {
      this.#take(frame, asked, decoded);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#unwish?.();
    for (const all of Object.values(this.#needs)) all.clear();
    this.#isConnected = false;
  }

  /** The whole slice of a content that the state is about to have: `update` will find it. */
  #keep(frame: Frame): void {
    const { plane, index, level, revision } = frame;
    const tile = decodeTile(frame);
    if (tile instanceof Promise) return; // The companion sends none.
    tileCache.set(
      tileKey(this.#instance, revision, { plane, index, ...VOLUME_ITSELF, level, tile: [0, 0], preview: null }),
      tile,
    );
  }

  #take(frame: Frame, { address, key, revision, cut, position }: Asked, tile: Tile): void {
    // An overlay may have been replaced meanwhile: what comes then is of the one that the state is about to have.
    tileCache.set(tileKey(this.#instance, frame.revision, address), tile);
    this.#list.delete(key);
    const track = this.#tracks.find(({ plane }) => plane === cut.plane);
    if (this.#context?.state.volume.revision !== revision || track === undefined) return;
    const isCurrent = isSameCut(cut, track.cut);
    if (isCurrent) this.#show(track, track.cut, track.position);
    else if (position > track.shownPosition) this.#show(track, cut, position);
    // After a preview comes the slice itself, and after a list that is used up the next one, if anything is left to fetch.
    const isNext = isCurrent || this.#list.size === 0;
    if (isNext && this.#restedAt(performance.now()) >= REST_MS) this.#wish();
  }

  /** Milliseconds since the hand has moved anything. */
  #restedAt(now: number): number {
    return Math.min(this.#frames.restedAt(now), ...this.#tracks.map(({ motion }) => motion.restedAt(now)));
  }

  #needsOf(plane: Plane): Needs | null {
    return together(this.#needs[plane].values());
  }

  #update(): void {
    const isHere = this.#showAll();
    const isUnderWay = [...this.#list.values()].some(({ priority }) => priority === 'view');
    if (!isHere || isUnderWay) this.#wish();
    else {
      // What is left to wish for is fetched ahead.
      this.#unwish ??= afterFrame(() => {
        this.#unwish = null;
        this.#wish();
      });
    }
  }

  /** Tell of all pictures as far as they are here; whether nothing of them is missing. */
  #showAll(): boolean {
    if (!this.#isConnected || this.#context === null) return false;
    return this.#tracks
      .map((track) => this.#show(track, track.cut, track.position))
      .every((quality) => quality === 'exact');
  }

  /** Tell of a slice as far as it is here, if there is more of it than before. Null while there is nothing. */
  #show(track: Track, cut: Cut, position: number): Quality | null {
    const slice = composed(this.#context as PlanContext, cut, this.#needsOf(track.plane));
    if (slice === null) return null;
    track.shownPosition = position;
    if (!isSamePicture(track.shown, slice)) {
      track.shown = slice;
      this.#onSlice(slice);
    }
    return slice.quality;
  }

  /** Send what is missing, if it is not what was sent last; and look again when the hand has come to rest. */
  #wish(): void {
    const context = this.#context;
    if (context === null || !this.#isConnected) return;
    const now = performance.now();
    const rested = this.#restedAt(now);
    const isHidden = document.visibilityState === 'hidden';
    const wishes = wishesFor({
      ...context,
      tracks: this.#tracks,
      frames: this.#movesFrames ? this.#frames : null,
      needsOf: (plane) => (isHidden ? null : this.#needsOf(plane)),
      line: this.#line,
      now,
      isIdle: rested >= IDLE_MS,
    });
    this.#say(context.state, wishes, now);
    if (rested < REST_MS) this.#later(REST_MS - rested);
    else if (rested < IDLE_MS) this.#later(IDLE_MS - rested);
  }

  #say({ volume, window: shown }: ViewState, wishes: readonly Wish[], now: number): void {
    const list = new Map<string, { readonly requestId: number; readonly priority: Priority }>();
    const { revision } = volume;
    const tiles = wishes.map(({ address, key, cut, position, priority }) => {
      const requestId = this.#list.get(key)?.requestId ?? ++this.#lastRequest;
      const asked = this.#asked.get(requestId) ?? { address, key, revision, at: now, cut, position: 0 };
      if (position > 0) [asked.cut, asked.position] = [cut, position];
      this.#asked.set(requestId, asked);
      list.set(key, { requestId, priority });
      const { preview: window, ...place } = address;
      const encoding = window !== null ? 'preview' : this.#line?.packs === true ? 'packed' : 'raw';
      return { requestId, ...place, priority, encoding } as const;
    });
    for (const id of this.#asked.keys()) if (id < this.#lastRequest - REMEMBERED) this.#asked.delete(id);
    const isNews = JSON.stringify([...list.values()]) !== JSON.stringify([...this.#list.values()]);
    this.#list = list;
    if (!isNews) return;
    const needsPreview = tiles.some(({ encoding }) => encoding === 'preview');
    const quality = this.#line?.previewQuality; // Without a line there are no previews.
    const preview = needsPreview && quality !== undefined ? { window: shown, quality } : null;
    this.#send({ kind: 'wishes', revision, preview, tiles });
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#showAll();
      this.#wish();
    }, ms);
  }
}
