import {
  HEADER_BYTES,
  UNASKED,
  VOLUME_ITSELF,
  type Frame,
  type Priority,
  type ViewState,
  type WishList,
} from '../protocol';
import { decodeTile } from './decode-tile';
import { together, type Needs } from './detail';
import { IDLE_MS, Motion, REST_MS } from './motion';
import {
  tileCache,
  tileKey,
  type Quality,
  type LayerSlice,
  type Slice,
  type Tile,
  type TileAddress,
} from './slice-cache';
import type { Line } from './transport/line';
import { planSlice, wishesFor, type Wish } from './wishes';

/** A wish that has been sent. */
interface Asked {
  readonly address: TileAddress;
  readonly at: number;
  /** Which of the positions of the hand it was for; 0 if it was only fetched ahead. */
  position: number;
}

/** Wishes that were dropped on the way are forgotten after this many newer ones. */
const REMEMBERED = 1024;
/** Milliseconds from the first viewer's needs to the list that goes with them: they come with every picture. */
const SETTLE_MS = 20;

/**
 * Keeps the slice that a view should show: wishes for what its state and its viewers need and the page's cache does
 * not have, and tells when there is more of it.
 *
 * Of the slices that arrive, a later wish is never replaced by an earlier one, and a slice of another
 * volume, revision or plane than the state's is never shown; tiles of two slices are never mixed. While the
 * hand moves, slices that it has passed are shown if they come in order: something that follows late is
 * better than nothing. What was fetched ahead is shown only when the hand gets there.
 */
export class SliceFeed {
  readonly #send: (wishes: WishList) => void;
  readonly #onSlice: (slice: Slice) => void;
  readonly #needs: Map<object, Needs> = new Map();
  readonly #asked: Map<number, Asked> = new Map();
  #instance = '';
  #line: Line | null = null;
  #isConnected = false;
  #state: ViewState | null = null;
  #motion: Motion = new Motion(0, -Infinity);
  /** By their keys, the wishes of the list that was sent last and that have not been granted yet. */
  #list: Map<string, { readonly requestId: number; readonly priority: Priority }> = new Map();
  #lastRequest = 0;
  /** Positions of the hand, counted; and that of the slice that is shown. */
  #position = 0;
  #shownPosition = 0;
  #shown: Slice | null = null;
  #filled = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    this.#update();
  }

  /** The view's state, after every change of it. */
  update(state: ViewState): void {
    const { volume, plane, index } = state;
    const before = this.#state;
    const isOther = volume.revision !== before?.volume.revision || plane !== before.plane;
    this.#state = { ...state };
    if (isOther || index !== before.index) {
      this.#position += 1;
      this.#filled = 0;
      if (isOther) this.#motion = new Motion(index, performance.now());
      else this.#motion.moved(index, performance.now());
    }
    this.#update();
  }

  /** What a viewer can show; null when it shows nothing any more, such as out of sight. */
  need(viewer: object, needs: Needs | null): void {
    if (JSON.stringify(needs) === JSON.stringify(this.#needs.get(viewer) ?? null)) return;
    if (needs === null) this.#needs.delete(viewer);
    else this.#needs.set(viewer, needs);
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
    this.#needs.clear();
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

  #take({ revision }: Frame, { address, position }: Asked, tile: Tile): void {
    const key = tileKey(this.#instance, revision, address);
    tileCache.set(key, tile);
    this.#list.delete(key);
    const state = this.#state;
    if (state?.volume.revision !== revision || state.plane !== address.plane) return;
    if (address.index === state.index) this.#show(state.index, this.#position);
    else if (position > this.#shownPosition) this.#show(address.index, position);
    // After a preview comes the slice itself, and after a list that is used up the next one, if anything is left to fetch.
    const isNext = address.index === state.index || this.#list.size === 0;
    if (isNext && this.#motion.restedAt(performance.now()) >= REST_MS) this.#wish();
  }

  #has(address: TileAddress): boolean {
    return tileCache.has(this.#key(address));
  }

  #key(address: TileAddress): string {
    return tileKey(this.#instance, this.#state?.volume.revision ?? 0, address);
  }

  #update(): void {
    if (!this.#isConnected || this.#state === null) return;
    this.#show(this.#state.index, this.#position);
    this.#wish();
  }

  /** Tell of the slice as far as it is here, if there is more of it than before. */
  #show(index: number, position: number): void {
    const slice = this.#compose(index);
    if (slice === null) return;
    this.#shownPosition = position;
    const shown = this.#shown;
    const isSame =
      shown?.index === slice.index &&
      shown.plane === slice.plane &&
      shown.revision === slice.revision &&
      shown.quality === slice.quality &&
      isSameLayer(shown.layers[0], slice.layers[0]);
    if (isSame) return;
    this.#shown = slice;
    this.#onSlice(slice);
  }

  #compose(index: number): Slice | null {
    const state = this.#state as ViewState;
    const { volume, plane } = state;
    const { width, height } = volume.planes[plane];
    const plan = planSlice(state, index, together(this.#needs.values()));
    const overview = tileCache.get(this.#key(plan.overview));
    const base = overview ?? tileCache.get(this.#key(plan.preview));
    if (base === undefined) return null;
    const details = plan.details.map((address) => tileCache.get(this.#key(address)));
    const isWhole = details.slice(details.length - plan.finest).every((tile) => tile !== undefined);
    const quality: Quality = overview === undefined ? 'preview' : isWhole ? 'exact' : 'partial';
    const tiles = [base, ...details.filter((tile) => tile !== undefined)];
    const { revision } = volume;
    return {
      revision,
      plane,
      index,
      frame: 0,
      width,
      height,
      layers: [{ layer: 0, revision, width, height, tiles }],
      quality,
    };
  }

  /** Send what is missing, if it is not what was sent last; and look again when the hand has come to rest. */
  #wish(): void {
    const state = this.#state;
    if (state === null || !this.#isConnected) return;
    const now = performance.now();
    const rested = this.#motion.restedAt(now);
    const { wishes, filled } = wishesFor({
      state,
      needs: document.visibilityState === 'hidden' ? null : together(this.#needs.values()),
      motion: this.#motion,
      line: this.#line,
      now,
      has: (address) => this.#has(address),
      filled: rested >= IDLE_MS ? this.#filled : null,
    });
    if (filled !== null) this.#filled = filled;
    this.#say(state, wishes, now);
    if (rested < REST_MS) this.#later(REST_MS - rested);
    else if (rested < IDLE_MS) this.#later(IDLE_MS - rested);
  }

  #say({ volume, window }: ViewState, wishes: readonly Wish[], now: number): void {
    const list = new Map<string, { readonly requestId: number; readonly priority: Priority }>();
    const tiles = wishes.map(({ preview, priority, ...address }) => {
      const key = this.#key({ ...address, preview });
      const requestId = this.#list.get(key)?.requestId ?? ++this.#lastRequest;
      const asked = this.#asked.get(requestId) ?? { address: { ...address, preview }, at: now, position: 0 };
      if (priority === 'view') asked.position = this.#position;
      this.#asked.set(requestId, asked);
      list.set(key, { requestId, priority });
      const encoding = preview !== null ? 'preview' : this.#line?.packs === true ? 'packed' : 'raw';
      return { requestId, ...address, priority, encoding } as const;
    });
    for (const id of this.#asked.keys()) if (id < this.#lastRequest - REMEMBERED) this.#asked.delete(id);
    const isNews = JSON.stringify([...list.values()]) !== JSON.stringify([...this.#list.values()]);
    this.#list = list;
    if (!isNews) return;
    const preview = { window, quality: this.#line?.previewQuality ?? 75 };
    const needsPreview = tiles.some(({ encoding }) => encoding === 'preview');
    this.#send({ kind: 'wishes', revision: volume.revision, preview: needsPreview ? preview : null, tiles });
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#update();
    }, ms);
  }
}

function isSameLayer(one: LayerSlice | undefined, other: LayerSlice | undefined): boolean {
  return (
    one?.tiles.length === other?.tiles.length && one?.tiles.every((tile, at) => tile === other?.tiles[at]) === true
  );
}
