import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { viewState } from '../viewer/testing/states';
import { Line } from '../viewer/transport/line';
import type { ClientComm, Connection, Notice } from '../viewer';
import { PageModel } from './page-model';

/** What the model said to the companion. */
let said: { readonly msgId: string; readonly data: ClientComm }[];
let notices: (readonly [Notice | null, boolean])[];
let model: PageModel;
const updated = jest.fn();
const retry = jest.fn();
const line = new Line(true, 0);

beforeEach(() => {
  said = [];
  notices = [];
  const connection = {
    comm: (_viewId: string, msgId: string, data: ClientComm) => said.push({ msgId, data }),
    retry,
  } as unknown as Connection;
  model = new PageModel('a', connection, {
    updated,
    notified: (...notice) => notices.push(notice),
  });
  model.opened(viewState(1, 'xy', 2), 'run', line);
});

const updates = (): { readonly msgId: string; readonly state: object }[] =>
  said.flatMap(({ msgId, data }) => (data.method === 'update' ? [{ msgId, state: data.state }] : []));

describe('what the person changes', () => {
  test('is there at once, and said', () => {
    model.change({ colormap: 'hot' });
    expect(model.state.colormap).toBe('hot');
    expect(updates()).toEqual([{ msgId: expect.any(String), state: { colormap: 'hot' } }]);
  });

  test('is told of once, and not again when the companion answers that it is so', () => {
    updated.mockClear();
    model.change({ index: 4 });
    expect(updated).toHaveBeenCalledTimes(1);
    model.changed({ index: 4, position: [2, 1, 4] }, 'echo_update', updates()[0]!.msgId);
    expect(updated).toHaveBeenCalledTimes(1);
    model.changed({ index: 3, position: [2, 1, 3] }, 'update', '');
    expect(updated).toHaveBeenCalledTimes(2);
  });

  test('comes with what goes with it', () => {
    model.change({ index: 4 });
    expect(model.state.position).toEqual([2, 1, 4]);
    expect(updates()[0]?.state).toEqual({ index: 4, position: [2, 1, 4] });
  });

  test('is gathered until the last message is answered, and the newest of it is said', () => {
    for (const index of [3, 4, 0]) model.change({ index });
    model.change({ colormap: 'hot' });
    expect(updates()).toHaveLength(1);
    model.changed({ index: 3, position: [2, 1, 3] }, 'echo_update', updates()[0]!.msgId);
    expect(model.state.index).toBe(0);
    expect(updates()[1]?.state).toEqual({ index: 0, position: [2, 1, 0], colormap: 'hot' });
    model.changed({ index: 0, position: [2, 1, 0], colormap: 'hot' }, 'echo_update', updates()[1]!.msgId);
    expect(updates()).toHaveLength(2);
    expect(model.state).toMatchObject({ index: 0, colormap: 'hot' });
  });

  test('is newer than what another page did before it; all else of that is taken', () => {
    model.change({ index: 4 });
    model.changed({ index: 1, position: [2, 1, 1], zoom: 3 }, 'echo_update', 'another page');
    expect(model.state).toMatchObject({ index: 4, zoom: 3 });
  });

  test('is taken back where it is refused, and the person is told why until then', () => {
    model.change({ index: 4 });
    model.failed('no such slice', false);
    expect(notices.at(-1)?.[0]?.text).toBe('no such slice');
    model.changed({ ...viewState(1, 'xy', 1) }, 'echo_update', updates()[0]!.msgId);
    expect(model.state.index).toBe(1);
    expect(notices.at(-1)).toEqual([null, false]);
  });

  test('is said again over a new connection, as a whole and the newest of it', () => {
    model.change({ index: 3 });
    model.change({ index: 4, zoom: 2 });
    model.opened(viewState(1, 'xy', 2), 'run', line);
    expect(model.state).toMatchObject({ index: 4, zoom: 2 });
    expect(updates()[1]?.state).toMatchObject({ index: 4, zoom: 2 });
    expect(updates()[1]?.msgId).not.toBe(updates()[0]?.msgId);
  });

  test('is not said of another volume', () => {
    model.change({ index: 3 });
    model.opened(viewState(2, 'xy', 2), 'run', line);
    expect(model.state.index).toBe(2);
    expect(updates()).toHaveLength(1);
  });
});

test('what the program changes is taken, and shown', () => {
  updated.mockClear();
  model.changed({ index: 0, position: [2, 1, 0] }, 'update', '');
  expect(model.state.index).toBe(0);
  expect(updated).toHaveBeenCalledTimes(1);
});

describe('what went wrong', () => {
  test('is said with a way out', () => {
    model.failed('The kernel can’t be reached. Trying again.', false);
    const [notice, isStopped] = notices.at(-1)!;
    expect([notice?.text, notice?.action?.label, isStopped]).toEqual([
      'The program that shows this volume has ended, or can’t be reached. Start it again: it opens a page of its own.',
      'Try now',
      false,
    ]);
    notice?.action?.run();
    expect(retry).toHaveBeenCalledTimes(1);
    model.opened(viewState(1, 'xy', 2), 'run', line);
    expect(notices.at(-1)).toEqual([null, false]);
  });

  test('for good stays, whatever still comes', () => {
    model.failed('The kernel closed this view. Run the cell to show it again.', true);
    expect(notices.at(-1)).toEqual([
      { text: 'This view was closed. Start the program again to look at the volume.' },
      true,
    ]);
    model.changed({ index: 0 }, 'update', '');
    expect(notices.at(-1)?.[1]).toBe(true);
  });
});
