import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { LIMITS, SlicescopeError, type Frame, type ViewSettings } from '../src/protocol';
import { Volume } from '../src/volume';
import { phantom } from '../src/volume/testing/phantom';
import { FakePeer } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { Views } from './views';

const small = phantom([5, 4, 6]);
/** Slices of 2 × 2100 × 1000 bytes: more than one frame. */
const large = phantom([1000, 2100, 2]);

const onChange = jest.fn<(viewId: string, patch: Partial<ViewSettings>, seen: number) => void>();
let views = new Views(onChange);
let peer = new FakePeer(views);
beforeEach(() => {
  onChange.mockClear();
  views = new Views(onChange);
  views.put(viewRecord('a', small), 1);
  views.put(viewRecord('b', small), 2);
  peer = new FakePeer(views);
  peer.open('a');
  peer.open('b');
  peer.messages.length = 0;
});

/** The slices that are whole, in the order of their last frame; a part that was never finished is left out. */
function assemble(frames: readonly Frame[]): { requestId: number; channel: number; slice: Frame; data: number[] }[] {
  const parts = new Map<number, Frame[]>();
  const whole = [];
  for (const frame of frames) {
    const earlier = parts.get(frame.requestId) ?? [];
    parts.set(frame.requestId, [...earlier, frame]);
    if (!frame.last) continue;
    const { requestId, channel } = frame;
    const data: number[] = [];
    for (const { tile, data: values } of parts.get(requestId) ?? []) {
      expect(tile).toMatchObject({ x: 0, y: data.length / frame.width, width: frame.width });
      for (const value of values) data.push(value);
    }
    whole.push({ requestId, channel, slice: frame, data });
  }
  return whole;
}

describe('credits', () => {
  test('without one nothing is sent, with one a waiting slice is', () => {
    const requestId = peer.request('a', 1, 3);
    expect(peer.inFlight).toEqual([]);
    peer.grant(1);
    expect(peer.inFlight).toHaveLength(1);
    expect(peer.inFlight[0]).toMatchObject({ channel: 1, requestId, revision: 1, plane: 'xy', index: 3, last: true });
    expect(peer.inFlight[0]?.data).toEqual(small.slice('xy', 3).data);
  });

  test('are used up by frames, and not by messages', () => {
    peer.grant(2);
    peer.open('a');
    peer.session.receive({
      type: 'comm',
      viewId: 'a',
      msgId: '1',
      data: { method: 'update', state: { index: 2 }, buffer_paths: [] },
    });
    for (const index of [0, 1, 2]) peer.request('a', 1, index);
    expect(peer.inFlight.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('can’t be saved up beyond the limit', () => {
    for (let i = 0; i < 10; i++) peer.grant(LIMITS.credits);
    for (let i = 0; i < 10; i++) peer.request('a', 1, i % 6);
    expect(peer.inFlight).toHaveLength(LIMITS.credits);
  });
});

describe('the newest wish', () => {
  test('replaces an older one that has not been cut', () => {
    peer.grant(1);
    peer.request('a', 1, 0);
    for (const index of [1, 2, 3, 4]) peer.request('a', 1, index);
    const last = peer.request('a', 1, 5);
    expect(peer.drain().map(({ index }) => index)).toEqual([0, 5]);
    expect(last).toBe(6);
  });

  test('of one view does not push out that of another, and who waits longest is served first', () => {
    peer.request('b', 1, 1);
    peer.request('a', 1, 2);
    peer.request('b', 1, 3);
    peer.grant(1);
    expect(peer.drain().map(({ channel, index }) => [channel, index])).toEqual([
      [2, 3],
      [1, 2],
    ]);
  });

  test('arrives, whatever came before it, and no frame was sent without a credit', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('request'), view: fc.constantFrom('a', 'b'), at: fc.nat({ max: 5 }) }),
      fc.record({ do: fc.constantFrom('take', 'swap'), view: fc.constantFrom('a', 'b'), at: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const own = new Views(onChange);
        const revisions: Record<string, number> = { a: 1, b: 1 };
        for (const viewId of ['a', 'b']) own.put(viewRecord(viewId, small), 0);
        const client = new FakePeer(own);
        for (const viewId of ['a', 'b']) client.open(viewId);
        client.grant(LIMITS.credits);
        const wishes: Record<string, number> = {};
        const frames: Frame[] = [];
        for (const { do: action, view, at } of steps) {
          const revision = Number(revisions[view]);
          if (action === 'request') wishes[view] = client.request(view, revision, at);
          if (action === 'take' && client.inFlight.length > 0) frames.push(client.take());
          if (action === 'swap') {
            revisions[view] = revision + 1;
            own.put(viewRecord(view, small, revision + 1), 0);
            // A page that hears of another volume asks anew.
            wishes[view] = client.request(view, revision + 1, at % 6);
          }
        }
        frames.push(...client.drain());
        expect(client.mostInFlight).toBeLessThanOrEqual(LIMITS.credits);
        const ids = frames.map(({ requestId }) => requestId);
        expect(ids).toEqual(expect.arrayContaining(Object.values(wishes)));
        expect(new Set(ids).size).toBe(ids.length);
        for (const frame of frames) expect(frame.data).toEqual(small.slice('xy', frame.index).data);
      }),
    );
  });
});

describe('a slice larger than one frame', () => {
  beforeEach(() => {
    views.put(viewRecord('a', large, 7), 3);
    peer.messages.length = 0;
  });

  test('comes as bands of whole rows that make up the slice, each within the limit', () => {
    peer.grant(1);
    const requestId = peer.request('a', 7, 1);
    const frames = peer.drain();
    expect(frames.map(({ tile, last }) => [tile.y, tile.height, last])).toEqual([
      [0, 2097, false],
      [2097, 3, true],
    ]);
    const [whole] = assemble(frames);
    expect(whole).toMatchObject({ requestId, slice: { width: 1000, height: 2100, revision: 7, index: 1 } });
    const values = Uint16Array.from(whole?.data ?? []);
    expect(Buffer.from(values.buffer).equals(new Uint8Array(large.slice('xy', 1).data.buffer))).toBe(true);
    expect(peer.mostInFlight).toBe(1);
  });

  test('is finished before a newer one of the same view, and none between is cut', () => {
    peer.grant(1);
    const first = peer.request('a', 7, 0);
    peer.request('a', 7, 0);
    const last = peer.request('a', 7, 1);
    expect(assemble(peer.drain()).map(({ requestId }) => requestId)).toEqual([first, last]);
  });

  test('has the values of the moment in which each band is cut, and never a torn one', () => {
    const growing = Volume.alloc([1000, 2100, 1], 'uint16');
    views.put(viewRecord('a', growing, 8), 4);
    peer.grant(1);
    peer.request('a', 8, 0);
    growing.data.fill(9);
    const [first, second] = peer.drain();
    expect(new Set(first?.data)).toEqual(new Set([0]));
    expect(new Set(second?.data)).toEqual(new Set([9]));
  });

  test('is dropped when its volume is replaced half-way, and the new one is served', () => {
    peer.grant(1);
    const old = peer.request('a', 7, 0);
    expect(peer.inFlight.map(({ last }) => last)).toEqual([false]);
    views.put(viewRecord('a', small, 8), 4);
    const fresh = peer.request('a', 8, 2);
    const frames = peer.drain();
    expect(frames.map(({ requestId, revision, last }) => [requestId, revision, last])).toEqual([
      [old, 7, false],
      [fresh, 8, true],
    ]);
    expect(frames[1]?.data).toEqual(small.slice('xy', 2).data);
  });

  test('is dropped when the view is closed half-way, by the client or by the kernel', () => {
    peer.grant(1);
    peer.request('a', 7, 0);
    peer.session.receive({ type: 'close', viewId: 'a' });
    expect(peer.drain()).toHaveLength(1);
    peer.open('a');
    peer.request('a', 7, 1);
    views.close('a');
    const b = peer.request('b', 1, 0);
    expect(peer.drain().map(({ requestId }) => requestId)).toEqual([b - 1, b]);
    expect(peer.messages.at(-1)).toEqual({ type: 'closed', viewId: 'a' });
  });

  test('of which not even one row fits is an error with a sentence, and the next request is served', () => {
    views.put(viewRecord('a', Volume.alloc([600_000, 2, 2], 'float64'), 8), 4);
    peer.messages.length = 0;
    peer.grant(2);
    peer.request('a', 8, 0);
    expect(peer.messages).toEqual([
      {
        type: 'error',
        code: 'limit-exceeded',
        message: 'A row of this slice has 4800000 bytes, more than can be sent. Show another plane, or export it.',
        viewId: 'a',
      },
    ]);
    peer.request('a', 8, 599_999, 'yz');
    expect(peer.inFlight).toHaveLength(1);
  });
});

describe('a request', () => {
  test('for another revision than the view’s is left out: its client will hear of the swap', () => {
    peer.grant(4);
    peer.request('a', 0, 1);
    peer.request('a', 2, 1);
    expect(peer.inFlight).toEqual([]);
    expect(peer.messages).toEqual([]);
  });

  test('past the end is an error, and the next one is served', () => {
    peer.grant(4);
    peer.request('a', 1, 6);
    expect(peer.messages).toEqual([
      { type: 'error', code: 'index-out-of-range', message: 'slice: index 6 of 6', viewId: 'a' },
    ]);
    peer.request('a', 1, 4, 'yz');
    expect(peer.take().data).toEqual(small.slice('yz', 4).data);
  });

  test('for a view that is not open is left out', () => {
    peer.grant(4);
    peer.session.receive({ type: 'close', viewId: 'a' });
    peer.request('a', 1, 0);
    peer.request('nobody', 1, 0);
    expect(peer.inFlight).toEqual([]);
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
      data: { method: 'echo_update', state: { index: 4 }, buffer_paths: [] },
    };
    expect(peer.messages).toEqual([echo]);
    expect(other.messages).toEqual([echo]);
    expect(onChange.mock.calls).toEqual([['a', { index: 4 }, 1]]);
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
        data: { method: 'update', state: { index: 2 }, buffer_paths: [] },
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
