import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  SlicescopeError,
  tileCache,
  type ServerContent,
  type Slice,
  type ViewSettings,
} from 'slicescope/lib/src/viewer';
import { viewState } from '../../src/viewer/testing/states';
import { CompanionManager, type RemoteView } from './manager';
import { SliceModel } from './model';
import { Preferences } from './preferences';
import { FakeCompanion, voxelOf, wishesIn } from './testing/companion';

/** The manager of a page, and a companion at the other end of its socket. */
let companion: FakeCompanion;
let manager: CompanionManager;

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(1); // Of a delay that may be shorter.
  tileCache.clear();
  companion = new FakeCompanion();
  companion.put('a', viewState(1, 'xy', 2));
  companion.put('b', viewState(2, 'xz', 1));
  manager = new CompanionManager(companion.locate, new Preferences(null));
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Time for messages to go to and fro; a connection that is lost is tried again in it. */
async function pass(ms = 100): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

/** A view that an output has, with its model. */
async function open(viewId = 'a'): Promise<{ readonly view: RemoteView; readonly model: SliceModel }> {
  const view = manager.acquire(viewId);
  await pass();
  if (view.model === null) throw new Error(`there is no model of ${viewId}`);
  return { view, model: view.model };
}

const wishes = (): string[] =>
  wishesIn(companion.heard().flatMap((message) => (message.type === 'comm' ? [message.data] : [])));
const valueOf = (slice: Slice | null): unknown => slice?.layers[0]?.tiles[0]?.data[0];

describe('a view that an output takes part in', () => {
  test('has no model until the companion has answered, and then one with the state that it said', async () => {
    companion.hold();
    const view = manager.acquire('a');
    const updated = jest.fn();
    view.updated.connect(updated);
    await pass();
    expect([view.model, view.notice]).toEqual([null, null]);
    companion.release();
    await pass();
    expect(updated).toHaveBeenCalledTimes(1);
    expect(view.model).toBeInstanceOf(SliceModel);
    expect(view.model?.state).toMatchObject({ plane: 'xy', index: 2, volume: { revision: 1, shape: [4, 3, 5] } });
    expect(view.model).toMatchObject({ model_id: 'a', isConnected: true, notice: null });
    await expect(manager.get_model('a')).resolves.toBe(view.model);
    manager.release(view);
  });

  test('gets the slice that its state shows, with the companion’s values', async () => {
    const { view, model } = await open('b');
    expect(wishes()).toContain('xz 1');
    expect(model.sliceOf('xz')).toMatchObject({ plane: 'xz', index: 1, revision: 2, quality: 'exact' });
    expect(valueOf(model.sliceOf('xz'))).toBe(voxelOf(2, 1));
    manager.release(view);
  });

  test('says what the person changes, and is answered', async () => {
    const { view, model } = await open();
    companion.heard();
    model.choose({ index: 4 });
    await pass();
    const [change, ...more] = companion.changes();
    expect(change?.state).toEqual({ index: 4, position: [2, 1, 4] });
    expect(more).toEqual([]);
    model.choose({ index: 0 });
    await pass();
    expect(companion.changes().map(({ state }) => state.index)).toEqual([0]); // The first one was answered.
    expect(companion.stateOf('a')).toMatchObject({ index: 0, position: [2, 1, 0] });
    manager.release(view);
  });

  test('follows the kernel, without an answer to it', async () => {
    const { view, model } = await open();
    companion.change('a', { index: 0, position: [2, 1, 0], colormap: 'hot' });
    await pass();
    expect(model.state).toMatchObject({ index: 0, position: [2, 1, 0], colormap: 'hot' });
    expect(companion.changes()).toEqual([]);
    expect(valueOf(model.sliceOf('xy'))).toBe(voxelOf(1, 0));
    manager.release(view);
  });

  test('hears what is no state', async () => {
    const { view, model } = await open();
    const heard = jest.fn();
    model.on('answer', heard);
    const content: ServerContent = {
      kind: 'histogram',
      revision: 1,
      layer: 0,
      frame: 0,
      range: [0, 1],
      edges: [0, 1],
      counts: [12],
      percentiles: [0, 1, 2, 3, 4, 5, 6, 7, 8],
    };
    companion.sayToAll('a', { type: 'comm', viewId: 'a', parentId: '', data: { method: 'custom', content } });
    await pass();
    expect(heard).toHaveBeenCalledWith(content);
    manager.release(view);
  });

  test('has what changed while its model was made', async () => {
    const make = manager.new_model.bind(manager);
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    jest.spyOn(manager, 'new_model').mockImplementation(async (...args) => {
      await gate;
      return await make(...args);
    });
    const view = manager.acquire('a');
    await pass();
    companion.change('a', { index: 3, position: [2, 1, 3] });
    await pass();
    expect(view.model).toBeNull();
    go();
    await pass();
    expect(view.model?.state).toMatchObject({ index: 3, position: [2, 1, 3] });
    expect(valueOf(view.model?.sliceOf('xy') ?? null)).toBe(voxelOf(1, 3));
    manager.release(view);
  });
});

describe('an output that was replaced or cleared', () => {
  const said = (): unknown[] => companion.heard().filter(({ type }) => type === 'discarded' || type === 'close');

  test('is told of, over the connection of another view, and on one of its own', async () => {
    const other = await open('b');
    manager.discard('a');
    await pass();
    expect(said()).toEqual([{ type: 'discarded', viewId: 'a' }]);
    manager.release(other.view);
    companion.heard();
    manager.discard('a');
    await pass();
    expect(said()).toEqual([{ type: 'discarded', viewId: 'a' }]);
    expect([companion.pages, jest.getTimerCount()]).toEqual([0, 0]);
  });

  test('is told of with the next view, where the kernel could not be reached', async () => {
    companion.isDown = true;
    manager.discard('a');
    await pass();
    expect(jest.getTimerCount()).toBe(0);
    companion.isDown = false;
    const { view } = await open('b');
    expect(said()).toEqual([{ type: 'discarded', viewId: 'a' }]);
    manager.release(view);
  });

  test('is not told of while the view is shown elsewhere on the page', async () => {
    const { view } = await open();
    manager.discard('a');
    await pass();
    expect(said()).toEqual([]);
    manager.release(view);
  });
});

describe('several outputs', () => {
  test('of one view have one model, which lives as long as the last of them', async () => {
    const { view, model } = await open();
    const again = manager.acquire('a');
    expect(again).toBe(view);
    await pass();
    expect(companion.heard().filter(({ type }) => type === 'open')).toEqual([{ type: 'open', viewId: 'a' }]);
    manager.release(again);
    model.choose({ index: 4 });
    await pass();
    expect(companion.stateOf('a').index).toBe(4);
    const destroyed = jest.fn();
    model.on('destroy', destroyed);
    companion.heard();
    manager.release(view);
    expect(companion.heard()).toEqual([{ type: 'close', viewId: 'a' }]);
    expect([destroyed.mock.calls.length, manager.has_model('a'), companion.pages]).toEqual([1, false, 0]);
  });

  test('of two views share the socket, and each hears of its own view only', async () => {
    const first = await open('a');
    const second = await open('b');
    expect([companion.located, companion.pages]).toEqual([1, 1]);
    first.model.choose({ index: 4 });
    companion.change('b', { colormap: 'hot' });
    await pass();
    expect(first.model.state).toMatchObject({ index: 4, colormap: 'gray' });
    expect(second.model.state).toMatchObject({ index: 1, colormap: 'hot' });
    expect(valueOf(first.model.sliceOf('xy'))).toBe(voxelOf(1, 4));
    expect(valueOf(second.model.sliceOf('xz'))).toBe(voxelOf(2, 1));
    manager.release(first.view);
    expect([companion.pages, manager.has_model('a'), manager.has_model('b')]).toEqual([1, false, true]);
    manager.release(second.view);
    expect([companion.pages, jest.getTimerCount()]).toEqual([0, 0]);
  });

  test('one after the other have models of their own, the later one with the state as it is then', async () => {
    const { view, model } = await open();
    model.choose({ index: 4 });
    await pass();
    manager.release(view);
    const later = await open();
    expect(later.view).not.toBe(view);
    expect(later.model).not.toBe(model);
    expect(later.model.state?.index).toBe(4);
    expect(valueOf(later.model.sliceOf('xy'))).toBe(voxelOf(1, 4));
    manager.release(later.view);
  });
});

describe('an output that goes', () => {
  test('before the companion was found leaves no connection', async () => {
    const view = manager.acquire('a');
    manager.release(view);
    await pass(1000);
    expect([view.model, companion.pages, jest.getTimerCount()]).toEqual([null, 0, 0]);
    expect(companion.heard()).toEqual([]);
  });

  test('while its model is made leaves no model', async () => {
    const make = manager.new_model.bind(manager);
    let made: unknown;
    jest.spyOn(manager, 'new_model').mockImplementation(async (...args) => {
      const model = await make(...args);
      made = model;
      manager.release(view);
      return model;
    });
    const closed = jest.spyOn(SliceModel.prototype, 'close');
    const view = manager.acquire('a');
    await pass();
    expect(made).toBeInstanceOf(SliceModel);
    expect(closed.mock.contexts).toEqual([made]);
    expect([view.model, companion.pages, jest.getTimerCount()]).toEqual([null, 0, 0]);
  });
});

describe('a connection that is lost', () => {
  const LOST = 'The connection to the kernel is lost. Trying again.';

  test('is told of, and made again with what changed meanwhile', async () => {
    const { view, model } = await open();
    companion.cut();
    expect(model.notice?.text).toBe(LOST);
    expect([model.isStopped, model.state?.index]).toEqual([false, 2]);
    companion.put('a', { ...companion.stateOf('a'), index: 1, position: [2, 1, 1], colormap: 'bone' });
    await pass(5000);
    expect(model.notice).toBeNull();
    expect(model.state).toMatchObject({ index: 1, position: [2, 1, 1], colormap: 'bone' });
    expect(valueOf(model.sliceOf('xy'))).toBe(voxelOf(1, 1));
    expect(companion.changes()).toEqual([]);
    manager.release(view);
  });

  test('loses no change: what was not answered is said again, and what was done meanwhile after it', async () => {
    const { view, model } = await open();
    companion.heard();
    companion.hold();
    model.choose({ index: 3 });
    await pass();
    const [first] = companion.changes();
    companion.cut();
    companion.put('a', viewState(1, 'xy', 2)); // It never arrived.
    model.choose({ index: 4, zoom: 2 });
    companion.release();
    await pass(5000);
    const [again, then] = companion.changes();
    expect(again).toEqual(first);
    expect(then?.state).toEqual({ index: 4, position: [2, 1, 4], zoom: 2 });
    expect(model.state).toMatchObject({ index: 4, zoom: 2 });
    expect(companion.stateOf('a')).toMatchObject({ index: 4, position: [2, 1, 4], zoom: 2 });
    manager.release(view);
  });

  test('leaves changes out that were about another volume, and goes on', async () => {
    const { view, model } = await open();
    companion.heard();
    companion.hold();
    model.choose({ index: 4 });
    await pass();
    companion.cut();
    companion.put('a', viewState(7, 'xy', 0));
    companion.release();
    companion.heard();
    await pass(5000);
    expect(companion.changes()).toEqual([]);
    expect(model.state).toMatchObject({ index: 0, volume: { revision: 7 } });
    expect(valueOf(model.sliceOf('xy'))).toBe(voxelOf(7, 0));
    model.choose({ index: 1 });
    await pass();
    expect(companion.changes().map(({ state }) => state.index)).toEqual([1]);
    manager.release(view);
  });

  test('to a companion that has started anew has its slices asked for again', async () => {
    const { view, model } = await open();
    expect(wishes()).toContain('xy 2');
    companion.cut();
    companion.instance = 'run-2';
    companion.hold();
    await pass(5000);
    companion.release();
    await pass();
    expect(wishes()).toContain('xy 2');
    expect(model.sliceOf('xy')).toMatchObject({ index: 2, quality: 'exact' });
    manager.release(view);
  });

  test('is made again when the person asks for it, without the wait', async () => {
    const { view, model } = await open();
    companion.isDown = true;
    companion.cut();
    await pass(60_000);
    expect(model.notice?.text).toBe('The kernel can’t be reached. Trying again.');
    expect(model.notice?.action?.label).toBe('Try now');
    companion.isDown = false;
    model.notice?.action?.run();
    await pass(20);
    expect([model.notice, companion.pages]).toEqual([null, 1]);
    manager.release(view);
  });

  test('before there was a model is a notice of the view, and the model comes when it is there', async () => {
    companion.isDown = true;
    const view = manager.acquire('a');
    const updated = jest.fn();
    view.updated.connect(updated);
    await pass(20);
    expect(view.notice?.text).toBe('The kernel can’t be reached. Trying again.');
    companion.isDown = false;
    // Another output of the view is a reason to look at once.
    expect(manager.acquire('a')).toBe(view);
    await pass(20);
    expect(view.notice).toBeNull();
    expect(view.model?.state?.index).toBe(2);
    expect(updated).toHaveBeenCalledTimes(2);
    manager.release(view);
    manager.release(view);
    expect([companion.pages, jest.getTimerCount()]).toEqual([0, 0]);
  });
});

describe('what is final', () => {
  test('is that the kernel has no such view: it is said, and nothing is tried', async () => {
    const view = manager.acquire('nobody');
    await pass();
    expect(view.notice).toEqual({ text: 'There is no such view.' });
    await pass(60_000);
    expect(companion.heard()).toEqual([{ type: 'open', viewId: 'nobody' }]);
    manager.release(view);
  });

  test('is that there is no kernel any more', async () => {
    const locate = jest.fn(() => Promise.reject(new SlicescopeError('unknown-view', 'Run the cell.', { viewId: '' })));
    const without = new CompanionManager(locate, new Preferences(null));
    const view = without.acquire('a');
    await pass(60_000);
    expect([view.notice, locate.mock.calls.length]).toEqual([{ text: 'Run the cell.' }, 1]);
    without.release(view);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is that the kernel has closed the view, whose state and slice stay', async () => {
    const { view, model } = await open();
    companion.close('a');
    await pass();
    expect(model.notice).toEqual({ text: 'The kernel closed this view. Run the cell to show it again.' });
    expect([model.isStopped, model.state?.index, model.sliceOf('xy')?.index]).toEqual([true, 2, 2]);
    manager.release(view);
  });

  test('is not a refusal: it is said until the state that holds is there', async () => {
    const { view, model } = await open();
    const message = 'index is 9, expected a whole number from 0 to 4';
    companion.sayToAll('a', { type: 'error', code: 'index-out-of-range', message, viewId: 'a' });
    await pass();
    expect([model.notice?.text, model.isStopped]).toEqual([message, false]);
    companion.change('a', { index: 3, position: [2, 1, 3] });
    await pass();
    expect([model.notice, model.state?.index]).toEqual([null, 3]);
    manager.release(view);
  });
});

describe('what the person prefers', () => {
  /** JupyterLab's settings of ours, which `loaded` brings. */
  let loaded: (composite: Partial<ViewSettings>) => void;
  let failed: (error: Error) => void;

  beforeEach(() => {
    const settings = new Promise<ISettingRegistry.ISettings>((resolve, reject) => {
      loaded = (composite) => {
        resolve({ composite, changed: { connect: () => true } } as unknown as ISettingRegistry.ISettings);
      };
      failed = reject;
    });
    const preferences = new Preferences(settings);
    preferences.ready.catch(() => undefined);
    manager = new CompanionManager(companion.locate, preferences);
    companion.put('a', { ...viewState(1, 'xy', 2), defaulted: ['colormap', 'rate'] });
  });

  test('is set in a view that is opened, of what nobody has chosen', async () => {
    loaded({ colormap: 'bone', rate: 20, interpolation: 'linear' });
    const { view, model } = await open();
    await pass();
    expect(companion.changes().map(({ state }) => state)).toEqual([{ colormap: 'bone', rate: 20 }]);
    expect(model.state).toMatchObject({ colormap: 'bone', rate: 20, interpolation: 'nearest' });
    manager.release(view);
  });

  test('is set when it is known, and nothing waits for it', async () => {
    const { view, model } = await open();
    expect(model.sliceOf('xy')?.index).toBe(2);
    expect(companion.changes()).toEqual([]);
    loaded({ colormap: 'bone' });
    await pass();
    expect(companion.changes().map(({ state }) => state)).toEqual([{ colormap: 'bone' }]);
    manager.release(view);
  });

  test('is not set in a view that has gone meanwhile', async () => {
    const { view } = await open();
    manager.release(view);
    loaded({ colormap: 'bone' });
    await pass();
    expect(companion.changes()).toEqual([]);
  });

  test('is not set where it can’t be read, and the view goes on', async () => {
    failed(new Error('no settings'));
    const { view, model } = await open();
    expect(companion.changes()).toEqual([]);
    expect(model.sliceOf('xy')?.index).toBe(2);
    manager.release(view);
  });
});
