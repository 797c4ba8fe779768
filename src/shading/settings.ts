import {
  CONVENTIONS,
  INTERPOLATIONS,
  LAYOUTS,
  PLANES,
  PLANE_AXES,
  PLAYBACKS,
  PROJECTIONS,
  SlicescopeError,
  checkNames,
  quote,
  type Camera,
  type ChannelSettings,
  type OverlaySettings,
  type Plane,
  type Triple,
  type VolumeInfo,
  type ViewSettings,
  type ViewState,
  type Window,
} from '../protocol';
import { checkColormap } from './colormaps';
import { checkWindow } from './window';

/** The largest magnification, relative to the whole slice in the canvas. */
export const MAX_ZOOM = 256;
/** The fastest that slices are played, a second. */
export const MAX_RATE = 60;

/** What a view starts with, but for what depends on the volume. */
export const PLAIN_SETTINGS: Omit<ViewSettings, 'index' | 'position' | 'window' | 'channels' | 'overlays'> = {
  layout: 'slice',
  plane: 'xy',
  frame: 0,
  colormap: 'gray',
  invert: false,
  interpolation: 'nearest',
  rotation: 0,
  flip: [false, false],
  zoom: 1,
  center: [0.5, 0.5, 0.5],
  crosshair: true,
  convention: 'radiological',
  slab: 1,
  projection: 'max',
  playing: false,
  rate: 10,
  playback: 'loop',
  camera: { position: [1.2, -1.75, 1.05], target: [0, 0, 0] },
};

/** Those that depend on the volume. */
const DEPENDENT_SETTINGS = ['index', 'position', 'window', 'channels', 'overlays'] as const;

/** The names of all settings. */
export const SETTING_NAMES: readonly (keyof ViewSettings)[] = [
  ...(Object.keys(PLAIN_SETTINGS) as (keyof typeof PLAIN_SETTINGS)[]),
  ...DEPENDENT_SETTINGS,
];

/** The settings that somebody chooses who asks for this change: who says one of index and position says both. */
export function chosenIn(patch: object): readonly (keyof ViewSettings)[] {
  const asked = SETTING_NAMES.filter((name) => (patch as Partial<ViewSettings>)[name] !== undefined);
  const isPlace = asked.includes('index') || asked.includes('position');
  return SETTING_NAMES.filter((name) => asked.includes(name) || (isPlace && (name === 'index' || name === 'position')));
}

/** The settings of a view of which nothing was asked: the middle slice, through this window. */
export function initialSettings({ shape }: VolumeInfo, window: Window, invert = false): ViewSettings {
  const position = shape.map((size) => Math.floor(size / 2)) as unknown as Triple;
  return { ...PLAIN_SETTINGS, invert, index: position[2], position, window, channels: [], overlays: [] };
}

function refuse(caller: string, name: string, value: unknown, expected: string): SlicescopeError {
  const message = `${caller}: ${name} is ${quote(value)}, expected ${expected}`;
  return new SlicescopeError('invalid-argument', message, { argument: name });
}

function checkIndex(name: string, value: unknown, count: number, caller: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= count) {
    const message = `${caller}: ${name} is ${quote(value)}, expected a whole number from 0 to ${String(count - 1)}`;
    const index = typeof value === 'number' ? value : NaN;
    throw new SlicescopeError('index-out-of-range', message, { index, count });
  }
  return value;
}

function checkPlane(value: unknown, caller: string): Plane {
  const known = PLANES.find((name) => name === value);
  if (known !== undefined) return known;
  const message = `${caller}: there is no plane ${quote(value)}; choose one of ${PLANES.join(', ')}`;
  throw new SlicescopeError('unknown-plane', message, { plane: typeof value === 'string' ? value : quote(value) });
}

/** Checks one setting's value, which may be anything, and returns it: a copy of what is a list or an object. */
type Check<T> = (value: unknown, name: string, caller: string) => T;

function oneOf<T>(choices: readonly T[]): Check<T> {
  return (value, name, caller) => {
    const known = choices.find((choice) => choice === value);
    if (known === undefined) throw refuse(caller, name, value, `one of ${choices.map(String).join(', ')}`);
    return known;
  };
}

const checkBoolean = oneOf([true, false]);

function numberFrom(least: number, most: number, expected: string, isWhole = false): Check<number> {
  return (value, name, caller) => {
    const fits = typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
    if (!fits) throw refuse(caller, name, value, expected);
    return value;
  };
}

function listOf(value: unknown, length: number): readonly unknown[] | null {
  return Array.isArray(value) && value.length === length ? (value as unknown[]) : null;
}

const checkTriple: Check<Triple> = (value, name, caller) => {
  const numbers = listOf(value, 3);
  if (numbers?.every((each) => typeof each === 'number' && Number.isFinite(each)) !== true) {
    throw refuse(caller, name, value, 'three numbers, [x, y, z]');
  }
  return [...numbers] as unknown as Triple;
};

const checkFlip: Check<ViewSettings['flip']> = (value, name, caller) => {
  const [horizontal, vertical] = listOf(value, 2) ?? [];
  if (typeof horizontal !== 'boolean' || typeof vertical !== 'boolean') {
    throw refuse(caller, name, value, '[horizontal, vertical], each true or false');
  }
  return [horizontal, vertical];
};

function fieldsOf(value: unknown, name: string, caller: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse(caller, name, value, 'an object');
  }
  return value as Readonly<Record<string, unknown>>;
}

const checkCamera: Check<Camera> = (value, name, caller) => {
  const { position, target } = fieldsOf(value, name, caller);
  return {
    position: checkTriple(position, `${name}.position`, caller),
    target: checkTriple(target, `${name}.target`, caller),
  };
};

const checkOpacity = numberFrom(0, 1, 'a number from 0 to 1');

function channelOf(fields: Readonly<Record<string, unknown>>, name: string, caller: string): ChannelSettings {
  return {
    colormap: checkColormap(fields.colormap, caller),
    window: checkWindow(fields.window, caller),
    visible: checkBoolean(fields.visible, `${name}.visible`, caller),
  };
}

/** A list with as many settings as there are channels or overlays. */
function listLike<T>(before: readonly T[], check: Check<T>): Check<readonly T[]> {
  return (value, name, caller) => {
    const items = listOf(value, before.length);
    if (items === null) throw refuse(caller, name, value, `a list with the settings of ${String(before.length)}`);
    return items.map((item, at) => check(item, `${name}[${String(at)}]`, caller));
  };
}

const checkChannel: Check<ChannelSettings> = (value, name, caller) =>
  channelOf(fieldsOf(value, name, caller), name, caller);

const checkOverlay: Check<OverlaySettings> = (value, name, caller) => {
  const fields = fieldsOf(value, name, caller);
  return { ...channelOf(fields, name, caller), opacity: checkOpacity(fields.opacity, `${name}.opacity`, caller) };
};

/** What each setting may be; index and position hang together and are checked apart. */
type Checks = {
  readonly [Name in Exclude<keyof ViewSettings, 'index' | 'position' | 'plane'>]: Check<ViewSettings[Name]>;
};

function checksFor({ channels, overlays }: ViewSettings, { frames }: VolumeInfo): Checks {
  const zooms = `a number from 1/${String(MAX_ZOOM)} to ${String(MAX_ZOOM)}`;
  return {
    layout: oneOf(LAYOUTS),
    frame: (value, name, caller) => checkIndex(name, value, frames, caller),
    window: (value, _, caller) => checkWindow(value, caller),
    colormap: (value, _, caller) => checkColormap(value, caller),
    invert: checkBoolean,
    interpolation: oneOf(INTERPOLATIONS),
    rotation: (value, name, caller) => {
      const turns = ([0, 1, 2, 3] as const).find((each) => each === value);
      if (turns === undefined) throw refuse(caller, name, value, '0, 1, 2 or 3 quarter turns clockwise');
      return turns;
    },
    flip: checkFlip,
    zoom: numberFrom(1 / MAX_ZOOM, MAX_ZOOM, zooms),
    center: checkTriple,
    crosshair: checkBoolean,
    convention: oneOf(CONVENTIONS),
    slab: numberFrom(1, 0xffff, 'a whole number of slices from 1 on', true),
    projection: oneOf(PROJECTIONS),
    playing: checkBoolean,
    rate: numberFrom(1, MAX_RATE, `a number from 1 to ${String(MAX_RATE)} a second`),
    playback: oneOf(PLAYBACKS),
    camera: checkCamera,
    channels: listLike(channels, checkChannel),
    overlays: listLike(overlays, checkOverlay),
  };
}

/** The index that stays when the number of slices changes. */
export function clampIndex(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}

/**
 * Settings as a volume can have them: where it has fewer slices or frames, the last one; and `position` follows
 * `index`.
 */
export function clampSettings(
  settings: ViewSettings,
  { shape, frames }: Pick<VolumeInfo, 'shape' | 'frames'>,
): ViewSettings {
  const normal = PLANE_AXES[settings.plane][2];
  const index = clampIndex(settings.index, shape[normal]);
  const position = settings.position.map((at, axis) =>
    axis === normal ? index : clampIndex(at, shape[axis] as number),
  ) as unknown as Triple;
  return { ...settings, index, position, frame: clampIndex(settings.frame, frames) };
}

/**
 * `settings` with the changes of `patch`, which may come from a person or from the wire and hold anything.
 * `index` and `position` follow each other; a new plane without either shows the slice at the position. Keys that are
 * no settings are an error.
 * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-colormap`,
 * `invalid-argument`; then nothing has changed.
 */
export function changeSettings(
  settings: ViewSettings,
  patch: Readonly<Record<string, unknown>>,
  volume: VolumeInfo,
  caller: string,
): ViewSettings {
  checkNames(patch, Object.keys(settings), caller);
  const plane = patch.plane === undefined ? settings.plane : checkPlane(patch.plane, caller);
  const normal = PLANE_AXES[plane][2];
  const position = [...settings.position] as [number, number, number];
  if (patch.position !== undefined) {
    const given = checkTriple(patch.position, 'position', caller);
    for (const axis of [0, 1, 2] as const) {
      position[axis] = checkIndex(`position[${String(axis)}]`, given[axis], volume.shape[axis], caller);
    }
  }
  if (patch.index !== undefined) position[normal] = checkIndex('index', patch.index, volume.shape[normal], caller);
  const checks: Readonly<Record<string, Check<unknown>>> = checksFor(settings, volume);
  const changed: Record<string, unknown> = { ...settings, plane, index: position[normal], position };
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || name === 'plane' || name === 'index' || name === 'position') continue;
    changed[name] = (checks[name] as Check<unknown>)(value, name, caller);
  }
  return changed as unknown as ViewSettings;
}

/** The settings in which `next` differs from `previous`. */
export function changedSettings(previous: ViewSettings, next: ViewSettings): Partial<ViewSettings> {
  const changed = Object.entries(next).filter(
    ([name, value]) =>
      value !== previous[name as keyof ViewSettings] &&
      JSON.stringify(value) !== JSON.stringify(previous[name as keyof ViewSettings]),
  );
  return Object.fromEntries(changed);
}

/** What a change makes of a view's state, with all that goes with it, such as the position with the index. */
export function settled(state: ViewState, patch: Partial<ViewSettings>): Partial<ViewSettings> {
  const settings = settingsOf(state);
  return changedSettings(settings, changeSettings(settings, patch, state.volume, 'view'));
}

/** The part of a view's state that both ends may change. */
export function settingsOf(state: ViewState): ViewSettings {
  const names = SETTING_NAMES.filter((name) => name in state);
  return Object.fromEntries(names.map((name) => [name, state[name]])) as unknown as ViewSettings;
}
