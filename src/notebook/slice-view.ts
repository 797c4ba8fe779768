import {
  checkOverlap,
  checkOverlay,
  checkOverlays,
  checkVolume,
  defaultChannels,
  exportPicture,
  settle,
  type ChannelOptions,
  type LookOptions,
  type Overlay,
  type OverlayOptions,
  type PlaneName,
} from '../export';
import {
  SlicescopeError,
  quote,
  type Camera,
  type ChannelSettings,
  type Layout,
  type Plane,
  type OverlaySettings,
  type Playback,
  type Triple,
  type ViewSettings,
  type Window,
} from '../protocol';
import { changedSettings, clampSettings } from '../shading';
import { Volume, type OverlayLayer } from '../volume';
import { ViewProperties } from './view-properties';

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

/** What a view can be set to at once; its overlays have a property of their own. */
export type SetOptions = Omit<ViewOptions, 'overlays'>;

/** What a person changed in the browser: the view's settings after it, and which of them are new. */
export interface ChangeEvent extends ViewSettings {
  readonly changed: readonly (keyof ViewSettings)[];
}

/** Where a view's state goes: to the companion and from there to every browser that shows the view. */
export interface ViewPort {
  settings(): ViewSettings;
  set(patch: Partial<ViewSettings>): void;
  /** Other volumes and the settings that go with them. */
  put(volume: Volume, overlays: readonly OverlayLayer[], settings: ViewSettings): void;
  /** Another overlay in the place of one, and the settings that go with it. */
  setOverlay(at: number, overlay: OverlayLayer, patch: Partial<ViewSettings>): void;
  /** The volumes were written into. */
  refresh(): void;
  /** One of the view's volumes as it is shown: without what was written into it since its last refresh. */
  shown(volume: Volume): Volume;
  close(): void;
}

/**
 * A view that `show` put under a cell. Setting a property changes it in every browser that shows it; a
 * setting that can't be is an error that says why, and changes nothing.
 */
export class SliceView extends ViewProperties {
  readonly id: string;
  readonly #port: ViewPort;
  readonly #listeners: Set<(event: ChangeEvent) => void> = new Set();
  #volume: Volume;
  #overlays: readonly OverlayLayer[];
  #windowIsGiven: boolean;
  #closed = false;

  /** @internal `show` makes views. */
  constructor(id: string, volume: Volume, overlays: readonly OverlayLayer[], windowIsGiven: boolean, port: ViewPort) {
    super();
    this.id = id;
    this.#volume = volume;
    this.#overlays = overlays;
    this.#windowIsGiven = windowIsGiven;
    this.#port = port;
  }

  get volume(): Volume {
    return this.#volume;
  }

  /**
   * Show another volume in the same place. Plane, colour map, rotation and zoom stay; the index is clamped;
   * the window stays if it was given and the new volume's range meets it, else the new volume's default. Channels stay
   * as they are drawn where there are as many. Overlays are sampled anew on the new volume's slices.
   * @throws SlicescopeError `no-overlap` where an overlay has no place in common with the new volume.
   */
  set volume(value: Volume) {
    this.#check('view.volume');
    const volume = checkVolume(value, 'view.volume');
    for (const [at, overlay] of this.#overlays.entries()) {
      checkOverlap(volume, overlay.volume, overlayName(at), 'view.volume');
    }
    const settings = this.#settings;
    this.#windowIsGiven &&= meets(settings.window, volume);
    this.#volume = volume;
    this.#port.put(volume, this.#overlays, {
      ...clampSettings(settings, volume.info(0)),
      window: this.#windowIsGiven ? settings.window : volume.defaultWindow,
      channels: channelsOf(volume, settings.channels),
    });
  }

  /**
   * The volumes that are drawn over this one, and how. Set it to a list like that of `show` to have others; to change
   * one of them, call `setOverlay`.
   */
  get overlays(): readonly Overlay[] {
    const { overlays } = this.#settings;
    return this.#overlays.map(({ volume, labels }, at) => {
      const look = overlays[at] as ChannelOptions & OverlaySettings;
      return { volume, labels: labels ?? false, ...look };
    });
  }
  set overlays(value: readonly OverlayOptions[]) {
    const caller = 'view.overlays';
    this.#check(caller);
    const { layers, settings } = checkOverlays(this.#volume, value, caller);
    const base = { ...this.#settings, overlays: settings };
    const checked = settle(this.#volume, base, { overlays: settings }, caller);
    this.#overlays = layers;
    this.#port.put(this.#volume, layers, checked);
  }

  get plane(): Plane {
    return this.#settings.plane;
  }
  set plane(value: PlaneName) {
    this.changeSettings({ plane: value }, 'view.plane');
  }

  /** Change several settings at once: all of them, or none if one is refused. */
  set(options: SetOptions): void {
    if ((options as ViewOptions | null)?.overlays !== undefined) {
      const message = 'view.set: overlays are no setting; give view.overlays a list, or call view.setOverlay';
      throw new SlicescopeError('invalid-argument', message, { argument: 'overlays' });
    }
    this.changeSettings(options, 'view.set');
  }

  /**
   * Change how a channel is drawn.
   * @throws SlicescopeError `index-out-of-range`, `invalid-window`, `unknown-colormap`, `invalid-argument`.
   */
  setChannel(channel: number, options: Partial<ChannelOptions>): void {
    const { channels } = this.#settings;
    checkPlace(channel, channels.length, 'view.setChannel: channel');
    this.changeSettings(
      { channels: channels.map((each, at) => (at === channel ? { ...each, ...options } : each)) },
      'view.setChannel',
    );
  }

  /**
   * Change some of an overlay: how it is drawn, or its volume, which alone is fetched anew then.
   * @param at which one, from 0 on.
   * @throws SlicescopeError `index-out-of-range`, `no-overlap`, `invalid-window`, `unknown-colormap`, `invalid-argument`.
   */
  setOverlay(at: number, options: Partial<OverlayOptions>): void {
    const caller = 'view.setOverlay';
    this.#check(caller);
    const before = this.overlays[at];
    checkPlace(at, this.#overlays.length, `${caller}: at`);
    const { volume } = (options as Partial<OverlayOptions> | null) ?? {};
    const { window, ...rest } = before as Overlay;
    const kept = volume instanceof Volume && !meets(window, volume) ? rest : { ...rest, window };
    const { layer, settings } = checkOverlay(this.#volume, options, overlayName(at), caller, kept);
    const base = this.#settings;
    const overlays = base.overlays.map((each, place) => (place === at ? settings : each));
    const changed = changedSettings(base, settle(this.#volume, base, { overlays }, caller));
    const isOther = volume !== undefined || options.labels !== undefined;
    if (isOther) {
      this.#overlays = this.#overlays.map((each, place) => (place === at ? layer : each));
      this.#port.setOverlay(at, layer, changed);
    } else if (Object.keys(changed).length > 0) this.#port.set(changed);
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
   * Show what has been written into the data of the volume and of its overlays since, in all views of them. From the first call
   * on the viewers show the content as of the last call, never what is written meanwhile.
   * @throws SlicescopeError `invalid-shape` if there is not enough memory for the copy.
   */
  refresh(): void {
    this.#check('view.refresh');
    for (const { volume } of [this, ...this.#overlays]) volume.changed();
    this.#port.refresh();
  }

  /**
   * Write what the view shows as a PNG: the whole slice at scale 1 with all that is drawn over it, rotated and mirrored as
   * the view shows it.
   * @returns the file's absolute path
   * @throws SlicescopeError `unsupported-format`, `write-failed`.
   */
  async exportSlice(path: string): Promise<string> {
    const shown = (volume: Volume): Volume => this.#port.shown(volume);
    const overlays = this.#overlays.map(({ volume, labels }) => ({ volume: shown(volume), labels }));
    const look = { settings: this.#settings, overlays };
    return await exportPicture(shown(this.#volume), path, look, 'view.exportSlice');
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
  override toString(): string {
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

  protected override readSettings(): ViewSettings {
    return this.#settings;
  }

  protected override changeSettings(options: object, caller: string): void {
    this.#check(caller);
    const before = this.#settings;
    const changed = changedSettings(before, settle(this.#volume, before, options, caller));
    if ((options as ViewOptions).window !== undefined) this.#windowIsGiven = true;
    if (Object.keys(changed).length > 0) this.#port.set(changed);
  }
}

function overlayName(at: number): string {
  return `overlays[${String(at)}]`;
}

/** Whether some of the volume's values lie within the window. */
function meets([low, high]: Window, { range: [min, max] }: Volume): boolean {
  return low < max && high > min;
}

/** How the channels of another volume are drawn: as those before, where there are as many and their windows are met. */
function channelsOf(volume: Volume, before: readonly ChannelSettings[]): readonly ChannelSettings[] {
  const usual = defaultChannels(volume);
  if (usual.length !== before.length) return usual;
  return before.map((channel, at) =>
    meets(channel.window, volume.at({ channel: at })) ? channel : { ...channel, window: volume.channelWindow(at) },
  );
}

function checkPlace(value: number, count: number, what: string): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  const expected = count === 0 ? 'there are none' : `expected a whole number from 0 to ${String(count - 1)}`;
  throw new SlicescopeError('index-out-of-range', `${what} is ${quote(value)}, ${expected}`, { index: value, count });
}

// What console.log prints. Not written as a method: the published types must not need a symbol's type.
Object.defineProperty(SliceView.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: SliceView): string {
    return this.toString();
  },
});
