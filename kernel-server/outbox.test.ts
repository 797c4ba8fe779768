import { beforeEach, expect, test } from '@jest/globals';
import type { PointerMessage } from '../src/protocol';
import { MOST_CLICKS, Outbox } from './outbox';
import type { News } from './thread';

const pointer = (kind: PointerMessage['kind'], x: number): PointerMessage => ({
  kind,
  plane: 'xy',
  position: [x, 0, 0],
  frame: 0,
  values: [x],
});

let posted: News[] = [];
let outbox = new Outbox(() => undefined);
beforeEach(() => {
  posted = [];
  outbox = new Outbox((message) => posted.push(message));
});
/** What has been posted since this was asked for last. */
const news = (): News[] => posted.splice(0);
const NOTHING = { clicks: [], probe: null };

test('what happens is told at once, and one message is under way', () => {
  outbox.changed('a', { index: 1 }, 5);
  expect(news()).toEqual([{ type: 'news', viewId: 'a', changes: [{ patch: { index: 1 }, seen: 5 }], ...NOTHING }]);
  for (let index = 2; index < 10_000; index++) outbox.changed('a', { index }, 5);
  expect(news()).toEqual([]);
  outbox.taken('a');
  expect(news()).toEqual([{ type: 'news', viewId: 'a', changes: [{ patch: { index: 9999 }, seen: 5 }], ...NOTHING }]);
  outbox.taken('a');
  expect(news()).toEqual([]);
  outbox.changed('a', { index: 1 }, 6);
  expect(news()).toHaveLength(1);
});

test('views do not wait for each other', () => {
  outbox.changed('a', { index: 1 }, 5);
  outbox.changed('b', { index: 2 }, 6);
  expect(news().map(({ viewId }) => viewId)).toEqual(['a', 'b']);
  outbox.taken('b');
  outbox.changed('b', { index: 3 }, 6);
  expect(news()).toHaveLength(1);
});

test('each setting keeps what the main thread had said when it was changed last', () => {
  outbox.changed('a', {}, 0);
  news();
  outbox.changed('a', { index: 1, zoom: 2 }, 5);
  outbox.changed('a', { window: [0, 1] }, 6);
  outbox.changed('a', { index: 7, window: [0, 2] }, 8);
  outbox.taken('a');
  expect(news()).toMatchObject([
    {
      changes: [
        { patch: { zoom: 2 }, seen: 5 },
        { patch: { index: 7, window: [0, 2] }, seen: 8 },
      ],
    },
  ]);
});

test('of the pointer the newest place is told, and every click, in order', () => {
  outbox.pointed('a', pointer('probe', 0));
  expect(news()).toEqual([{ type: 'news', viewId: 'a', changes: [], clicks: [], probe: pointer('probe', 0) }]);
  for (let x = 1; x < 5; x++) {
    outbox.pointed('a', pointer('probe', x));
    outbox.pointed('a', pointer('click', x));
  }
  outbox.taken('a');
  expect(news()).toEqual([
    {
      type: 'news',
      viewId: 'a',
      changes: [],
      clicks: [1, 2, 3, 4].map((x) => pointer('click', x)),
      probe: pointer('probe', 4),
    },
  ]);
});

test('clicks are kept up to a bound, the newest ones', () => {
  outbox.pointed('a', pointer('click', 0));
  news();
  for (let x = 1; x <= MOST_CLICKS + 3; x++) outbox.pointed('a', pointer('click', x));
  outbox.taken('a');
  const [{ clicks } = { clicks: [] }] = news();
  expect(clicks).toHaveLength(MOST_CLICKS);
  expect(clicks[0]?.position[0]).toBe(4);
});

test('of a closed view nothing more is told', () => {
  outbox.changed('a', { index: 1 }, 5);
  outbox.changed('a', { index: 2 }, 5);
  outbox.forget('a');
  news();
  outbox.taken('a');
  outbox.taken('never heard of');
  expect(news()).toEqual([]);
});
