import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { HISTOGRAM_PERCENTS, type Histogram, type HistogramRequest } from '../src/protocol';
import { Volume } from '../src/volume';
import { Histograms } from './histograms';
import { FakePeer } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import type { View } from './view';
import { Views } from './views';

const request: HistogramRequest = { kind: 'histogram', layer: 0, frame: 0, bins: 256 };

let turns: (() => void)[] = [];
let histograms = new Histograms();
let views = new Views(() => undefined);
beforeEach(() => {
  turns = [];
  histograms = new Histograms((turn) => turns.push(turn));
  views = new Views(() => undefined);
});

/** Give the thread's spare time to the histograms until they want none any more. @returns the turns that it took */
function work(): number {
  for (let count = 0; ; count++) {
    const turn = turns.shift();
    if (turn === undefined) return count;
    turn();
  }
}

function viewOf(viewId: string, volume: Volume, revision = 1): View {
  views.put(viewRecord(viewId, volume, revision), 1);
  return views.get(viewId) as View;
}

const few = Volume.from(Uint8Array.of(1, 1, 2, 4), [4, 1, 1]);
const many = Volume.alloc([1024, 1024, 16], 'float32');

function ask(view: View, self: object = {}, what = request): Histogram[] {
  const answers: Histogram[] = [];
  histograms.ask(view, what, { self, isWanted: () => true, answer: (histogram) => answers.push(histogram) });
  return answers;
}

test('a histogram is counted in the thread’s spare time', () => {
  const answers = ask(viewOf('a', few, 7));
  expect(answers).toEqual([]);
  work();
  expect(answers).toEqual([
    {
      kind: 'histogram',
      revision: 7,
      layer: 0,
      frame: 0,
      range: [1, 4],
      edges: [0.5, 4.5],
      counts: [2, 1, 0, 1],
      percentiles: few.percentiles(HISTOGRAM_PERCENTS),
    },
  ]);
});

test('what is known is answered at once', () => {
  const view = viewOf('a', few);
  ask(view);
  work();
  expect(ask(view)).toHaveLength(1);
  expect(ask(view, {}, { ...request, bins: 2 })).toHaveLength(0);
});

test('a large volume takes many short turns', () => {
  let now = 0;
  // As if each step took a millisecond.
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now++);
  const answers = ask(viewOf('a', many));
  const steps = (2 * 1024 * 1024 * 16) / 16_384 + 2;
  expect(work()).toBe(Math.ceil(steps / 2));
  expect(answers).toMatchObject([{ range: [0, 0], counts: [1024 * 1024 * 16] }]);
  clock.mockRestore();
});

test('one is counted after the other, and each asker is answered once', () => {
  const [one, other] = [viewOf('a', few, 1), viewOf('b', few, 2)];
  const [page, another] = [{}, {}];
  const order: string[] = [];
  const asks = (name: string, view: View, self: object): void => {
    const answer = (): void => void order.push(name);
    histograms.ask(view, request, { self, isWanted: () => true, answer });
  };
  asks('b', other, page);
  asks('a', one, page);
  asks('b again', other, page);
  asks('b too', other, another);
  work();
  expect(order).toEqual(['b again', 'b too', 'a']);
});

describe('a histogram is given up', () => {
  test('when nobody wants it any more', () => {
    let isWanted = true;
    const answer = jest.fn();
    histograms.ask(viewOf('a', many), request, { self: {}, isWanted: () => isWanted, answer });
    turns.shift()?.();
    isWanted = false;
    expect(work()).toBe(1);
    expect(answer).not.toHaveBeenCalled();
  });

  test('when the view shows another volume', () => {
    const view = viewOf('a', many, 1);
    const answers = ask(view);
    turns.shift()?.();
    views.put(viewRecord('a', few, 2), 2);
    const next = ask(view);
    work();
    expect(answers).toEqual([]);
    expect(next).toMatchObject([{ revision: 2, range: [1, 4] }]);
  });

  test('for what was asked for first, where too many are', () => {
    const view = viewOf('a', few);
    const all = Array.from({ length: 65 }, (_, at) => ask(view, {}, { ...request, bins: at + 1 }));
    work();
    expect(all.map(({ length }) => length)).toEqual([0, ...new Array<number>(64).fill(1)]);
  });
});

describe('a volume of several frames and channels', () => {
  const parts = Volume.from(Int16Array.from({ length: 12 }, (_, at) => at), [2, 1, 1], { channels: 2, frames: 3 }); // prettier-ignore

  test('has a histogram for each', () => {
    const view = viewOf('a', parts);
    const answers = ask(view, {}, { ...request, layer: 1, frame: 2 });
    work();
    expect(answers).toMatchObject([{ layer: 1, frame: 2, range: [10, 11], counts: [1, 1] }]);
  });

  test('has none of what there is not', () => {
    const view = viewOf('a', parts);
    expect(() => ask(view, {}, { ...request, layer: 2 })).toThrow(
      'histogram: layer is 2, expected a whole number from 0 to 1',
    );
    expect(() => ask(view, {}, { ...request, frame: 3 })).toThrow(
      'histogram: frame is 3, expected a whole number from 0 to 2',
    );
    expect(turns).toEqual([]);
  });
});

test('an overlay has one of its own values, until it is another one', () => {
  const mask = Volume.from(Uint8Array.of(3, 9), [2, 1, 1], { spacing: [2, 1, 1] });
  const overlay = { volume: mask.toRecord(), labels: null, revision: 2 };
  const look = { colormap: 'hot', window: [0, 9], visible: true, opacity: 1 } as const;
  const record = viewRecord('a', few, 1);
  views.put({ ...record, settings: { ...record.settings, overlays: [look] }, overlays: [overlay] }, 1);
  const view = views.get('a') as View;
  const answers = ask(view, {}, { ...request, layer: 1 });
  work();
  expect(answers).toMatchObject([{ revision: 2, layer: 1, range: [3, 9], counts: [1, 0, 0, 0, 0, 0, 1] }]);
  const late = ask(view, {}, { ...request, layer: 1, bins: 2 });
  views.setOverlay('a', 0, { ...overlay, revision: 3 }, {}, 2);
  work();
  expect(late).toEqual([]);
  expect(() => ask(view, {}, { ...request, layer: 1, frame: 1 })).toThrow('histogram: frame is 1, expected');
});

describe('a page', () => {
  let peer = new FakePeer(views);
  beforeEach(() => {
    viewOf('a', few, 7);
    peer = new FakePeer(views);
    peer.open('a');
    peer.messages.length = 0;
  });
  const say = (content: HistogramRequest): void => {
    peer.session.receive({ type: 'comm', viewId: 'a', msgId: '', data: { method: 'custom', content } });
  };

  test('is answered with a message of its view', async () => {
    say(request);
    await peer.next();
    expect(peer.messages).toMatchObject([
      {
        type: 'comm',
        viewId: 'a',
        parentId: '',
        data: { method: 'custom', content: { revision: 7, counts: [2, 1, 0, 1] } },
      },
    ]);
  });

  test('is told with a sentence of what there is not', () => {
    say({ ...request, layer: 1 });
    const message = 'histogram: layer is 1, expected a whole number from 0 to 0';
    expect(peer.messages).toEqual([{ type: 'error', code: 'index-out-of-range', message, viewId: 'a' }]);
  });

  test('hears nothing when it has closed the view', async () => {
    say(request);
    peer.session.receive({ type: 'close', viewId: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(peer.messages).toEqual([]);
  });
});

test('of a volume with a rescale it is one of real values, and of an overlay of its own', () => {
  const rescale = { slope: -10, intercept: 5 };
  const base = Volume.from(Uint8Array.of(1, 1, 2, 4), [4, 1, 1], { rescale });
  const overlay = Volume.from(Uint8Array.of(0, 1, 1, 1), [4, 1, 1], { rescale: { slope: 1, intercept: 100 } });
  const look = { colormap: 'hot', window: [0, 1], visible: true, opacity: 1 } as const;
  const record = viewRecord('a', base, 1);
  const overlays = [{ volume: overlay.toRecord(), labels: {}, revision: 2 }];
  views.put({ ...record, overlays, settings: { ...record.settings, overlays: [look] } }, 1);
  const view = views.get('a') as View;
  const answers = [ask(view), ask(view, {}, { ...request, layer: 1 })];
  work();
  expect(answers.flat()).toMatchObject([
    { range: [-35, -5], edges: [-40, 0], counts: [1, 0, 1, 2] },
    { range: [100, 101], edges: [99.5, 101.5], counts: [1, 3] },
  ]);
  const exact = base.percentiles(HISTOGRAM_PERCENTS);
  expect(answers[0]?.[0]?.percentiles).toEqual(exact.map((value) => expect.closeTo(value, 9) as unknown));
});
