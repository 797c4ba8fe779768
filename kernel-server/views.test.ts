import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ViewSettings, ViewState } from '../src/protocol';
import { refusal } from '../src/protocol/testing/thrown';
import { phantom } from '../src/volume/testing/phantom';
import { Publication } from './publication';
import { NOTHING_MORE, SETTINGS, at, viewRecord } from './testing/records';
import type { View } from './view';
import { Views, type ViewClient } from './views';

const volume = phantom([5, 4, 6]);
const onChange = jest.fn<(viewId: string, patch: Partial<ViewSettings>, seen: number) => void>();

class Watcher implements ViewClient {
  readonly heard: unknown[] = [];
  stateChanged(viewId: string, patch: Partial<ViewState>, parentId: string): void {
    this.heard.push([viewId, patch, parentId]);
  }
  refreshed(viewId: string, revision: number): void {
    this.heard.push([viewId, 'refreshed', revision]);
  }
  viewClosed(viewId: string): void {
    this.heard.push([viewId, 'closed']);
  }
}

let views = new Views(onChange);
let watcher = new Watcher();
const view = (): View => views.get('a') as View;
beforeEach(() => {
  onChange.mockClear();
  views = new Views(onChange);
  views.put(viewRecord('a', volume), 3);
  watcher = new Watcher();
  view().clients.add(watcher);
});

test('a view has the settings and the volume that it was made of', () => {
  expect(view().state).toEqual({ ...SETTINGS, ...NOTHING_MORE, volume: volume.info(1) });
  expect(view().read(({ data }) => data)).toBe(volume.data);
  expect(views.get('b')).toBeUndefined();
});

describe('another volume', () => {
  test('comes in one change, so that nobody sees half of it, and keeps the clients', () => {
    const other = phantom([2, 2, 2], 'float32');
    views.put(viewRecord('a', other, 9, { index: 1 }), 4);
    expect(watcher.heard).toEqual([['a', { ...SETTINGS, ...at(1), ...NOTHING_MORE, volume: other.info(9) }, '']]);
    expect(view().clients.has(watcher)).toBe(true);
    expect(onChange).not.toHaveBeenCalled();
  });
});

describe('a refresh', () => {
  test('tells of the revision, and leaves settings that a client has changed meanwhile', () => {
    views.change('a', view(), { index: 4 }, 'm');
    watcher.heard.length = 0;
    views.refresh('a', 2, []);
    expect(watcher.heard).toEqual([['a', 'refreshed', 2]]);
    expect(view().state).toEqual({ ...SETTINGS, ...at(4), ...NOTHING_MORE, volume: volume.info(2) });
    views.refresh('gone', 3, []);
    expect(onChange.mock.calls).toEqual([['a', at(4), 3]]);
  });

  test('has slices cut from what was published, and not from what was written since, until another swap', () => {
    const own = phantom([2, 2, 2]);
    views.put(viewRecord('a', own), 4);
    const publication = new Publication(own.toRecord());
    const values = (): number[] => view().read(({ data }) => Array.from(data));
    own.data.fill(7);
    publication.publish();
    views.refresh('a', 2, [publication.shared]);
    own.data.fill(8);
    expect(values()).toEqual(Array(8).fill(7));
    publication.publish();
    views.refresh('a', 3, []);
    own.data.fill(9);
    expect(values()).toEqual(Array(8).fill(8));
    views.put(viewRecord('a', own, 4), 5);
    expect(values()).toEqual(Array(8).fill(9));
  });
});

describe('a change by a client', () => {
  test('says which change of the kernel came before it', () => {
    views.change('a', view(), { index: 1 }, 'm1');
    views.set('a', { index: 2 }, 8);
    views.change('a', view(), { index: 3 }, 'm2');
    views.put(viewRecord('a', volume, 2), 11);
    views.change('a', view(), { zoom: 3 }, 'm3');
    expect(onChange.mock.calls).toEqual([
      ['a', at(1), 3],
      ['a', at(3), 8],
      ['a', { zoom: 3 }, 11],
    ]);
  });

  test('of the plane brings the index that goes with it', () => {
    views.change('a', view(), { position: [2, 0, 0] }, 'before');
    [watcher.heard.length, onChange.mock.calls.length] = [0, 0];
    views.change('a', view(), { plane: 'yz' }, 'm');
    expect(watcher.heard).toEqual([['a', { plane: 'yz', index: 2 }, 'm']]);
    expect(onChange.mock.calls).toEqual([['a', { plane: 'yz', index: 2 }, 3]]);
  });

  test('to what is already so is answered, and not told to the kernel', () => {
    views.change('a', view(), { index: 0 }, 'm');
    expect(watcher.heard).toEqual([['a', { index: 0 }, 'm']]);
    expect(onChange).not.toHaveBeenCalled();
  });

  test('is refused as a whole, and nothing of it stays', () => {
    const before = view().state;
    for (const patch of [{ index: 6 }, { index: 1, zoom: 0 }, { volume: {} }, { center: [0.5, 0.5, 'x'] }]) {
      expect(() => {
        views.change('a', view(), patch as Partial<ViewSettings>, 'm');
      }).toThrow(/^view: /);
    }
    refusal(() => {
      views.change('a', view(), JSON.parse('{"plane": {"toString": 1}}') as Partial<ViewSettings>, 'm');
    }, 'unknown-plane');
    expect(view().state).toEqual(before);
    expect(watcher.heard).toEqual([]);
  });
});

describe('settings that nobody has chosen', () => {
  beforeEach(() => {
    views.put({ ...viewRecord('a', volume), defaulted: ['colormap', 'index', 'position', 'zoom'] }, 3);
    watcher.heard.length = 0;
  });
  const left = (): unknown => view().state.defaulted;

  test('are chosen by a client, whether or not that changes them', () => {
    views.change('a', view(), { colormap: 'gray' }, 'm');
    expect(watcher.heard).toEqual([['a', { colormap: 'gray', defaulted: ['index', 'position', 'zoom'] }, 'm']]);
    views.change('a', view(), { index: 2 }, 'm');
    expect(left()).toEqual(['zoom']);
  });

  test('are chosen by the kernel, which says what was asked for', () => {
    views.set('a', { position: [1, 1, 1], index: 1 }, 4);
    expect(left()).toEqual(['colormap', 'zoom']);
    views.set('a', {}, 5, ['zoom']);
    expect(watcher.heard.at(-1)).toEqual(['a', { defaulted: ['colormap'] }, '']);
  });

  test('are refused as what a client may change', () => {
    const patch = { defaulted: [] } as Partial<ViewSettings>;
    expect(() => {
      views.change('a', view(), patch, 'm');
    }).toThrow(/^view: there is no option "defaulted", expected one of /);
  });
});

test('what comes to a view by a link is chosen, and told to the kernel as of that view', () => {
  views.put({ ...viewRecord('b', volume, 2), defaulted: ['colormap', 'zoom'] }, 9);
  views.links.add({ id: '1', viewIds: ['a', 'b'], names: ['zoom'] });
  views.change('a', view(), { zoom: 2, rotation: 1 }, 'm');
  expect(views.get('b')?.state).toMatchObject({ zoom: 2, rotation: 0, defaulted: ['colormap'] });
  expect(onChange.mock.calls).toEqual([
    ['a', { zoom: 2, rotation: 1 }, 3],
    ['b', { zoom: 2 }, 9],
  ]);
  views.close('b');
  expect(views.links.all).toEqual([]);
});

describe('a change by the kernel', () => {
  test('of the index is clamped, where a client has changed the plane before', () => {
    views.change('a', view(), { plane: 'xz' }, 'm');
    watcher.heard.length = 0;
    views.set('a', { index: 5 }, 4);
    expect(watcher.heard).toEqual([['a', { index: 3, position: [0, 3, 0] }, '']]);
    expect(view().state).toMatchObject({ plane: 'xz', index: 3 });
  });

  test('of a view that is closed is left out', () => {
    views.set('gone', { index: 1 }, 4);
    views.close('gone');
    expect(watcher.heard).toEqual([]);
  });
});

test('closing a view tells its clients', () => {
  views.close('a');
  expect(watcher.heard).toEqual([['a', 'closed']]);
  expect(views.get('a')).toBeUndefined();
});
