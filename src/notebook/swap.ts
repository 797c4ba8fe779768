import { defaultChannels, defaultColormap, settle } from '../export';
import type { ChannelSettings, Window } from '../protocol';
import { chosenIn, clampSettings } from '../shading';
import type { Volume } from '../volume';
import type { SwapOptions, ViewOptions } from './view-options';
import type { ChosenSettings } from './view-port';

/** A window that was asked for by its name: it follows the volume, as long as it is the view's. */
export interface FollowedWindow {
  readonly name: 'auto' | 'range';
  readonly window: Window;
}

/** What of a view changes with its volume. */
export interface Swapped extends ChosenSettings {
  /** The last one that there was. */
  readonly followed: FollowedWindow | null;
}

/**
 * What a view has when it shows another volume, with options that are changed at once.
 * @throws SlicescopeError where one of them can't be.
 */
export function swapped(view: Swapped, volume: Volume, options: SwapOptions, caller: string): Swapped {
  const before = view.settings;
  const isKept = (options as SwapOptions | null)?.window === 'keep';
  const asked = isKept ? { ...options, window: undefined } : options;
  const { window, followed, defaulted } = isKept ? { ...view, window: before.window } : windowFor(view, volume);
  const isSame = isKept && before.channels.length === volume.info(0).channels;
  const channels = isSame ? before.channels : channelsFor(before.channels, volume);
  const invert = defaulted.includes('invert') ? volume.invert : before.invert;
  const colormap = defaulted.includes('colormap') ? defaultColormap(volume) : before.colormap;
  const base = { ...clampSettings(before, volume.info(0)), invert, colormap, window, channels };
  const settings = settle(volume, base, asked, caller);
  const chosen = chosenIn(asked);
  return {
    settings,
    defaulted: defaulted.filter((name) => !chosen.includes(name)),
    followed: followedIn(asked as ViewOptions, volume) ?? followed,
  };
}

/** The window that options ask for, if it is one that follows the volume. */
export function followedIn({ window: name }: ViewOptions, volume: Volume): FollowedWindow | null {
  return name === 'auto' || name === 'range' ? follow(name, volume) : null;
}

function follow(name: FollowedWindow['name'], volume: Volume): FollowedWindow {
  return { name, window: name === 'auto' ? volume.autoWindow : volume.rangeWindow };
}

/** The window for another volume: what follows the volume, or the one that there is, if it was chosen and is met. */
function windowFor(
  { settings: { window: before }, defaulted, followed: last }: Swapped,
  volume: Volume,
): Omit<Swapped, 'settings'> & { readonly window: Window } {
  if (last !== null && String(last.window) === String(before)) {
    const followed = follow(last.name, volume);
    return { window: followed.window, defaulted, followed };
  }
  if (!defaulted.includes('window') && meets(before, volume)) return { window: before, defaulted, followed: last };
  const unchosen = new Set([...defaulted, 'window' as const]);
  return { window: volume.defaultWindow, defaulted: [...unchosen], followed: last };
}

/** How the channels of another volume are drawn: as those before, where there are as many and their windows are met. */
function channelsFor(before: readonly ChannelSettings[], volume: Volume): readonly ChannelSettings[] {
  const usual = defaultChannels(volume);
  if (usual.length !== before.length) return usual;
  return before.map((channel, at) =>
    meets(channel.window, volume.at({ channel: at })) ? channel : { ...channel, window: volume.channelWindow(at) },
  );
}

/** Whether some of the volume's values lie within the window. */
export function meets([low, high]: Window, { range: [min, max] }: Volume): boolean {
  return low < max && high > min;
}
