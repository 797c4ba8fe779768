import type { ViewSettings } from '../protocol';
import { Links, chosenIn, clampSettings, type Linked } from '../shading';
import type { Volume } from '../volume';
import type { ChosenSettings, ViewPort } from './slice-view';

type Names = readonly (keyof ViewSettings)[];

/** The state of a view that nobody looks at. */
class HeadlessState {
  volume: Volume;
  settings: ViewSettings;
  defaulted: Names;

  constructor(volume: Volume, { settings, defaulted }: ChosenSettings) {
    this.volume = volume;
    this.settings = settings;
    this.defaulted = defaulted;
  }

  set(patch: Partial<ViewSettings>, chosen: Names): void {
    this.settings = clampSettings({ ...this.settings, ...patch }, this.volume.info(0));
    this.defaulted = this.defaulted.filter((name) => !chosen.includes(name));
  }
}

/** By their ids. A view that its program has let go of without a close is not kept. */
const states: Map<string, WeakRef<HeadlessState>> = new Map();
const links: Links = new Links();

function follow(viewId: string, changed: Names): void {
  const linked = (id: string): Linked | undefined => {
    const state = states.get(id)?.deref();
    return state === undefined ? undefined : { settings: state.settings, volume: state.volume.info(0) };
  };
  links.follow(viewId, changed, linked, (id, patch) => states.get(id)?.deref()?.set(patch, chosenIn(patch)));
}

/** In plain Node a view has its state, its links and its exports, and nobody looks at it. */
export function headlessPort(viewId: string, volume: Volume, first: ChosenSettings): ViewPort {
  const state = new HeadlessState(volume, first);
  states.set(viewId, new WeakRef(state));
  return {
    settings: () => state.settings,
    defaulted: () => state.defaulted,
    set: (patch, chosen) => {
      state.set(patch, chosen);
      follow(viewId, Object.keys(patch) as (keyof ViewSettings)[]);
    },
    put: (next, _overlays, { settings, defaulted }) => {
      [state.volume, state.settings, state.defaulted] = [next, settings, defaulted];
    },
    setOverlay: (_at, _overlay, patch) => {
      state.set(patch, ['overlays']);
    },
    listen: () => undefined,
    link: (link) => {
      links.add(link);
      follow(link.viewIds[0] as string, link.names);
    },
    unlink: (linkId) => {
      links.remove(linkId);
    },
    refresh: () => undefined,
    shown: (shown) => shown,
    close: () => {
      states.delete(viewId);
      links.forget(viewId);
    },
  };
}
