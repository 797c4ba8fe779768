import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LIMITS, SlicescopeError, type ViewSettings } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import { FakePeer, valuesOf, type Wish } from './testing/fake-peer';
import { at, viewRecord } from './testing/records';
import { twoViews } from './testing/two-views';
import { Views } from './views';

const small = phantom([5, 4, 6]);

const onChange = jest.fn<(viewId: string, patch: Partial<ViewSettings>, seen: number) => void>();
let { views, peer } = twoViews(small, onChange);
beforeEach(() => {
  onChange.mockClear();
  ({ views, peer } = twoViews(small, onChange));
});

describe('a list', () => {
  test('for another revision than the view’s is left out: its client will hear of the swap', () => {
    peer.grant(4);
    peer.request('a', 0, 1);
    peer.request('a', 2, 1);
    expect(peer.inFlight).toEqual([]);
    expect(peer.messages).toEqual([]);
  });

  test('with what the volume does not have is served but for that, which is told once, with a sentence', () => {
    peer.grant(4);
    const tiles: Wish[] = [
      { requestId: 1, index: 6 },
      { requestId: 2, index: 4, plane: 'yz' },
      { requestId: 3, index: 0, tile: [1, 0] },
      { requestId: 4, index: 0, tile: [0, 9], level: [2, 0] },
      { requestId: 5, index: 3, plane: 'xz' },
    ];
    peer.wish('a', 1, tiles);
    const frames = peer.drain();
    expect(valuesOf(frames[0])).toEqual(small.slice('yz', 4).data);
    expect(valuesOf(frames[1])).toEqual(small.slice('xz', 3).data);
    const errors = [
      {
        type: 'error',
        code: 'index-out-of-range',
        message: 'slice: index of plane xy is 6, expected a whole number from 0 to 5',
        viewId: 'a',
      },
      {
        type: 'error',
        code: 'invalid-argument',
        message: 'slice: tile 1, 0 of plane xy, expected one of 1 × 1 at level 0, 0',
        viewId: 'a',
      },
      {
        type: 'error',
        code: 'invalid-argument',
        message: 'slice: tile 0, 9 of plane xy, expected one of 1 × 1 at level 2, 0',
        viewId: 'a',
      },
    ];
    expect(peer.messages).toEqual(errors);
    peer.wish('a', 1, tiles);
    expect(peer.messages).toEqual(errors);
    expect(peer.inFlight).toEqual([]);
  });

  test('for a view that is not open is left out', () => {
    peer.grant(4);
    peer.session.receive({ type: 'close', viewId: 'a' });
    peer.request('a', 1, 0);
    peer.request('nobody', 1, 0);
    expect(peer.inFlight).toEqual([]);
  });
});

describe('a view whose output was discarded', () => {
  test('is told of to the kernel, unless another page looks at it', () => {
    const onDiscard = jest.fn<(viewId: string) => void>();
    const own = new Views(onChange, undefined, undefined, onDiscard);
    own.put(viewRecord('a', small), 1);
    const [one, other] = [new FakePeer(own), new FakePeer(own)];
    for (const each of [one, other]) each.open('a');
    one.session.receive({ type: 'discarded', viewId: 'a' });
    one.session.receive({ type: 'discarded', viewId: 'nobody' });
    expect(onDiscard).not.toHaveBeenCalled();
    other.session.receive({ type: 'close', viewId: 'a' });
    expect(onDiscard).not.toHaveBeenCalled(); // A page that is closed may come back.
    one.session.receive({ type: 'discarded', viewId: 'a' });
    expect(onDiscard.mock.calls).toEqual([['a']]);
    expect(own.get('a')).toBeDefined(); // The kernel closes it.
  });
});

describe('opening a view', () => {
  test('tells its state and its channel, the same each time', () => {
    const other = new FakePeer(views);
    other.open('b');
    other.open('a');
    other.open('b');
    expect(other.messages.map((m) => (m.type === 'opened' ? [m.viewId, m.channel] : m))).toEqual([
      ['b', 1],
      ['a', 2],
      ['b', 1],
    ]);
    expect(other.messages[0]).toMatchObject({ state: { ...views.get('b')?.state } });
  });

  test('that the kernel does not have is an error with what to do, and the connection goes on', () => {
    peer.open('gone');
    expect(peer.messages).toEqual([
      {
        type: 'error',
        code: 'unknown-view',
        message: 'The kernel no longer has this view. Run the cell again to show it.',
        viewId: 'gone',
      },
    ]);
    expect(peer.closed).toBeNull();
  });

  test('beyond the limit of one client is an error', () => {
    for (let i = 0; i <= LIMITS.viewsPerClient; i++) {
      views.put(viewRecord(`v${String(i)}`, small), 1);
      peer.open(`v${String(i)}`);
    }
    const errors = peer.messages.filter(({ type }) => type === 'error');
    // Two are open already.
    expect(errors.map((m) => ('viewId' in m ? [m.viewId, m.type === 'error' && m.code] : m))).toEqual(
      [1022, 1023, 1024].map((i) => [`v${String(i)}`, 'limit-exceeded']),
    );
  });
});

describe('a change', () => {
  const change = (state: Partial<ViewSettings>, msgId = 'm'): void =>
    peer.session.receive({ type: 'comm', viewId: 'a', msgId, data: { method: 'update', state, buffer_paths: [] } });

  test('by a client goes to all who look at the view, and to the kernel', () => {
    const other = new FakePeer(views);
    other.open('a');
    other.messages.length = 0;
    change({ index: 4 });
    const echo = {
      type: 'comm',
      viewId: 'a',
      parentId: 'm',
      data: { method: 'echo_update', state: at(4), buffer_paths: [] },
    };
    expect(peer.messages).toEqual([echo]);
    expect(other.messages).toEqual([echo]);
    expect(onChange.mock.calls).toEqual([['a', at(4), 1]]);
  });

  test('that can’t be is answered with its error and the state as it is', () => {
    change({ index: 99 });
    expect(peer.messages).toMatchObject([
      {
        type: 'error',
        code: 'index-out-of-range',
        message: 'view: index is 99, expected a whole number from 0 to 5',
        viewId: 'a',
      },
      { type: 'comm', parentId: 'm', data: { method: 'echo_update', state: { index: 0, volume: { revision: 1 } } } },
    ]);
    expect(onChange).not.toHaveBeenCalled();
    expect(peer.closed).toBeNull();
  });

  test('by the kernel has no parent', () => {
    views.set('a', { index: 2 }, 5);
    expect(peer.messages).toEqual([
      {
        type: 'comm',
        viewId: 'a',
        parentId: '',
        data: { method: 'update', state: at(2), buffer_paths: [] },
      },
    ]);
  });

  test('no longer reaches a client that has closed the view, or is gone', () => {
    peer.session.receive({ type: 'close', viewId: 'a' });
    views.set('a', { index: 2 }, 5);
    change({ index: 3 });
    peer.session.dispose();
    views.set('b', { index: 2 }, 6);
    expect(peer.messages).toEqual([]);
    expect(views.get('a')?.clients.size).toBe(0);
    expect(views.get('b')?.clients.size).toBe(0);
  });
});

test('a second handshake is a protocol-error', () => {
  const nonce = '0'.repeat(64);
  expect(() => peer.session.receive({ type: 'hello', version: 1, nonce })).toThrow(SlicescopeError);
  expect(() => peer.session.receive({ type: 'proof', proof: nonce })).toThrow('message: a second proof');
});

test('a client that does not read is closed instead of sent more messages', () => {
  peer.bufferedAmount = LIMITS.backlogBytes + 1;
  views.set('a', { index: 2 }, 5);
  expect(peer.messages).toEqual([]);
  expect(peer.closed).toEqual({ code: 1013, reason: 'not reading' });
});
