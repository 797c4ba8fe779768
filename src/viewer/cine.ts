import type { ViewSettings, ViewState } from '../protocol';

/** What cine plays on. */
export interface Played {
  state(): ViewState;
  change(patch: Partial<ViewSettings>): void;
  /** Whether the picture is of the slice and the frame that the state asks for. */
  isShown(): boolean;
  /** Whether anybody can see it. */
  isSeen(): boolean;
}

/** Milliseconds without a step of anybody else's after which a page plays; it has as many again by chance. */
const PATIENCE_MS = 700;

/** Where the next picture is, and which way it goes on from there. */
export function nextStep(
  at: number,
  count: number,
  way: 1 | -1,
  playback: ViewSettings['playback'],
): { readonly at: number; readonly way: 1 | -1 } {
  if (playback === 'loop') return { at: (at + 1) % count, way: 1 };
  const turned = at + way < 0 || at + way >= count ? (-way as 1 | -1) : way;
  return { at: Math.max(0, Math.min(count - 1, at + turned)), way: turned };
}

/**
 * Plays slices, or the frames of a volume that has several. A step is made when the picture of the one before is
 * shown, and not sooner than the rate says: what the line can't bring is never waited for in a queue.
 *
 * `playing` is a setting of the view, and one of its pages plays for all: the one where the person pressed Play; else, and
 * when that one is gone or hidden, the one that first finds that for a while nobody has moved. So a person who moves the
 * slider meanwhile has it to themselves until they rest. A page whose person wants less motion plays only if they
 * pressed Play in it.
 */
export class Cine {
  readonly #on: Played;
  #isDriver = false;
  #way: 1 | -1 = 1;
  /** The step that was made here, to tell it from others'. */
  #made: string | null = null;
  #last = '';
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitsForPicture = false;

  constructor(on: Played) {
    this.#on = on;
  }

  /** Play or stop, by the person's hand in this page. */
  toggle(): void {
    const playing = !this.#on.state().playing;
    this.#isDriver = playing;
    this.#due = performance.now();
    this.#on.change({ playing });
    this.update();
  }

  /** The state or the picture is another one. */
  update(): void {
    const { playing, index, frame, plane } = this.#on.state();
    if (!playing) {
      this.#stop();
      return;
    }
    const now = [plane, index, frame].join(' ');
    if (now !== this.#last && this.#last !== '' && now !== this.#made) {
      this.#isDriver = false; // Somebody else moves.
      this.#wait(PATIENCE_MS * (1 + Math.random()));
    }
    this.#last = now;
    if (this.#waitsForPicture && this.#on.isShown()) this.#schedule();
    else if (this.#timer === undefined && !this.#waitsForPicture) {
      if (this.#isDriver) this.#schedule();
      else this.#wait(PATIENCE_MS * (1 + Math.random()));
    }
  }

  dispose(): void {
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDriver = false;
    this.#waitsForPicture = false;
    this.#last = '';
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#waitsForPicture = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#step();
    }, ms);
  }

  #schedule(): void {
    this.#wait(Math.max(0, this.#due - performance.now()));
  }

  #step(): void {
    const state = this.#on.state();
    if (!state.playing) return;
    const mayStart = this.#isDriver || !matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!this.#on.isSeen() || !mayStart) {
      this.#isDriver = false;
      this.#wait(PATIENCE_MS);
      return;
    }
    this.#isDriver = true;
    if (!this.#on.isShown()) {
      this.#waitsForPicture = true;
      return;
    }
    const interval = 1000 / state.rate;
    // A picture that came late is not made up for by the next ones.
    this.#due = Math.max(this.#due + interval, performance.now());
    const inTime = state.volume.frames > 1;
    const count = inTime ? state.volume.frames : state.volume.planes[state.plane].count;
    const { at, way } = nextStep(inTime ? state.frame : state.index, count, this.#way, state.playback);
    this.#way = way;
    const [index, frame] = inTime ? [state.index, at] : [at, state.frame];
    this.#made = [state.plane, index, frame].join(' ');
    this.#on.change(inTime ? { frame } : { index });
    if (this.#timer === undefined && !this.#waitsForPicture) this.update();
  }
}
