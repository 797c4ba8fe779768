import {
  checkFit,
  checkOverlay,
  checkOverlays,
  checkVolume,
  settle,
  type ChannelLook,
  type ChannelOptions,
  type Overlay,
  type OverlayOptions,
  type PlaneName,
  type SliceExport,
  type WindowChoice,
} from '../export';
import {
  POINTER_EVENTS,
  SlicescopeError,
  messageOf,
  quote,
  type OverlaySettings,
  type Plane,
  type PointerMessage,
  type ViewSettings,
  type Window,
} from '../protocol';
import { changedSettings, chosenIn } from '../shading';
import { Volume, type OverlayLayer } from '../volume';
import { Listeners } from './listeners';
import { followedIn, meets, swapped, type FollowedWindow } from './swap';
import { ViewExports } from './view-exports';
import {
  refuseOverlays,
  type ChangeEvent,
  type SetOptions,
  type SwapOptions,
  type ViewEvents,
  type ViewOptions,
} from './view-options';
import type { ViewPort } from './view-port';
import { voxelEvent, withValues } from './voxel-event';

/**
 * A view that `show` put under a cell. Setting a property changes it in every browser that shows it; a
 * setting that can't be is an error that says why, and changes nothing.
 */
export class SliceView extends ViewExports {
  readonly id: string;
  readonly #port: ViewPort;
  readonly #listeners: Listeners<ViewEvents> = new Listeners(['change', 'probe', 'click']);
  #volume: Volume;
  #overlays: readonly OverlayLayer[];
  #followed: FollowedWindow | null;
  /** Why it is closed; null while it is open. */
  #closed: string | null = null;

  /** @internal `show` makes views. */
  constructor(id: string, volume: Volume, overlays: readonly OverlayLayer[], port: ViewPort, asked: ViewOptions) {
    super();
    this.id = id;
    this.#volume = volume;
    this.#overlays = overlays;
    this.#port = port;
    this.#followed = followedIn(asked, volume);
  }

  get volume(): Volume {
    return this.#volume;
  }

  /**
   * Show another volume in the same place. Plane, colour map, rotation and zoom stay; the index is clamped; the window
   * stays if somebody chose it and the new volume's values meet it, else it is the new volume's default. `show` says
   * otherwise. Channels stay as they are drawn where there are as many. Overlays are sampled anew on the new volume's
   * slices.
   * @throws SlicescopeError `no-overlap` where an overlay has no place in common with the new volume, `invalid-argument`
   * where it has other frames.
   */
  set volume(value: Volume) {
    this.#swap(value, {}, 'view.volume');
  }

  /**
   * Show another volume in the same place, and change settings with it: browsers see both at once.
   * @throws SlicescopeError `no-overlap` where an overlay has no place in common with the new volume; those of `set`.
   */
  show(volume: Volume, options: SwapOptions = {}): void {
    this.#swap(volume, options, 'view.show');
  }

  /** [low, high] in the volume's values; of a volume with several channels each has its own. Set it also to a name. */
  get window(): Window {
    return this.#settings.window;
  }
  set window(value: WindowChoice) {
    this.changeSettings({ window: value }, 'view.window');
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
    this.checkOpen(caller);
    const { layers, settings } = checkOverlays(this.#volume, value, caller);
    const base = { ...this.#settings, overlays: settings };
    const checked = settle(this.#volume, base, { overlays: settings }, caller);
    this.#overlays = layers;
    const defaulted = this.#port.defaulted().filter((name) => name !== 'overlays');
    this.#port.put(this.#volume, layers, { settings: checked, defaulted });
  }

  get plane(): Plane {
    return this.#settings.plane;
  }
  set plane(value: PlaneName) {
    this.changeSettings({ plane: value }, 'view.plane');
  }

  /** Change several settings at once: all of them, or none if one is refused. */
  set(options: SetOptions): void {
    refuseOverlays(options, 'view.set');
    this.changeSettings(options, 'view.set');
  }

  /**
   * Change how a channel is drawn.
   * @throws SlicescopeError `index-out-of-range`, `invalid-window`, `unknown-colormap`, `invalid-argument`.
   */
  setChannel(channel: number, options: ChannelLook): void {
    const { channels } = this.#settings;
    checkPlace(channel, channels.length, 'view.setChannel: channel', ONE_CHANNEL);
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
    this.checkOpen(caller);
    const before = this.overlays[at];
    checkPlace(at, this.#overlays.length, `${caller}: at`, NO_OVERLAYS);
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
    } else this.#port.set(changed, ['overlays']);
  }

  /**
   * Call `listener` when a person has changed the view in a browser (`change`), when the pointer has come to another voxel
   * (`probe`, of which those that happen while a cell runs are one) or has clicked one (`click`).
   * @returns a function that stops it
   */
  on<Type extends keyof ViewEvents>(type: Type, listener: (event: ViewEvents[Type]) => void): () => void {
    this.checkOpen('view.on');
    const stop = this.#listeners.add(type, listener, 'view.on');
    this.#tellListens();
    return () => {
      stop();
      if (this.#closed === null) this.#tellListens();
    };
  }

  /**
   * Show what has been written into the data of the volume and of its overlays since, in all views of them. From the first call
   * on the viewers show the content as of the last call, never what is written meanwhile.
   * @throws SlicescopeError `invalid-shape` if there is not enough memory for the copy.
   */
  refresh(): void {
    this.checkOpen('view.refresh');
    for (const { volume } of [this, ...this.#overlays]) volume.changed();
    this.#port.refresh();
  }

  /**
   * Let go of the volume, here and in every browser. The outputs keep their last picture. A view whose output is replaced, as when
   * its cell runs again, or cleared in an open notebook is closed by itself.
   */
  close(): void {
    this.#close('the view is closed');
  }

  /** @internal Its output was replaced or cleared, and no page shows it. */
  discardedByViewer(): void {
    this.#close('the view is closed, because its output was replaced or cleared');
  }

  #close(why: string): void {
    if (this.#closed !== null) return;
    this.#closed = why;
    this.#listeners.clear();
    this.#port.close();
  }

  /** @internal A browser changed these settings. */
  changedByViewer(changes: Partial<ViewSettings>): void {
    this.#listeners.emit('change', { ...this.#settings, changed: Object.keys(changes) } as ChangeEvent);
  }

  /** @internal A browser's pointer is over a voxel, or clicked it. */
  pointedByViewer(message: PointerMessage): void {
    const volume = this.#port.shown(this.#volume);
    if (volume.chunked) void this.#tellWhenRead(message, volume);
    else this.#tellVoxel(message, volume);
  }

  async #tellWhenRead(message: PointerMessage, volume: Volume): Promise<void> {
    try {
      this.#tellVoxel(await withValues(message, volume), volume);
    } catch (error) {
      console.error(`slicescope: ${messageOf(error)}`);
    }
  }

  #tellVoxel(message: PointerMessage, volume: Volume): void {
    const event = voxelEvent(message, volume, this.#overlays, this.#settings.overlays);
    if (event !== null) this.#listeners.emit(message.kind, event);
  }

  /** @internal `link` uses it. */
  get port(): ViewPort {
    return this.#port;
  }

  /** One line, for a cell whose last expression is the view. */
  override toString(): string {
    const { plane, index, window, colormap } = this.#settings;
    const { count } = this.#volume.info(0).planes[plane];
    const state =
      this.#closed !== null
        ? 'closed'
        : `${plane} ${String(index)} of ${String(count)}, window ${window.join(' to ')}, ${colormap}`;
    return `SliceView of ${String(this.#volume)}: ${state}`;
  }

  get #settings(): ViewSettings {
    return this.#port.settings();
  }

  /** @internal @throws SlicescopeError `view-closed`. */
  checkOpen(caller: string): void {
    if (this.#closed === null) return;
    const message = `${caller}: ${this.#closed}; call show again`;
    throw new SlicescopeError('view-closed', message, { viewId: this.id });
  }

  protected override readSettings(): ViewSettings {
    return this.#settings;
  }

  protected override readShown(): Omit<SliceExport, 'options'> {
    const shown = (volume: Volume): Volume => this.#port.shown(volume);
    const overlays = this.#overlays.map(({ volume, labels }) => ({ volume: shown(volume), labels }));
    return { volume: shown(this.#volume), settings: this.#settings, overlays };
  }

  protected override changeSettings(options: object, caller: string): void {
    this.checkOpen(caller);
    const before = this.#settings;
    const changed = changedSettings(before, settle(this.#volume, before, options, caller));
    this.#followed = followedIn(options, this.#volume) ?? this.#followed;
    const chosen = chosenIn(options);
    if (chosen.length > 0) this.#port.set(changed, chosen);
  }

  #swap(value: Volume, options: SwapOptions, caller: string): void {
    this.checkOpen(caller);
    refuseOverlays(options, caller);
    const volume = checkVolume(value, caller);
    for (const [at, overlay] of this.#overlays.entries()) {
      checkFit(volume, overlay.volume, overlayName(at), caller);
    }
    const view = { settings: this.#settings, defaulted: this.#port.defaulted(), followed: this.#followed };
    const { followed, ...settings } = swapped(view, volume, options, caller);
    this.#volume = volume;
    this.#followed = followed;
    this.#port.put(volume, this.#overlays, settings);
  }

  #tellListens(): void {
    const heard = this.#listeners.heard;
    this.#port.listen(POINTER_EVENTS.filter((type) => heard.includes(type)));
  }
}

function overlayName(at: number): string {
  return `overlays[${String(at)}]`;
}

const ONE_CHANNEL = 'but the volume has one channel only; set view.window and view.colormap';
const NO_OVERLAYS = 'but the view has no overlays; give view.overlays a list';

/** @param none says what to do where there is nothing to choose from. */
function checkPlace(value: number, count: number, what: string, none: string): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  const expected = count === 0 ? none : `expected a whole number from 0 to ${String(count - 1)}`;
  throw new SlicescopeError('index-out-of-range', `${what} is ${quote(value)}, ${expected}`, { index: value, count });
}

// What console.log prints. Not written as a method: the published types must not need a symbol's type.
Object.defineProperty(SliceView.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: SliceView): string {
    return this.toString();
  },
});
