/**
 * What a page has and jsdom has not, installed before each test file: sizes, what is told of them, and canvases. All that
 * is observed has one size and is in sight; what is drawn on a canvas is a slice (testing/scene.ts).
 */
import { TextEncoder } from 'node:util';
import type { Slice } from '../../../src/viewer';

/** The size that every element has. */
export const BOX = { width: 400, height: 300 } as const;

interface Drawing {
  readonly slice: Slice;
}

const pictures: WeakMap<HTMLCanvasElement, Drawing> = new WeakMap();
/** PNGs by what they were encoded into. */
const encoded: WeakMap<Blob, string> = new WeakMap();
const observing: Set<object> = new Set();

/** The slice that was drawn on a canvas last, by testing/scene.ts. */
export function drawnOn(canvas: Element | null): Slice | null {
  return canvas === null ? null : (pictures.get(canvas as HTMLCanvasElement)?.slice ?? null);
}

/** How many observers look at something. */
export function observers(): number {
  return observing.size;
}

/** Stands for the base64 of the PNG of a slice. */
export function pngOf({ plane, index }: Pick<Slice, 'plane' | 'index'>): string {
  return Buffer.from(`${plane} ${String(index)}`).toString('base64');
}

function urlOf(canvas: HTMLCanvasElement): string {
  const slice = drawnOn(canvas);
  return `data:image/png;base64,${slice === null ? '' : pngOf(slice)}`;
}

class Observer {
  readonly #tell: (entries: readonly object[]) => void;

  constructor(tell: (entries: readonly object[]) => void) {
    this.#tell = tell;
  }

  observe(): void {
    observing.add(this);
    setTimeout(() => {
      if (observing.has(this)) this.#tell([{ contentRect: BOX, isIntersecting: true }]);
    });
  }

  disconnect(): void {
    observing.delete(this);
  }
}

/** jsdom's reads in a time of its own, which is not the one that tests move. */
class BlobReader {
  onload: (() => void) | null = null;
  result: string | null = null;

  readAsDataURL(blob: Blob): void {
    setTimeout(() => {
      this.result = encoded.get(blob) ?? null;
      this.onload?.();
    }, 1);
  }
}

function install(): void {
  Object.assign(globalThis, {
    ResizeObserver: Observer,
    IntersectionObserver: Observer,
    DragEvent: class extends MouseEvent {},
    FileReader: BlobReader,
    TextEncoder,
    matchMedia: () => ({ matches: true }), // The person wants no motion: nothing plays by itself.
  });
  // jsdom's would be timers of the page, of which tests want to know that none is left.
  Object.assign(AbortSignal, { timeout: () => new AbortController().signal });
  Object.assign(HTMLElement.prototype, {
    getBoundingClientRect: () => ({ left: 0, top: 0, ...BOX }),
    animate: () => ({ pause: () => undefined, currentTime: 0 }),
  });
  Object.assign(HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement, kind: string): object {
      const draw = (drawing: unknown): unknown => pictures.set(this, drawing as Drawing);
      if (kind === 'bitmaprenderer') return { transferFromImageBitmap: draw };
      return { fillRect: () => undefined, drawImage: (picture: HTMLCanvasElement) => draw(pictures.get(picture)) };
    },
    toDataURL(this: HTMLCanvasElement): string {
      return urlOf(this);
    },
    toBlob(this: HTMLCanvasElement, done: (blob: Blob) => void): void {
      const blob = new Blob();
      encoded.set(blob, urlOf(this));
      setTimeout(done, 1, blob);
    },
  });
}

if (typeof window !== 'undefined') install(); // A test file may want Node's environment.
