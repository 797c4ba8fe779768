import { LRUCache } from 'lru-cache';
import { SlicescopeError, frameIn, storedPadding, type Histogram, type HistogramRequest } from '../src/protocol';
import type { Volume } from '../src/volume';
import { countValues, type Count, type CountedSource } from './counting';
import type { View } from './view';

/** How long is counted between two turns of the event loop, in milliseconds; what is asked for meanwhile waits so long. */
const TURN_MS = 1.5;
/** Histograms that are kept, each of about 2 kB. */
const KEPT = 256;

/** Histograms that are waited for; the one that was asked for first is given up where there are more. */
const MOST_JOBS = 64;

/** Somebody who has asked for a histogram. */
export interface Asker {
  /** Who it is: each is answered once, however often it asks meanwhile. */
  readonly self: object;
  /** False when the answer would be about what is not shown any more. */
  readonly isWanted: () => boolean;
  readonly answer: (histogram: Histogram) => void;
}

interface Job {
  readonly key: string;
  readonly about: Pick<Histogram, 'revision' | 'layer' | 'frame'>;
  readonly steps: Generator<undefined, Count, undefined>;
  /** By who it is. */
  readonly askers: Map<object, Asker>;
}

/** The layer's revision, which identifies its values; undefined where the view has no such layer. */
function revisionOf({ state: { volume, overlayVolumes } }: View, layer: number): number | undefined {
  return layer < volume.channels ? volume.revision : overlayVolumes[layer - volume.channels]?.revision;
}

function checkPlace(name: string, value: number, count: number): void {
  if (value < count) return;
  const message = `histogram: ${name} is ${String(value)}, expected a whole number from 0 to ${String(count - 1)}`;
  throw new SlicescopeError('index-out-of-range', message, { index: value, count });
}

/** The values of one frame of one of the view's layers, or of its sample; those of an overlay are on its own grid. */
function sourceOf(view: View, { layer, frame }: HistogramRequest): CountedSource {
  const { volume, overlayVolumes } = view.state;
  checkPlace('layer', layer, volume.channels + overlayVolumes.length);
  checkPlace('frame', frame, volume.frames);
  const read = <T>(use: (part: Volume) => T): T =>
    view.readAll((base, overlays) => {
      const overlay = overlays[layer - volume.channels];
      if (overlay === undefined) return use(base.sample({ frame, channel: layer }));
      return use(overlay.volume.at({ frame: frameIn(overlay.volume, frame) }));
    });
  const about = read(({ dtype, rescale, padding, data }) => ({
    dtype,
    rescale,
    padding: storedPadding(padding, { dtype, rescale }),
    length: data.length,
  }));
  return {
    ...about,
    read: (use) => {
      read(({ data }) => {
        use(data);
      });
    },
  };
}

/**
 * Histograms of whole volumes, counted between the requests for slices, so that the hand does not feel it: one at a
 * time, in turns. What nobody waits for any more is given up, and what was counted is kept for who asks again.
 */
export class Histograms {
  readonly #later: (turn: () => void) => void;
  readonly #kept: LRUCache<string, Count> = new LRUCache({ max: KEPT });
  readonly #jobs: Job[] = [];
  #isAtWork = false;

  /** @param later runs a turn when the requests that are there have been answered. */
  constructor(later: (turn: () => void) => void = setImmediate) {
    this.#later = later;
  }

  /**
   * Answer with the histogram of a layer, now if it is known and else later, or not at all if it is not wanted
   * by then or another revision is shown.
   * @throws SlicescopeError `index-out-of-range`.
   */
  ask(view: View, request: HistogramRequest, asker: Asker): void {
    const { layer, frame, bins } = request;
    const source = sourceOf(view, request);
    const revision = revisionOf(view, layer) as number;
    const key = [revision, layer, frame, bins].join(' ');
    const about = { revision, layer, frame };
    const count = this.#kept.get(key);
    if (count !== undefined) {
      asker.answer({ kind: 'histogram', ...about, ...count });
      return;
    }
    let job = this.#jobs.find((other) => other.key === key);
    if (job === undefined) {
      job = { key, about, steps: countValues(source, bins), askers: new Map() };
      this.#jobs.push(job);
      if (this.#jobs.length > MOST_JOBS) this.#jobs.shift();
    }
    job.askers.set(asker.self, {
      ...asker,
      isWanted: () => revisionOf(view, layer) === revision && asker.isWanted(),
    });
    this.#work();
  }

  /** Revisions begin anew. */
  forget(): void {
    this.#kept.clear();
  }

  #work(): void {
    if (this.#isAtWork || this.#jobs.length === 0) return;
    this.#isAtWork = true;
    this.#later(() => {
      this.#isAtWork = false;
      this.#turn();
      this.#work();
    });
  }

  #turn(): void {
    const [job] = this.#jobs;
    if (job === undefined) return;
    const end = performance.now() + TURN_MS;
    const askers = [...job.askers.values()];
    while (askers.some(({ isWanted }) => isWanted())) {
      const { done, value } = job.steps.next();
      if (done === true) {
        this.#kept.set(job.key, value);
        this.#jobs.shift();
        const histogram = { kind: 'histogram', ...job.about, ...value } as const;
        for (const { isWanted, answer } of askers) if (isWanted()) answer(histogram);
        return;
      }
      if (performance.now() >= end) return;
    }
    this.#jobs.shift();
  }
}
