import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { tileCache, type ClientComm, type ServerContent, type Slice, type ViewState } from 'slicescope/lib/src/viewer';
import { VOLUME_ITSELF, type TileWish } from '../../src/protocol';
import { viewState } from '../../src/viewer/testing/states';
import type { SliceModel } from './model';
import { frameFor, voxelOf, wishesIn } from './testing/companion';
import { KernelManager, MockComm } from './testing/kernel';
import { drawnOn, observers } from './testing/page';

/** A SliceModel on a kernel's own comm, in a real widget manager; a test is the kernel. */
let manager: KernelManager;
let comm: MockComm;
let model: SliceModel;
let state: ViewState;

beforeEach(async () => {
  jest.useFakeTimers();
  tileCache.clear();
  manager = new KernelManager();
  comm = new MockComm();
  state = viewState(1, 'xy', 2);
  model = await manager.makeModel(comm, state);
});

afterEach(async () => {
  await model.close();
  document.body.replaceChildren();
  jest.useRealTimers();
});

const changes = (sent: readonly ClientComm[]): object[] =>
  sent.flatMap((data) => (data.method === 'update' ? [data.state] : []));

function wishIn(sent: readonly ClientComm[]): TileWish {
  const [wish] = sent.flatMap((data) =>
    data.method === 'custom' && data.content.kind === 'wishes' ? data.content.tiles : [],
  );
  if (wish === undefined) throw new Error('nothing is wished for');
  return wish;
}

/** A frame as a kernel sends it: in a part of a larger message. */
async function send(frame: ArrayBuffer): Promise<void> {
  const message = new Uint8Array(frame.byteLength + 24);
  message.set(new Uint8Array(frame), 16);
  const buffer = new DataView(message.buffer, 16, frame.byteLength);
  await comm.say({ method: 'custom', content: {} }, '', [buffer]);
}

/** Grant the first wish that was sent. */
async function grant(of: ViewState = state): Promise<void> {
  await send(frameFor(wishIn(comm.sent()), of, 1));
}

const valuesOf = (slice: Slice | null): number[] => [...(slice?.layers[0]?.tiles[0]?.data ?? [])];

describe('what the person changes', () => {
  test('is in the state at once, and sent with what goes with it and nothing else', () => {
    model.choose({ index: 4 });
    expect(model.state).toMatchObject({ index: 4, position: [2, 1, 4] });
    expect(comm.sent()).toEqual([{ method: 'update', state: { index: 4, position: [2, 1, 4] }, buffer_paths: [] }]);
  });

  test('is gathered while a change waits for its answer, and the newest of it is sent then, once', async () => {
    for (const index of [3, 4, 0]) model.choose({ index });
    model.choose({ colormap: 'hot' });
    expect(await comm.answer()).toEqual({ index: 3, position: [2, 1, 3] });
    expect(changes(comm.sent())).toEqual([{ index: 0, position: [2, 1, 0], colormap: 'hot' }]);
    expect(model.state).toMatchObject({ index: 0, position: [2, 1, 0], colormap: 'hot' });
  });

  test('is not taken back by the echo of an earlier change, nor by what another page did before it', async () => {
    model.choose({ index: 3 });
    model.choose({ index: 4 });
    const elsewhere = { index: 1, position: [2, 1, 1], zoom: 3 };
    await comm.say({ method: 'echo_update', state: elsewhere, buffer_paths: [] }, 'another page');
    expect(model.state).toMatchObject({ index: 4, position: [2, 1, 4], zoom: 3 });
    await comm.answer();
    expect(model.state).toMatchObject({ index: 4, position: [2, 1, 4] });
    await comm.answer();
    expect(model.state).toMatchObject({ index: 4, position: [2, 1, 4], zoom: 3 });
    await comm.say({ method: 'echo_update', state: elsewhere, buffer_paths: [] }, 'another page');
    expect(model.state).toMatchObject({ index: 1, position: [2, 1, 1] });
  });

  test('is nothing before the kernel has said what the volume is', async () => {
    const early = new MockComm();
    const without = await manager.makeModel(early);
    expect(without.state).toBeNull();
    without.choose({ index: 4 });
    without.connected('mock', null);
    expect(early.sent()).toEqual([]);
    await early.update(state);
    expect(without.state).toMatchObject({ index: 2, volume: { name: 'test', shape: [4, 3, 5] } });
    expect(wishesIn(early.sent())).toEqual(['xy 2']);
    await without.close();
  });
});

describe('what the kernel changes', () => {
  test('is taken, told to views, and not sent back', async () => {
    const heard = jest.fn();
    model.on('change', heard);
    await comm.update({ index: 1, position: [2, 1, 1], colormap: 'bone' });
    expect(model.state).toMatchObject({ index: 1, position: [2, 1, 1], colormap: 'bone' });
    expect(heard).toHaveBeenCalledTimes(1);
    expect(comm.sent()).toEqual([]);
    model.choose({ zoom: 2 });
    expect(changes(comm.sent())).toEqual([{ zoom: 2 }]);
  });

  test('of a setting that the person has just changed holds, once that change is answered', async () => {
    model.choose({ index: 4 });
    const refused = { index: 2, position: [2, 1, 2] as const };
    await comm.say({ method: 'echo_update', state: refused, buffer_paths: [] }, 'message-1');
    expect(model.state).toMatchObject(refused);
    expect(changes(comm.sent())).toEqual([{ index: 4, position: [2, 1, 4] }]);
  });
});

describe('slices', () => {
  test('are wished for when the comm leads somewhere, and once', async () => {
    expect(comm.sent()).toEqual([]);
    model.connected('mock', null);
    await comm.update({ colormap: 'hot' });
    expect(comm.sent()).toEqual([
      {
        method: 'custom',
        content: {
          kind: 'wishes',
          revision: 1,
          preview: null,
          tiles: [
            {
              requestId: 1,
              plane: 'xy',
              index: 2,
              ...VOLUME_ITSELF,
              level: [0, 0],
              tile: [0, 0],
              priority: 'view',
              encoding: 'raw',
            },
          ],
        },
      },
    ]);
    expect(model.sliceOf('xy')).toBeNull();
  });

  test('are the voxels of their frames, and told of when they come', async () => {
    const heard = jest.fn();
    model.on('slice', heard);
    model.connected('mock', null);
    await grant();
    expect(heard).toHaveBeenCalledTimes(1);
    const slice = model.sliceOf('xy');
    expect(slice).toMatchObject({ revision: 1, plane: 'xy', index: 2, width: 4, height: 3, quality: 'exact' });
    expect(valuesOf(slice)).toEqual(Array.from({ length: 12 }, () => voxelOf(1, 2)));
    expect(model.sliceOf('xz')).toBeNull();
  });

  test('that are here already come with the change, and are not told of by themselves', async () => {
    model.connected('mock', null);
    await grant();
    model.choose({ index: 3 });
    await comm.answer();
    await grant();
    const heard: string[] = [];
    model.on('all', (event: string) => heard.push(event));
    model.choose({ index: 2 });
    expect(model.sliceOf('xy')?.index).toBe(2);
    expect(heard.filter((event) => event === 'slice' || event === 'change')).toEqual(['change']);
  });

  test('of another volume than the state’s are not shown, whichever of both comes first', async () => {
    model.connected('mock', null);
    const late = frameFor(wishIn(comm.sent()), state, 1);
    const swapped = viewState(2, 'xy', 1);
    await comm.update(swapped);
    await send(late);
    expect(model.sliceOf('xy')).toBeNull();
    await grant(swapped);
    expect(valuesOf(model.sliceOf('xy'))).toEqual(Array.from({ length: 12 }, () => voxelOf(2, 1)));
    await comm.update(viewState(3, 'xy', 1));
    expect(model.sliceOf('xy')).toBeNull();
  });

  test('are asked for anew over another connection, and from the cache if it leads to the same run', async () => {
    model.connected('run-1', null);
    await grant();
    model.connected('run-1', null);
    jest.runAllTimers();
    expect(wishesIn(comm.sent())).toEqual([]);
    expect(model.sliceOf('xy')?.index).toBe(2);
    model.connected('run-2', null);
    expect(wishesIn(comm.sent())).toEqual(['xy 2']);
  });

  test('that are broken are refused with what is wrong', async () => {
    model.connected('mock', null);
    await expect(send(new ArrayBuffer(3))).rejects.toThrow('binary frame: 3 bytes, a header has 48');
    const frame = frameFor(wishIn(comm.sent()), state, 1);
    await expect(send(frame.slice(0, -2))).rejects.toThrow('22 bytes of voxels, its tile needs 24');
    expect(model.sliceOf('xy')).toBeNull();
  });
});

test('an answer is what the kernel says without a buffer, and nothing else', async () => {
  const answers: ServerContent[] = [];
  model.on('answer', (content: ServerContent) => answers.push(content));
  const histogram = {
    kind: 'histogram',
    revision: 1,
    layer: 0,
    frame: 0,
    range: [0, 9],
    edges: [-0.5, 9.5],
    counts: [3, 4],
    percentiles: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  };
  model.tell({ kind: 'histogram', layer: 0, frame: 0, bins: 2 });
  expect(comm.sent()).toEqual([{ method: 'custom', content: { kind: 'histogram', layer: 0, frame: 0, bins: 2 } }]);
  await comm.say({ method: 'custom', content: histogram });
  expect(answers).toEqual([histogram]);
  await expect(comm.say({ method: 'custom', content: { kind: 'nonsense' } })).rejects.toThrow('nonsense');
  expect(answers).toHaveLength(1);
});

describe('a view of a kernel’s own model', () => {
  const canvas = (): HTMLCanvasElement | null => document.querySelector('canvas');

  async function show(): Promise<void> {
    const view = await manager.create_view(model);
    document.body.append(view.el);
    await jest.advanceTimersByTimeAsync(100);
  }

  test('asks that kernel for slices, and draws them', async () => {
    await show();
    expect(drawnOn(canvas())).toBeNull();
    await grant();
    expect(drawnOn(canvas())).toBe(model.sliceOf('xy'));
    expect(document.querySelector('.slicescope-view')).toMatchObject({
      dataset: { state: 'live', shownPlane: 'xy', shownIndex: '2', shownRevision: '1', quality: 'exact' },
    });
  });

  test('sends what the person does, and follows what the kernel sets', async () => {
    await show();
    await grant();
    const slider = document.querySelector<HTMLInputElement>('.slicescope-slider')!;
    expect([slider.min, slider.max, slider.value]).toEqual(['0', '4', '2']);
    slider.value = '3';
    slider.dispatchEvent(new Event('input'));
    expect(await comm.answer()).toEqual({ index: 3, position: [2, 1, 3] });
    await grant();
    expect(drawnOn(canvas())?.index).toBe(3);
    await comm.update({ plane: 'yz', index: 1, position: [1, 1, 3] });
    await grant();
    expect(drawnOn(canvas())).toMatchObject({ plane: 'yz', index: 1 });
    expect([slider.max, slider.value]).toEqual(['3', '1']);
  });

  test('says what there is to tell, also one that is made afterwards', async () => {
    await show();
    const run = jest.fn();
    model.notify({ text: 'The volume is away.', action: { label: 'Fetch it', run } }, true);
    await show();
    const notices = [...document.querySelectorAll('.slicescope-notice')];
    expect(notices.map(({ textContent }) => textContent)).toEqual(Array(2).fill('The volume is away.Fetch it'));
    notices[1]?.querySelector('button')?.click();
    expect(run).toHaveBeenCalledTimes(1);
    const dataOf = (): (string | undefined)[] =>
      [...document.querySelectorAll<HTMLElement>('.slicescope-view')].map(({ dataset }) => dataset.state);
    expect(dataOf()).toEqual(['stopped', 'stopped']);
    model.notify(null, false);
    expect(document.querySelector('.slicescope-notice:not([hidden])')).toBeNull();
  });

  test('goes with its model, which leaves nothing behind', async () => {
    await show();
    await show();
    await grant();
    await comm.update({ index: 3 });
    expect(observers()).toBe(4);
    await model.close();
    await jest.advanceTimersByTimeAsync(16); // The frame that is under way.
    expect(document.body.innerHTML).toBe('');
    expect([observers(), jest.getTimerCount(), comm.isClosed]).toEqual([0, 0, true]);
    comm.sent();
    model.connected('mock', null);
    jest.runAllTimers();
    expect(comm.sent()).toEqual([]);
  });
});
