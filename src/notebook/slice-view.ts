import { checkVolume, exportPicture, settle, type LookOptions, type PlaneName } from '../export';
import {
  SlicescopeError,
  quote,
  type Camera,
  type Layout,
  type Plane,
  type Playback,
  type Triple,
  type ViewSettings,
  type Window,
} from '../protocol';
import { changedSettings, clampSettings, type ColormapName } from '../shading';
import type { Volume } from '../volume';

/** What a view can be set to, at its start and later. */
export interface ViewOptions extends LookOptions {
  /** Magnification; 1 shows the whole slice. Default 1. */
  readonly zoom?: number;
  /** The point of the volume at the middle of the view, as shares of its edges. Default [0.5, 0.5, 0.5]. */
  readonly center?: Triple;
  /** One plane, the three of them, or their slices in the volume's box. Default `slice`. */
  readonly layout?: Layout;
  /** Whether lines show where the other planes are, in the layout `planes`. Default true. */
  readonly crosshair?: boolean;
  /** Whether slices, or frames where there are several, follow each other by themselves. Default false. */
  readonly playing?: boolean;
  /** How many of them a second, from 1 to 60. Default 10. */
  readonly rate?: number;
  /** What comes after the last one. Default `loop`. */
  readonly playback?: Playback;
  /** Where the eye of the layout `volume` is, in units of the box' longest side from its middle. */
  readonly camera?: Camera;
}

/** What a person changed in the browser: the view's settings after it, and which of them are new. */
export interface ChangeEvent extends ViewSettings {
  readonly changed: readonly (keyof ViewSettings)[];
}

/** Where a view's state goes: to the companion and from there to every browser that shows the view. */
export interface ViewPort {
  settings(): ViewSettings;
  set(patch: Partial<ViewSettings>): void;
  /** Another volume and the settings that go with it. */
  put(volume: Volume, settings: ViewSettings): void;
  /** The volume was written into. */
  refresh(): void;
  /** The view's volume as it is shown: without what was written into it since its last refresh. */
  shown(volume: Volume): Volume;
  close(): void;
}

/**
 * A view that `show` put under a cell. Setting a property changes it in every browser that shows it; a
 * setting that can't be is an error that says why, and changes nothing.
 */
export class SliceView {
  readonly id: string;
  readonly #port: ViewPort;
  readonly #listeners: Set<(event: ChangeEvent) => void> = new Set();
  #volume: Volume;
  #windowIsGiven: boolean;
  #closed = false;

  /** @internal `show` makes views. */
  constructor(id: string, volume: Volume, windowIsGiven: boolean, port: ViewPort) {
    this.id = id;
    this.#volume = volume;
    this.#windowIsGiven = windowIsGiven;
    this.#port = port;
  }

  get volume(): Volume {
    return this.#volume;
  }

  /**
   * Show another volume in the same place. Plane, colour map, rotation and zoom stay; the index is clamped;
   * the window stays if it was given and the new volume's range meets it, else the new volume's default.
   */
  set volume(value: Volume) {
    this.#check('view.volume');
    const volume = checkVolume(value, 'view.volume');
    const settings = this.#settings;
    const [min, max] = volume.range;
    const [low, high] = settings.window;
    this.#windowIsGiven &&= low < max && high > min;
    this.#volume = volume;
    this.#port.put(volume, {
      ...clampSettings(settings, volume.info(0)),
      window: this.#windowIsGiven ? settings.window : volume.defaultWindow,
    });
  }

  get plane(): Plane {
    return this.#settings.plane;
  }
  set plane(value: PlaneName) {
    this.#set({ plane: value }, 'view.plane');
  }

  /** Which slice is shown. */
  get index(): number {
    return this.#settings.index;
  }
  set index(value: number) {
    this.#set({ index: value }, 'view.index');
  }

  get window(): Window {
    return this.#settings.window;
  }
  set window(value: Window) {
    this.#set({ window: value }, 'view.window');
  }

  get colormap(): ColormapName {
    return this.#settings.colormap as ColormapName;
  }
  set colormap(value: ColormapName) {
    this.#set({ colormap: value }, 'view.colormap');
  }

  /** Change several settings at once: all of them, or none if one is refused. */
  set(options: ViewOptions): void {
    this.#set(options, 'view.set');
  }

  /**
   * Call `listener` when a person has changed the view in a browser.
   * @returns a function that stops it
   */
  on(type: 'change', listener: (event: ChangeEvent) => void): () => void {
    if ((type as string) !== 'change' || typeof listener !== 'function') {
      const message = `view.on: expected 'change' and a function, got ${quote(type)} and a ${typeof listener}`;
      throw new SlicescopeError('invalid-argument', message, { argument: 'type' });
    }
    const own = (event: ChangeEvent): void => {
      listener(event);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /**
   * Show what has been written into the volume's data since, in all views of the volume. From the first call
   * on the viewers show the content as of the last call, never what is written meanwhile.
   * @throws SlicescopeError `invalid-shape` if there is not enough memory for the copy.
   */
  refresh(): void {
    this.#check('view.refresh');
    this.#volume.changed();
    this.#port.refresh();
  }

  /**
   * Write what the view shows as a PNG: the whole slice at scale 1, with its window, colour map and rotation.
   * @returns the file's absolute path
   * @throws SlicescopeError `unsupported-format`, `write-failed`.
   */
  async exportSlice(path: string): Promise<string> {
    return await exportPicture(this.#port.shown(this.#volume), path, this.#settings, 'view.exportSlice');
  }

  /** Let go of the volume, here and in every browser. The outputs keep their last picture. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    this.#port.close();
  }

  /** @internal A browser changed these settings. */
  changedByViewer(changes: Partial<ViewSettings>): void {
    if ('window' in changes) this.#windowIsGiven = true;
    const event = { ...this.#settings, changed: Object.keys(changes) } as ChangeEvent;
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        console.error('view.on: a listener failed:', error);
      }
    }
  }

  /** One line, for a cell whose last expression is the view. */
  toString(): string {
    const { plane, index, window, colormap } = this.#settings;
    const { count } = this.#volume.info(0).planes[plane];
    const state = this.#closed
      ? 'closed'
      : `${plane} ${String(index)} of ${String(count)}, window ${window.join(' to ')}, ${colormap}`;
    return `SliceView of ${String(this.#volume)}: ${state}`;
  }

  get #settings(): ViewSettings {
    return this.#port.settings();
  }

  #check(caller: string): void {
    if (!this.#closed) return;
    const message = `${caller}: the view is closed; call show again`;
    throw new SlicescopeError('view-closed', message, { viewId: this.id });
  }

  #set(options: object, caller: string): void {
    this.#check(caller);
    const before = this.#settings;
    const changed = changedSettings(before, settle(this.#volume, before, options, caller));
    if ((options as ViewOptions).window !== undefined) this.#windowIsGiven = true;
    if (Object.keys(changed).length > 0) this.#port.set(changed);
  }
}

// What console.log prints. Not written as a method: the published types must not need a symbol's type.
Object.defineProperty(SliceView.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: SliceView): string {
    return this.toString();
  },
});
