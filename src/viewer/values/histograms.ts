import {
  MAX_BINS,
  frameIn,
  type ClientContent,
  type Histogram,
  type ServerContent,
  type ViewState,
} from '../../protocol';
import type { Layer } from './windows';

/** Milliseconds that a histogram is waited for: a kernel with a comm of its own may have no answer. */
const PATIENCE_MS = 1_500;

/** What a histogram is of. */
function keyOf(revision: number, layer: number, frame: number): string {
  return [revision, layer, frame].join(' ');
}

function addressOf(state: ViewState, { layer, info }: Layer): [revision: number, layer: number, frame: number] {
  return [info.revision, layer, frameIn(info, state.frame)];
}

/** The histograms of a view's volumes, counted by the companion; those of the newest content only are kept. */
export class Histograms {
  readonly #send: (content: ClientContent) => void;
  readonly #stop: () => void;
  readonly #known: Map<string, Histogram> = new Map();
  readonly #waiting: Map<string, ((histogram: Histogram | null) => void)[]> = new Map();
  readonly #timers: Set<ReturnType<typeof setTimeout>> = new Set();

  constructor(
    send: (content: ClientContent) => void,
    onAnswer: (listener: (content: ServerContent) => void) => () => void,
  ) {
    this.#send = send;
    this.#stop = onAnswer((content) => {
      this.#receive(content);
    });
  }

  dispose(): void {
    this.#stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#waiting.clear();
  }

  /** What is known of a volume's values as they are now; null before it was asked for. */
  of(state: ViewState, layer: Layer): Histogram | null {
    return this.#known.get(keyOf(...addressOf(state, layer))) ?? null;
  }

  /** Asks for it, unless it is here; null if there is no answer. */
  ask(state: ViewState, layer: Layer): Promise<Histogram | null> {
    const known = this.of(state, layer);
    if (known !== null) return Promise.resolve(known);
    const [revision, at, frame] = addressOf(state, layer);
    const key = keyOf(revision, at, frame);
    const answer = new Promise<Histogram | null>((resolve) => {
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined) waiting.push(resolve);
      else this.#waiting.set(key, [resolve]);
    });
    if (this.#waiting.get(key)?.length === 1) {
      this.#send({ kind: 'histogram', layer: at, frame, bins: MAX_BINS });
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#tell(key, null);
      }, PATIENCE_MS);
      this.#timers.add(timer);
    }
    return answer;
  }

  #receive(histogram: ServerContent): void {
    const { revision, layer, frame } = histogram;
    for (const [key, { layer: at, revision: of }] of this.#known) {
      if (at === layer && of !== revision) this.#known.delete(key);
    }
    const key = keyOf(revision, layer, frame);
    this.#known.set(key, histogram);
    this.#tell(key, histogram);
  }

  #tell(key: string, histogram: Histogram | null): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const resolve of waiting) resolve(histogram);
  }
}
