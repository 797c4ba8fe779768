import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { refusal } from '../protocol/testing/thrown';
import { Volume } from '../volume';
import { phantom } from '../volume/testing/phantom';
import { link } from './link';
import { show } from './show';
import type { SliceView } from './slice-view';
import { closeViews } from './testing/close-views';

jest.spyOn(console, 'log').mockImplementation(() => undefined);
afterAll(closeViews);

const volume = phantom([6, 5, 8], 'uint16', { window: [0, 250] });
const flat = phantom([6, 5, 3], 'uint16', { window: [0, 250] });

let a: SliceView;
let b: SliceView;
beforeEach(() => {
  a = show(volume, { index: 6 });
  b = show(flat);
});

describe('linked views', () => {
  test('begin with the first one’s settings, and are in step from then on', () => {
    link([a, b], ['index', 'window']);
    expect(b.index).toBe(2);
    a.set({ index: 1, window: [5, 6] });
    expect([b.index, b.window]).toEqual([1, [5, 6]]);
    b.index = 0;
    expect(a.index).toBe(0);
    a.colormap = 'hot';
    expect(b.colormap).toBe('gray');
  });

  test('without names look at the same place, each in its own way', () => {
    link([a, b]);
    a.set({ plane: 'xz', position: [1, 2, 3], zoom: 3, center: [0, 0, 1], window: [7, 8], colormap: 'hot' });
    expect(b.plane).toBe('xz');
    expect([b.index, b.position, b.zoom, b.center]).toEqual([2, [1, 2, 2], 3, [0, 0, 1]]);
    expect([b.window, b.colormap]).toEqual([[0, 250], 'gray']);
  });

  test('go their own ways when it is ended, which may be said twice', () => {
    const stop = link([a, b], ['index']);
    stop();
    stop();
    a.index = 1;
    expect(b.index).toBe(2);
  });

  test('may be three, of which one is closed', () => {
    const c = show(volume);
    link([a, b, c], ['zoom']);
    b.close();
    a.zoom = 2;
    expect(c.zoom).toBe(2);
    expect(b.zoom).toBe(1);
  });

  test('are swapped alone', () => {
    link([a, b], ['index', 'window']);
    a.volume = phantom([4, 4, 1]);
    expect(a.index).toBe(0);
    expect([b.index, b.window]).toEqual([2, [0, 250]]);
  });
});

describe('a link is refused', () => {
  test.each<[string, () => unknown, string]>([
    ['of nothing', () => link([]), 'link: the views are [], expected two or more that show returned, such as [a, b]'],
    ['of one view', () => link([a, a]), 'link: the views are [an object, an object], expected two or more that show'],
    [
      'of what is no view',
      () => link([a, volume as never]),
      'link: the views are [an object, an object], expected two',
    ],
    ['of no list', () => link(a as never), 'link: the views are an object, expected two or more'],
    ['of no setting', () => link([a, b], []), 'link: the names are []; choose some of layout, plane, frame, colormap,'],
    ['of no name', () => link([a, b], 'index' as never), 'link: the names are "index"; choose some of layout, plane'],
    ['of an unknown setting', () => link([a, b], ['slice' as never]), 'link: there is no setting "slice"; choose some'],
    ['of the volume', () => link([a, b], ['volume' as never]), 'link: there is no setting "volume"; choose some of'],
  ])('%s', (_, action, sentence) => {
    expect(refusal(action, 'invalid-argument').message.slice(0, sentence.length)).toBe(sentence);
  });

  test('of a closed view', () => {
    b.close();
    expect(refusal(() => link([a, b]), 'view-closed').message).toBe('link: the view is closed; call show again');
  });
});

test('what an overlay can’t be is left out of a link', () => {
  const labels = Volume.from(new Uint8Array(6 * 5 * 8), [6, 5, 8]);
  const over = show(volume, { overlays: [{ volume: labels, colormap: 'labels' }] });
  link([over, b], ['overlays', 'zoom']);
  over.set({ zoom: 2 });
  over.setOverlay(0, { opacity: 0.25 });
  expect(b.zoom).toBe(2);
  expect(b.overlays).toEqual([]);
});
