import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ViewSettings, VolumeInfo } from '../protocol';
import { Links, type Link, type Linked } from './links';
import { changeSettings, changedSettings, initialSettings } from './settings';
import { volumeInfo } from './testing/settings-fixture';

const BIG: VolumeInfo = { ...volumeInfo(), shape: [10, 20, 30] };
const FLAT: VolumeInfo = { ...BIG, shape: [10, 20, 4] };

let links = new Links();
let views = new Map<string, Linked>();
beforeEach(() => {
  links = new Links();
  views = new Map();
});

function add(viewId: string, volume: VolumeInfo = BIG): void {
  views.set(viewId, { settings: initialSettings(volume, [0, 100]), volume });
}
const of = (viewId: string): Linked => views.get(viewId) as Linked;
function settings(viewId: string): ViewSettings {
  return of(viewId).settings;
}
function link(viewIds: readonly string[], names: Link['names'], id = viewIds.join()): void {
  links.add({ id, viewIds, names });
}

/** Change a view as somebody would. @returns what was changed in the others */
function change(viewId: string, patch: Partial<ViewSettings>): [string, Partial<ViewSettings>][] {
  const set = (id: string, next: ViewSettings): void => void views.set(id, { ...of(id), settings: next });
  const before = settings(viewId);
  set(viewId, changeSettings(before, patch, of(viewId).volume, 'test'));
  const names = Object.keys(changedSettings(before, settings(viewId))) as (keyof ViewSettings)[];
  const carried: [string, Partial<ViewSettings>][] = [];
  links.follow(viewId, names, (id) => views.get(id), (id, more) => {
    carried.push([id, more]);
    set(id, { ...settings(id), ...more });
  }); // prettier-ignore
  return carried;
}

describe('linked views', () => {
  test('take the settings that are linked, from whichever is changed, and no other', () => {
    add('a');
    add('b');
    link(['a', 'b'], ['index', 'window']);
    expect(change('a', { index: 3, zoom: 2 })).toEqual([['b', { index: 3, position: [5, 10, 3] }]]);
    expect(change('b', { window: [5, 6], colormap: 'viridis' })).toEqual([['a', { window: [5, 6] }]]);
    expect(change('a', { colormap: 'magma', rotation: 1 })).toEqual([]);
  });

  test('take what their volume allows: the nearest index, and the next change as it is', () => {
    add('a');
    add('b', FLAT);
    link(['a', 'b'], ['index']);
    expect(change('a', { index: 29 })).toEqual([['b', { index: 3, position: [5, 10, 3] }]]);
    expect(settings('a').index).toBe(29);
    expect(change('a', { index: 12 })).toEqual([]);
    expect(change('b', { index: 1 })).toEqual([['a', { index: 1, position: [5, 10, 1] }]]);
  });

  test('leave out what they can’t be, and take the rest', () => {
    add('a', { ...BIG, channels: 2 });
    add('b');
    const channel = { colormap: 'red', window: [0, 1], visible: true } as const;
    views.set('a', { ...of('a'), settings: { ...settings('a'), channels: [channel, channel] } });
    link(['a', 'b'], ['channels', 'zoom']);
    expect(change('a', { channels: [channel, { ...channel, visible: false }], zoom: 3 })).toEqual([['b', { zoom: 3 }]]);
  });

  test('take an index of the same plane only, and are in step again when they show the same', () => {
    add('a');
    add('b');
    link(['a', 'b'], ['index']);
    expect(change('a', { plane: 'xz', index: 19 })).toEqual([]);
    expect(change('a', { index: 18 })).toEqual([]);
    expect(change('b', { plane: 'xz', index: 2 })).toEqual([['a', { index: 2, position: [5, 2, 15] }]]);
  });

  test('take a plane together with its index', () => {
    add('a');
    add('b');
    change('b', { position: [1, 2, 3] });
    link(['a', 'b'], ['plane', 'index']);
    expect(change('a', { plane: 'yz', index: 7 })).toEqual([['b', { plane: 'yz', index: 7, position: [7, 2, 3] }]]);
  });

  test('take a position as far as they reach, in all planes', () => {
    add('a');
    add('b', FLAT);
    link(['a', 'b'], ['position']);
    expect(change('a', { position: [9, 19, 29] })).toEqual([['b', { index: 3, position: [9, 19, 3] }]]);
  });

  test('carry on what others take, and go in no circles', () => {
    add('a');
    add('b', FLAT);
    add('c');
    link(['a', 'b'], ['index']);
    link(['b', 'c'], ['index']);
    link(['c', 'a'], ['index', 'zoom']);
    expect(change('a', { index: 20 })).toEqual([
      ['b', { index: 3, position: [5, 10, 3] }],
      ['c', { index: 20, position: [5, 10, 20] }],
    ]);
    expect(settings('a').index).toBe(20);
  });

  test('may be linked in several ways at once', () => {
    add('a');
    add('b');
    link(['a', 'b'], ['index'], '1');
    link(['a', 'b'], ['zoom'], '2');
    expect(change('a', { index: 2, zoom: 4 })).toEqual([['b', { index: 2, position: [5, 10, 2], zoom: 4 }]]);
  });

  test('are left alone when the link is removed', () => {
    add('a');
    add('b');
    link(['a', 'b'], ['index'], 'it');
    links.remove('it');
    expect(change('a', { index: 2 })).toEqual([]);
    expect(links.all).toEqual([]);
  });

  test('that are closed are forgotten, and the others stay linked', () => {
    for (const viewId of ['a', 'b', 'c']) add(viewId);
    link(['a', 'b', 'c'], ['zoom'], 'three');
    link(['a', 'b'], ['index'], 'two');
    links.forget('b');
    expect(links.all).toEqual([{ id: 'three', viewIds: ['a', 'c'], names: ['zoom'] }]);
    expect(change('a', { zoom: 2, index: 1 })).toEqual([['c', { zoom: 2 }]]);
  });
});
