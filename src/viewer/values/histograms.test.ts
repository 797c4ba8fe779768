import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ClientContent, Histogram, ServerContent, ViewState } from '../../protocol';
import { viewState } from '../testing/states';
import { Histograms } from './histograms';
import { layersIn, type Layer } from './windows';

let sent: ClientContent[];
let answer: (content: ServerContent) => void;
let histograms: Histograms;
const plain = viewState(3, 'xy', 2);
const state: ViewState = { ...plain, volume: { ...plain.volume, frames: 2 }, frame: 1 };
const layer = layersIn(state)[0] as Layer;

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  histograms = new Histograms(
    (content) => sent.push(content),
    (listener) => {
      answer = listener;
      return () => undefined;
    },
  );
});

afterEach(() => {
  histograms.dispose();
  jest.useRealTimers();
});

function histogram(revision: number, frame: number): Histogram {
  const percentiles = new Array<number>(9).fill(1);
  return {
    kind: 'histogram',
    revision,
    layer: 0,
    frame,
    range: [0, 2],
    edges: [-0.5, 2.5],
    counts: [4, 5, 6],
    percentiles,
  };
}

test('a histogram is asked for once, and kept until the content is another', async () => {
  const [one, other] = [histograms.ask(state, layer), histograms.ask(state, layer)];
  expect(sent).toEqual([{ kind: 'histogram', layer: 0, frame: 1, bins: 256 }]);
  answer(histogram(3, 1));
  expect([await one, await other]).toEqual([histogram(3, 1), histogram(3, 1)]);
  expect(histograms.of(state, layer)).toEqual(histogram(3, 1));
  await histograms.ask(state, layer);
  expect(sent).toHaveLength(1);
  const refreshed = viewState(4, 'xy', 2);
  expect(histograms.of(refreshed, layersIn(refreshed)[0] as Layer)).toBeNull();
  answer(histogram(4, 0));
  expect(histograms.of(state, layer)).toBeNull(); // Nobody will look at the old content again.
});

test('that of an overlay is of the view’s frame where it has several, else of its only one', () => {
  const { revision, name, planes, dtype, rescale, components } = state.volume;
  const still = { revision, name, planes, dtype, rescale, components, frames: 1, labels: null };
  const look = { colormap: 'hot', window: [0, 1], visible: true, opacity: 1 } as const;
  const covered = { ...state, overlays: [look, look], overlayVolumes: [{ ...still, frames: 2 }, still] };
  for (const each of layersIn(covered).slice(1)) void histograms.ask(covered, each);
  expect(sent).toMatchObject([
    { layer: 1, frame: 1 },
    { layer: 2, frame: 0 },
  ]);
});

test('who does not answer is not waited for for ever, and can be asked again', async () => {
  const asked = histograms.ask(state, layer);
  jest.advanceTimersByTime(2_000);
  expect(await asked).toBeNull();
  void histograms.ask(state, layer);
  expect(sent).toHaveLength(2);
});
