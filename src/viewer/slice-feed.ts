import { SlicescopeError, type Frame, type SliceRequest, type ViewState } from '../protocol';
import { ARRAY_OF } from '../protocol';
import { sliceCache, sliceKey, type Slice } from './slice-cache';

/**
 * Keeps the slice that a view should show: asks for what the view's state names, takes it from the page's
 * cache or puts it together from frames, and tells when another one is there.
 *
 * Of the slices that arrive, a later wish is never replaced by an earlier one, and a slice of another
 * volume, revision or plane than the state's is never shown. While the hand moves, slices that it has
 * passed are shown if they come in order: something that follows late is better than nothing.
 */
export class SliceFeed {
  readonly #send: (request: SliceRequest) => void;
  readonly #onSlice: (slice: Slice) => void;
  #instance = '';
  #state: ViewState | null = null;
  #wanted = '';
  #lastRequest = 0;
  #shownRequest = 0;
  #partial: { requestId: number; slice: Slice } | null = null;

  constructor(send: (request: SliceRequest) => void, onSlice: (slice: Slice) => void) {
    this.#send = send;
    this.#onSlice = onSlice;
  }

  /** A connection was made, to this run of the companion: what is under way on another one is lost. */
  connected(instance: string): void {
    this.#instance = instance;
    this.#wanted = '';
    this.#partial = null;
  }

  /** The view's state, after every change of it. */
  update(state: ViewState): void {
    this.#state = state;
    const { plane, index } = state;
    const { revision } = state.volume;
    const key = sliceKey(this.#instance, revision, plane, index);
    if (key === this.#wanted) return;
    this.#wanted = key;
    const requestId = ++this.#lastRequest;
    const cached = sliceCache.get(key);
    if (cached === undefined) this.#send({ kind: 'slice', requestId, revision, plane, index });
    else this.#show(cached, requestId);
  }

  /** A frame of this view. */
  receive(frame: Frame): void {
    const slice = this.#assemble(frame);
    if (slice === null) return;
    sliceCache.set(sliceKey(this.#instance, slice.revision, slice.plane, slice.index), slice);
    if (frame.requestId > this.#shownRequest) this.#show(slice, frame.requestId);
  }

  #show(slice: Slice, requestId: number): void {
    if (slice.revision !== this.#state?.volume.revision || slice.plane !== this.#state.plane) return;
    this.#shownRequest = requestId;
    this.#onSlice(slice);
  }

  /** The slice, if `frame` was its last part. A slice that came in one frame is not copied. */
  #assemble(frame: Frame): Slice | null {
    const { requestId, revision, plane, index, width, height, components, tile, last, data } = frame;
    if (tile.width !== width) throw new SlicescopeError('protocol-error', 'binary frame: a tile that is no band', {});
    if (last && tile.height === height) return { revision, plane, index, width, height, components, data };
    if (this.#partial?.requestId !== requestId) {
      const whole = new ARRAY_OF[frame.dtype](width * height * components);
      this.#partial = { requestId, slice: { revision, plane, index, width, height, components, data: whole } };
    }
    const { slice } = this.#partial;
    slice.data.set(data, tile.y * width * components);
    if (!last) return null;
    this.#partial = null;
    return slice;
  }
}
