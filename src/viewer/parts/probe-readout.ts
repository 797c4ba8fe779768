import type { Plane } from '../../protocol';
import { element } from '../dom';
import type { Surface, ViewerHost } from '../host';
import { ReadingPace } from '../pace';
import { probeAt, probeOf, type Probe } from '../values/probe';
import { text } from '../text';
import type { Part } from './part';
import { pointerMessage, probeSpoken, probeWords, type ProbeWords } from './probe-text';
import { say } from './widgets';

/** Milliseconds from one message about the pointer to the next. */
const TELLING_MS = 40;
/** Milliseconds of rest after which a screen reader is told of the slice. */
const REST_MS = 600;
const NOTHING: ProbeWords = { voxel: '', place: '', values: '' };
/** CSS pixels that a click may tremble. */
const TREMBLE = 4;

interface Pointed {
  readonly surface: Surface;
  /** In canvas pixels. */
  readonly point: readonly [x: number, y: number];
}

/**
 * What is under the pointer, in words; and the same for the kernel, if it listens. Where nobody points, a screen reader
 * hears of the slice and of the voxel where the planes meet.
 */
export class ProbeReadout implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-probe');
  readonly #voxel: HTMLElement = element('span', 'slicescope-probe-end');
  readonly #place: HTMLElement = element('span', 'slicescope-probe-place');
  readonly #values: HTMLElement = element('span', 'slicescope-probe-end');
  readonly spoken: HTMLElement = element('div', 'slicescope-spoken');
  readonly #host: ViewerHost;
  #pointed: Pointed | null = null;
  #focused: Plane | null = null;
  #toldAt = -Infinity;
  readonly #writing: ReadingPace = new ReadingPace(() => {
    this.#write();
  });
  #telling: ReturnType<typeof setTimeout> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #last = '';

  constructor(host: ViewerHost) {
    this.#host = host;
    this.element.append(this.#voxel, this.#place, this.#values);
    this.spoken.setAttribute('role', 'status');
    this.spoken.setAttribute('aria-live', 'polite');
  }

  /** Listen to the pointer over a picture; the function stops it. */
  attach(surface: Surface): () => void {
    const abort = new AbortController();
    const { canvas } = surface;
    const { signal } = abort;
    let pressed: readonly [number, number] | null = null;
    const pointOf = (event: MouseEvent): Pointed => {
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / canvas.clientWidth;
      return { surface, point: [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale] };
    };
    canvas.addEventListener(
      'pointermove',
      (event) => {
        this.#pointed = pointOf(event);
        // A drag is drawn with each move; without one nothing else is.
        if (event.buttons === 0) this.#writing.run();
        else this.#writing.request();
        this.#tell();
      },
      { signal },
    );
    const left = (): void => {
      this.#pointed = null;
      this.#writing.run();
    };
    canvas.addEventListener('pointerleave', left, { signal });
    canvas.addEventListener(
      'pointerdown',
      ({ clientX, clientY }) => {
        pressed = [clientX, clientY];
      },
      { signal },
    );
    canvas.addEventListener(
      'click',
      (event) => {
        const isStill =
          pressed !== null && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < TREMBLE;
        if (isStill) this.#clicked(pointOf(event));
      },
      { signal },
    );
    canvas.addEventListener('focus', () => (this.#focused = surface.plane), { signal });
    canvas.addEventListener('blur', () => (this.#focused = null), { signal });
    return () => {
      abort.abort();
      if (this.#pointed?.surface === surface) left();
    };
  }

  update(): void {
    if (this.#pointed !== null) this.#writing.request();
    if (this.#focused === null) return;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#speak();
    }, REST_MS);
  }

  dispose(): void {
    this.#writing.stop();
    for (const timer of [this.#telling, this.#resting]) clearTimeout(timer);
    this.element.remove();
    this.spoken.remove();
  }

  #probe({ surface, point }: Pointed): Probe | null {
    return probeAt(this.#host.state(), this.#host.sliceOf(surface.plane), surface, point);
  }

  #write(): void {
    const probe = this.#pointed === null ? null : this.#probe(this.#pointed);
    const words = probe === null ? NOTHING : probeWords(this.#host.state(), probe);
    say(this.#voxel, words.voxel);
    say(this.#place, words.place);
    say(this.#values, words.values);
  }

  #tell(): void {
    if (!this.#host.state().listens.includes('probe') || this.#telling !== undefined) return;
    this.#telling = setTimeout(
      () => {
        this.#telling = undefined;
        this.#toldAt = performance.now();
        const probe = this.#pointed === null ? null : this.#probe(this.#pointed);
        const message = probe === null ? null : pointerMessage('probe', this.#host.state(), probe);
        if (message === null || JSON.stringify(message) === this.#last) return;
        this.#last = JSON.stringify(message);
        this.#host.send(message);
      },
      Math.max(0, this.#toldAt + TELLING_MS - performance.now()),
    );
  }

  #clicked(pointed: Pointed): void {
    const state = this.#host.state();
    if (!state.listens.includes('click')) return;
    const probe = this.#probe(pointed);
    if (probe !== null) this.#host.send(pointerMessage('click', state, probe));
  }

  #speak(): void {
    const plane = this.#focused;
    if (plane === null) return;
    const state = this.#host.state();
    const slice = this.#host.sliceOf(plane);
    if (slice === null) return;
    const last = state.volume.planes[plane].count - 1;
    const where = text('%1 slice %2 of %3', plane, slice.index, last);
    const pointed = this.#pointed === null ? null : this.#probe(this.#pointed);
    const probe = pointed ?? probeOf(state, slice);
    say(this.spoken, probe === null ? where : `${where}, ${probeSpoken(state, probe)}`);
  }
}
