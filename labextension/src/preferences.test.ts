import { expect, test } from '@jest/globals';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';
import type { ViewSettings } from 'slicescope/lib/src/viewer';
import { PLAIN_SETTINGS } from '../../src/shading';
import { viewState } from '../../src/viewer/testing/states';
import { Preferences } from './preferences';

/** JupyterLab's settings of ours. */
class Settings {
  composite: object;
  readonly changed: Signal<this, void> = new Signal<this, void>(this);

  constructor(composite: object) {
    this.composite = composite;
  }

  change(composite: object): void {
    this.composite = composite;
    this.changed.emit();
  }
}

async function read(composite: object): Promise<{ readonly settings: Settings; readonly preferences: Preferences }> {
  const settings = new Settings(composite);
  const preferences = new Preferences(Promise.resolve(settings as unknown as ISettingRegistry.ISettings));
  await preferences.ready;
  return { settings, preferences };
}

const defaulted = (...names: (keyof ViewSettings)[]) => ({ ...viewState(1, 'xy', 2), defaulted: names });
const ALL = defaulted('colormap', 'interpolation', 'convention', 'rate', 'playback', 'zoom', 'window');

test('a view is changed in what the person wants otherwise, of what nobody has chosen', async () => {
  const wanted = {
    colormap: 'bone',
    interpolation: 'linear',
    convention: 'neurological',
    rate: 25,
    playback: 'bounce',
  };
  const { preferences } = await read(wanted);
  expect(preferences.patchFor(ALL)).toEqual(wanted);
  expect(preferences.patchFor(defaulted('rate', 'playback'))).toEqual({ rate: 25, playback: 'bounce' });
  expect(preferences.patchFor(defaulted())).toEqual({});
});

test('a view that starts with its volume’s own colour map keeps it', async () => {
  const { preferences } = await read({ colormap: 'bone', rate: 25 });
  expect(preferences.patchFor({ ...ALL, colormap: 'labels' })).toEqual({ rate: 25 });
});

test('what has JupyterLab’s own default is left to whoever makes the view', async () => {
  const { preferences } = await read({ ...PLAIN_SETTINGS, colormap: 'bone' });
  expect(preferences.patchFor(ALL)).toEqual({ colormap: 'bone' });
});

test('settings of other kinds change no view', async () => {
  const { preferences } = await read({ cacheMegabytes: 64, zoom: 3, window: [0, 1], index: 4 });
  expect(preferences.patchFor(ALL)).toEqual({});
});

test('a change of the settings holds for the views that are opened from then on', async () => {
  const { settings, preferences } = await read({ colormap: 'bone', rate: 25 });
  settings.change({ colormap: 'hot', rate: PLAIN_SETTINGS.rate });
  expect(preferences.patchFor(ALL)).toEqual({ colormap: 'hot' });
});

test('without a registry of settings nothing is wanted, and that is known at once', async () => {
  const preferences = new Preferences(null);
  await preferences.ready;
  expect(preferences.patchFor(ALL)).toEqual({});
});

test('settings that can’t be read are an error of `ready`, and nothing is wanted', async () => {
  const preferences = new Preferences(Promise.reject(new Error('not valid')));
  await expect(preferences.ready).rejects.toThrow('not valid');
  expect(preferences.patchFor(ALL)).toEqual({});
});
