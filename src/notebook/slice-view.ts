import {
  checkOverlap,
  checkOverlay,
  checkOverlays,
  checkVolume,
  defaultChannels,
  drawerOf,
  encodePng,
  fileOptions,
  rangeOptions,
  settle,
  writeAnimation,
  writeMontage,
  writeSlice,
  writeStack,
  type AnimationOptions,
  type ChannelLook,
  type ChannelOptions,
  type FileOptions,
  type LookOptions,
  type MontageOptions,
  type Overlay,
  type OverlayOptions,
  type PlaneName,
  type RangeOptions,
  type SliceExport,
  type StackExport,
  type WindowChoice,
} from '../export';
import {
  POINTER_EVENTS,
  SlicescopeError,
  messageOf,
  quote,
  type Camera,
  type ChannelSettings,
  type Layout,
  type Plane,
  type OverlaySettings,
  type Playback,
  type PointerEventName,
  type PointerMessage,
  type ViewSettings,
  type Window,
} from '../protocol';
import { changedSettings, chosenIn, clampSettings, type Link } from '../shading';
import { Volume, type OverlayLayer } from '../volume';
import { Listeners } from './listeners';
import { displayedBytes } from './picture-bytes';
import { ViewProperties } from './view-properties';
import { voxelEvent, withValues, type VoxelEvent } from './voxel-event';

/** What a view can be set to, at its start and later. */
export interface ViewOptions extends LookOptions {
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

/** How a view goes on with another volume. */
export interface SwapOptions extends Omit<SetOptions, 'window'> {
  /**
   * A window for the new volume; `keep` for the one that there is, whatever the new volume's values. Default: the one
   * that there is, if somebody chose it and the new volume's values meet it, else the new volume's own.
   */
  readonly window?: WindowChoice | 'keep';
}

/** What a person changed in the browser: the view's settings after it, and which of them are new. */
export interface ChangeEvent extends ViewSettings {
  readonly changed: readonly (keyof ViewSettings)[];
}

/** What a view can be listened for. */
export interface ViewEvents {
  /** A person changed the view in a browser, or one that it is linked to. */
  change: ChangeEvent;
  /** A person's pointer is over another voxel. */
  probe: VoxelEvent;
  /** A person clicked a voxel. */
  click: VoxelEvent;
}

/** The settings of a view, and which of them nobody has chosen. */
export interface ChosenSettings {
  readonly settings: ViewSettings;
  readonly defaulted: readonly (keyof ViewSettings)[];
}

/** Where a view's state goes: to the companion and from there to every browser that shows the view. */
export interface ViewPort {
  settings(): ViewSettings;
  /** The settings that nobody has chosen. */
  defaulted(): readonly (keyof ViewSettings)[];
  /** `chosen` names the settings that were asked for. */
  set(patch: Partial<ViewSettings>, chosen: readonly (keyof ViewSettings)[]): void;
  /** Other volumes and the settings that go with them. */
  put(volume: Volume, overlays: readonly OverlayLayer[], settings: ChosenSettings): void;
  /** Another overlay in the place of one, and the settings that go with it. */
  setOverlay(at: number, overlay: OverlayLayer, patch: Partial<ViewSettings>): void;
  /** What of people's pointers is listened to. */
  listen(types: readonly PointerEventName[]): void;
  /** Keep this view and others in step, beginning with the first one. */
  link(link: Link): void;
  unlink(linkId: string): void;
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
  readonly #listeners: Listeners<ViewEvents> = new Listeners(['change', 'probe', 'click']);
  #volume: Volume;
  #overlays: readonly OverlayLayer[];
  /** The window that follows the volume, by its name, as long as it is the view's. */
  #followed: { readonly name: 'auto' | 'range'; readonly window: Window } | null = null;
  #closed = false;

  /** @internal `show` makes views. */
  constructor(id: string, volume: Volume, overlays: readonly OverlayLayer[], port: ViewPort, asked: ViewOptions) {
    super();
    this.id = id;
    this.#volume = volume;
    this.#overlays = overlays;
    this.#port = port;
    this.#follow(asked);
  }

  get volume(): Volume {
    return this.#volume;
  }

  /**
   * Show another volume in the same place. Plane, colour map, rotation and zoom stay; the index is clamped; the window
   * stays if somebody chose it and the new volume's values meet it, else it is the new volume's default. `show` says
   * otherwise. Channels stay as they are drawn where there are as many. Overlays are sampled anew on the new volume's
   * slices.
   * @throws SlicescopeError `no-overlap` where an overlay has no place in common with the new volume.
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
      if (!this.#closed) this.#tellListens();
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
   * Write what the view shows: the slice with all that is drawn over it, rotated and mirrored, the part that it is zoomed in to.
   * Options as of the function `exportSlice`; a look that they give is not the view's.
   * @returns the file's absolute path; without a path the bytes of a PNG, which a notebook displays
   * @throws SlicescopeError `invalid-argument`, `unsupported-format`, `file-exists`, `write-failed`.
   */
  async exportSlice(path: string, options?: FileOptions): Promise<string>;
  async exportSlice(): Promise<Uint8Array>;
  async exportSlice(path?: string, options: FileOptions = {}): Promise<string | Uint8Array> {
    const caller = 'view.exportSlice';
    if (path !== undefined) return await writeSlice(this.#exported(options, caller), path, caller);
    const what = this.#exported(options, caller);
    return displayedBytes(await encodePng(await (await drawerOf(what, caller))(what.settings)));
  }

  /** Write slices as the view shows its one, as the function `exportStack` does. @returns the files' absolute paths */
  async exportStack(path: string, options: FileOptions & RangeOptions = {}): Promise<string[]> {
    return await writeStack(this.#range(options, 'view.exportStack'), path, 'view.exportStack');
  }

  /** Write slices as the view shows its one, as the function `exportMontage` does. @returns the file's absolute path */
  async exportMontage(
    path: string,
    options: FileOptions & RangeOptions & Pick<MontageOptions, 'columns'> = {},
  ): Promise<string> {
    const { columns, ...others } = options;
    return await writeMontage(this.#range(others, 'view.exportMontage'), path, columns, 'view.exportMontage');
  }

  /** Write slices as the view shows its one, as the function `exportAnimation` does. @returns the file's absolute path */
  async exportAnimation(
    path: string,
    options: FileOptions & RangeOptions & Pick<AnimationOptions, 'perSecond' | 'bounce'> = {},
  ): Promise<string> {
    const { perSecond, bounce, ...others } = options;
    const timing = { ...(perSecond === undefined ? {} : { perSecond }), ...(bounce === undefined ? {} : { bounce }) };
    return await writeAnimation(this.#range(others, 'view.exportAnimation'), path, timing, 'view.exportAnimation');
  }

  #exported(options: FileOptions, caller: string): SliceExport {
    const shown = (volume: Volume): Volume => this.#port.shown(volume);
    const overlays = this.#overlays.map(({ volume, labels }) => ({ volume: shown(volume), labels }));
    const { file } = fileOptions(options, caller);
    return { volume: shown(this.#volume), settings: this.#settings, overlays, options: file };
  }

  #range({ from, to, step, onProgress, signal, ...file }: FileOptions & RangeOptions, caller: string): StackExport {
    return { ...this.#exported(file, caller), range: rangeOptions({ from, to, step, onProgress, signal }, caller) };
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
    const state = this.#closed
      ? 'closed'
      : `${plane} ${String(index)} of ${String(count)}, window ${window.join(' to ')}, ${colormap}`;
    return `SliceView of ${String(this.#volume)}: ${state}`;
  }

  get #settings(): ViewSettings {
    return this.#port.settings();
  }

  /** @internal @throws SlicescopeError `view-closed`. */
  checkOpen(caller: string): void {
    if (!this.#closed) return;
    const message = `${caller}: the view is closed; call show again`;
    throw new SlicescopeError('view-closed', message, { viewId: this.id });
  }

  protected override readSettings(): ViewSettings {
    return this.#settings;
  }

  protected override changeSettings(options: object, caller: string): void {
    this.checkOpen(caller);
    const before = this.#settings;
    const changed = changedSettings(before, settle(this.#volume, before, options, caller));
    this.#follow(options);
    const chosen = chosenIn(options);
    if (chosen.length > 0) this.#port.set(changed, chosen);
  }

  /** Whether a window that was asked for is one that follows the volume. */
  #follow({ window: name }: ViewOptions): void {
    if (name === 'auto' || name === 'range') this.#followed = { name, window: windowNamed(name, this.#volume) };
  }

  #swap(value: Volume, options: SwapOptions, caller: string): void {
    this.checkOpen(caller);
    refuseOverlays(options, caller);
    const volume = checkVolume(value, caller);
    for (const [at, overlay] of this.#overlays.entries()) {
      checkOverlap(volume, overlay.volume, overlayName(at), caller);
    }
    const isKept = (options as SwapOptions | null)?.window === 'keep';
    const asked = isKept ? { ...options, window: undefined } : options;
    const before = this.#settings;
    const defaulted = new Set(this.#port.defaulted());
    const channels =
      isKept && before.channels.length === volume.info(0).channels
        ? before.channels
        : channelsOf(volume, before.channels);
    const window = isKept ? before.window : this.#windowFor(volume, before.window, defaulted);
    const base = { ...clampSettings(before, volume.info(0)), window, channels };
    const settings = settle(volume, base, asked, caller);
    for (const name of chosenIn(asked)) defaulted.delete(name);
    this.#volume = volume;
    this.#follow(asked as ViewOptions);
    this.#port.put(volume, this.#overlays, { settings, defaulted: [...defaulted] });
  }

  /** The window for another volume: the one that there is, if it was chosen and fits, or what follows the volume. */
  #windowFor(volume: Volume, before: Window, defaulted: Set<keyof ViewSettings>): Window {
    const followed = this.#followed;
    if (followed !== null && String(followed.window) === String(before)) {
      const window = windowNamed(followed.name, volume);
      this.#followed = { name: followed.name, window };
      return window;
    }
    if (!defaulted.has('window') && meets(before, volume)) return before;
    defaulted.add('window');
    return volume.defaultWindow;
  }

  #tellListens(): void {
    const heard = this.#listeners.heard;
    this.#port.listen(POINTER_EVENTS.filter((type) => heard.includes(type)));
  }
}

function windowNamed(name: 'auto' | 'range', volume: Volume): Window {
  return name === 'auto' ? volume.autoWindow : volume.rangeWindow;
}

/** @throws SlicescopeError `invalid-argument` where overlays are among the settings. */
function refuseOverlays(options: object, caller: string): void {
  if ((options as ViewOptions | null)?.overlays === undefined) return;
  const message = `${caller}: overlays are no setting; give view.overlays a list, or call view.setOverlay`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'overlays' });
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
