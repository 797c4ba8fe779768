import type { ICallbacks } from '@jupyter-widgets/base';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ClientComm } from 'slicescope/lib/src/viewer';
import { CompanionComm } from './comm';

/** What went to the connection: the view, the message's id and the message. */
let sent: (readonly [viewId: string, msgId: string, data: ClientComm])[];
let comm: CompanionComm;
/** What the widget was told, in order. */
let told: unknown[];

beforeEach(() => {
  sent = [];
  told = [];
  comm = new CompanionComm('view-1', { comm: (...message) => void sent.push(message) });
  comm.on_msg((message) => told.push(message));
});

const IDLE = { execution_state: 'idle' };
const update = (index: number): ClientComm => ({ method: 'update', state: { index }, buffer_paths: [] });

/** Callbacks of a widget that note under a name when its message counts as processed. */
const noting = (name: string): ICallbacks => ({
  iopub: { status: ({ content }) => told.push([name, content]) },
});

function send(index: number): string {
  return comm.send(update(index), noting(`update ${String(index)}`));
}

describe('a change of the widget', () => {
  test('goes to the connection under the view’s name, with an id of its own', () => {
    const ids = [send(3), send(4)];
    expect(sent).toEqual([
      ['view-1', ids[0], update(3)],
      ['view-1', ids[1], update(4)],
    ]);
    expect(new Set(ids).size).toBe(2);
    expect(told).toEqual([]);
  });

  test('counts as processed when its own answer is there, after the widget has heard what that says', () => {
    const [first, second] = [send(3), send(4)];
    const echo = { method: 'echo_update', state: { index: 4 }, buffer_paths: [] } as const;
    comm.deliver(echo, second);
    const message = {
      content: { comm_id: 'view-1', data: echo },
      parent_header: { msg_id: second },
      metadata: {},
      buffers: [],
    };
    expect(told).toEqual([message, ['update 4', IDLE]]);
    comm.deliver(echo, second);
    comm.deliver(echo, first);
    expect(told.slice(2)).toEqual([message, { ...message, parent_header: { msg_id: first } }, ['update 3', IDLE]]);
  });

  test('is not answered by what the kernel or another page says', () => {
    send(3);
    comm.deliver({ method: 'update', state: { index: 1 }, buffer_paths: [] }, '');
    comm.deliver({ method: 'echo_update', state: { index: 1 }, buffer_paths: [] }, 'another page');
    expect(told).toHaveLength(2);
    expect(told).not.toContainEqual(['update 3', IDLE]);
  });
});

test('what is no change goes out and waits for nothing', () => {
  const wishes: ClientComm = {
    method: 'custom',
    content: { kind: 'wishes', revision: 1, preview: null, tiles: [] },
  };
  const id = comm.send(wishes, noting('wishes'));
  expect(sent).toEqual([['view-1', id, wishes]]);
  comm.reset(true);
  comm.reset(false);
  expect(sent).toHaveLength(1);
  expect(told).toEqual([]);
});

describe('over a new connection', () => {
  test('the changes that were not answered are said again, the oldest first and as they were', () => {
    const ids = [send(3), send(4), send(5)];
    comm.deliver({ method: 'echo_update', state: {}, buffer_paths: [] }, ids[1] as string);
    sent = [];
    told = [];
    comm.reset(true);
    expect(sent).toEqual([
      ['view-1', ids[0], update(3)],
      ['view-1', ids[2], update(5)],
    ]);
    expect(told).toEqual([]);
    comm.deliver({ method: 'echo_update', state: {}, buffer_paths: [] }, ids[0] as string);
    expect(told.at(-1)).toEqual(['update 3', IDLE]);
  });

  test('changes of another volume are not said again, and count as processed, so that the widget goes on', () => {
    send(3);
    send(4);
    sent = [];
    comm.reset(false);
    expect(sent).toEqual([]);
    expect(told).toEqual([
      ['update 3', IDLE],
      ['update 4', IDLE],
    ]);
    comm.reset(false);
    expect(told).toHaveLength(2);
  });
});

test('a widget that does not listen yet misses what is said, and nothing fails', () => {
  const early = new CompanionComm('view-1', { comm: () => undefined });
  early.deliver({ method: 'update', state: { index: 1 }, buffer_paths: [] }, '');
  early.on_msg((message) => told.push(message));
  expect(told).toEqual([]);
});
