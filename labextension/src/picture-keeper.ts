import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { VIEW_MIME, parsePictureKey, pictureKey, stillOf, type Still, type Viewer } from 'slicescope/lib/src/viewer';
import type { SliceModel } from './model';

/** Milliseconds without a change after which a view is at rest. */
const REST_MS = 1000;
/** Milliseconds until the next try where another view of the page is being encoded. */
const TURN_MS = 30;
const PNG = 'image/png';

/** All that there are: a notebook that is saved asks those in it. */
const keepers: Set<PictureKeeper> = new Set();
let isEncoding = false;

/**
 * Keeps the `image/png` of an output to what its viewer shows, so that a saved notebook has what the person saw
 * last.
 *
 * The picture is taken when the view has rested, when the viewer is about to be hidden and when the notebook is
 * saved; never while the view moves. The output's metadata name the state that its picture shows: an output whose
 * picture is of the same state is left as it is, because to replace it marks the notebook as changed.
 */
export class PictureKeeper {
  readonly #model: SliceModel;
  readonly #viewer: Viewer;
  readonly #output: () => IRenderMime.IMimeModel | null;
  #changedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  /** @param output the model of the viewer's output, as JupyterLab rendered it last; null when there is none. */
  constructor(model: SliceModel, viewer: Viewer, output: () => IRenderMime.IMimeModel | null) {
    this.#model = model;
    this.#viewer = viewer;
    this.#output = output;
    model.on('change slice', this.touch);
    keepers.add(this);
    this.touch();
  }

  /** Something may have changed: look when it rests. */
  readonly touch = (): void => {
    this.#changedAt = performance.now();
    this.#timer ??= setTimeout(this.#look, REST_MS);
  };

  /** Take the picture now if it waits for rest, because afterwards it can't be seen. */
  flush(): void {
    if (this.#timer === undefined) return;
    this.#stopWaiting();
    const still = this.#news();
    if (still !== null) void this.#encode(still);
  }

  /** The same, done when this returns. */
  flushNow(): void {
    if (this.#timer === undefined) return;
    const still = this.#news();
    if (still === null) return;
    this.#stopWaiting();
    this.#put(still, still.canvas.toDataURL(PNG));
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stopWaiting();
    this.#model.off('change slice', this.touch);
    keepers.delete(this);
  }

  isIn(node: Node): boolean {
    return node.contains(this.#viewer.element);
  }

  readonly #look = (): void => {
    // One timer for many changes: to start one for each would cost the moving picture something.
    const left = this.#changedAt + REST_MS - performance.now();
    if (left > 0 || isEncoding) {
      this.#timer = setTimeout(this.#look, Math.max(left, TURN_MS));
      return;
    }
    this.#timer = undefined;
    const still = this.#news();
    if (still !== null) void this.#encode(still);
  };

  /** What the output's picture is to show; null where it shows it, or where there is nothing to be taken. */
  #news(): (Still & { readonly key: string }) | null {
    const { state, access } = this.#model;
    // The notebook may be others' too: it does not get the picture of what only this page shows.
    if (access === 'look') return null;
    const output = this.#output();
    if (state === null || state.playing || output === null || !this.#viewer.isSettled) return null;
    const key = pictureKey(state);
    if (parsePictureKey(output.metadata) === key) return null;
    const still = stillOf(this.#viewer.element);
    return still === null ? null : { ...still, key };
  }

  /** The page goes on meanwhile; what has changed in that time is left to the next rest. */
  async #encode(still: Still & { readonly key: string }): Promise<void> {
    const [takenAt, output] = [this.#changedAt, this.#output()];
    isEncoding = true;
    try {
      const blob = await new Promise<Blob | null>((resolve) => {
        still.canvas.toBlob(resolve, PNG);
      });
      if (blob === null || this.#isDisposed) return;
      const url = await dataUrlOf(blob);
      const isStill = this.#changedAt === takenAt && this.#output() === output;
      if (isStill) this.#put(still, url);
    } finally {
      isEncoding = false;
    }
  }

  #put({ key, width, height }: Still & { readonly key: string }, url: string): void {
    const output = this.#output();
    if (output === null || this.#isDisposed) return;
    const data = { ...output.data, [PNG]: url.slice(url.indexOf(',') + 1) };
    output.setData({ data, metadata: { ...output.metadata, [VIEW_MIME]: { picture: key }, [PNG]: { width, height } } });
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** A notebook is about to be written: its outputs' pictures are to be of what is shown. */
export function keepPicturesIn(node: Node): void {
  for (const keeper of keepers) if (keeper.isIn(node)) keeper.flushNow();
}

function dataUrlOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.onerror = () => {
      reject(new Error('The picture can’t be read.', { cause: reader.error }));
    };
    reader.readAsDataURL(blob);
  });
}
