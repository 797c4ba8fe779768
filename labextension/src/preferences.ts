import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { PLAIN_SETTINGS, type ViewSettings, type ViewState } from 'slicescope/lib/src/viewer';

/** The settings of a view that are JupyterLab's too (schema/plugin.json, by the same names and with the same defaults). */
const PREFERABLE = ['colormap', 'interpolation', 'convention', 'rate', 'playback'] as const;
type Preferable = (typeof PREFERABLE)[number];

/** How a person wants views to be of which the notebook says nothing. */
export class Preferences {
  #values: Partial<Pick<ViewSettings, Preferable>> = {};
  /** When they are known. */
  readonly ready: Promise<void>;

  /** @param settings null where JupyterLab has none. */
  constructor(settings: Promise<ISettingRegistry.ISettings> | null) {
    this.ready = this.#follow(settings);
  }

  /**
   * What is to be changed of a view: settings that nobody has chosen, where the person wants others. What the volume itself says, such
   * as the colour map of labels, stays.
   */
  patchFor(state: ViewState): Partial<ViewSettings> {
    const isPlain = (name: Preferable): boolean =>
      state.defaulted.includes(name) && state[name] === PLAIN_SETTINGS[name];
    const names = PREFERABLE.filter((name) => this.#values[name] !== undefined && isPlain(name));
    return Object.fromEntries(names.map((name) => [name, this.#values[name]]));
  }

  async #follow(loading: Promise<ISettingRegistry.ISettings> | null): Promise<void> {
    const settings = await loading;
    if (settings === null) return;
    settings.changed.connect(() => {
      this.#take(settings.composite);
    });
    this.#take(settings.composite);
  }

  /** What has JupyterLab's own default is left to whoever makes the view: for signed values it may take another one. */
  #take(composite: ReadonlyPartialJSONObject): void {
    const chosen = PREFERABLE.filter(
      (name) => composite[name] !== undefined && composite[name] !== PLAIN_SETTINGS[name],
    );
    this.#values = Object.fromEntries(chosen.map((name) => [name, composite[name]]));
  }
}
