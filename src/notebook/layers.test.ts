import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readPng } from '../export/testing/read-png';
import type { ErrorCode } from '../protocol';
import { refusal } from '../protocol/testing/thrown';
import { Volume } from '../volume';
import { phantom } from '../volume/testing/phantom';
import { show } from './show';
import type { SliceView } from './slice-view';
import type { ViewOptions } from './view-options';
import { closeViews } from './testing/close-views';

jest.setTimeout(30_000); // The first picture loads sharp.
jest.spyOn(console, 'log').mockImplementation(() => undefined);
afterAll(closeViews);

const volume = phantom([4, 3, 2], 'uint16', { window: [0, 250] });
const labels = phantom([4, 3, 2], 'uint8');
const map = phantom([4, 3, 2], 'float32', { window: [1, 9] });
const overlays = [
  { volume: labels, labels: { 1: 'hippocampus' } },
  { volume: map, opacity: 0.25, colormap: 'viridis' },
] as const;

let view: SliceView;
beforeEach(() => {
  view = show(volume, { overlays });
});

describe('the overlays of a view', () => {
  test('are told as they are', () => {
    const { window } = view.overlays[0]!;
    expect(view.overlays).toEqual([
      {
        volume: labels,
        labels: { 1: { name: 'hippocampus' } },
        colormap: 'labels',
        window,
        visible: true,
        opacity: 0.5,
      },
      { volume: map, labels: false, colormap: 'viridis', window: [1, 9], visible: true, opacity: 0.25 },
    ]);
    expect(view.overlays[0]!.volume).toBe(labels);
    expect(show(volume).overlays).toEqual([]);
  });

  test('can be changed one by one, and taken back as they were told', () => {
    view.setOverlay(1, { opacity: 1, visible: false });
    expect(view.overlays[1]).toMatchObject({ volume: map, opacity: 1, visible: false, colormap: 'viridis' });
    const before = view.overlays;
    view.overlays = [];
    expect(view.overlays).toEqual([]);
    view.overlays = before;
    expect(view.overlays).toEqual(before);
  });

  test('can have another volume, and keep what goes with it', () => {
    const other = phantom([8, 6, 4], 'uint8', { spacing: [0.5, 0.5, 0.5] });
    view.setOverlay(0, { volume: other });
    expect(view.overlays[0]).toMatchObject({
      volume: other,
      labels: { 1: { name: 'hippocampus' } },
      colormap: 'labels',
    });
    view.setOverlay(1, { window: [2, 3] });
    view.setOverlay(1, { volume: other });
    expect(view.overlays[1]!.window).toEqual([2, 3]);
    const large = Volume.from(
      new Float32Array(24).map((_, at) => 1000 + at),
      [4, 3, 2],
    );
    view.setOverlay(1, { volume: large });
    expect(view.overlays[1]!.window).toEqual(large.defaultWindow);
    view.setOverlay(1, { labels: true });
    expect(view.overlays[1]!.labels).toEqual({});
  });

  test('stay when the volume below is swapped, if they overlap it', () => {
    const before = view.overlays;
    view.volume = phantom([2, 2, 9]);
    expect(view.overlays).toEqual(before);
    const far = phantom([2, 2, 2], 'uint8', { origin: [-50, 0, 0] });
    const { message } = refusal(() => (view.volume = far), 'no-overlap');
    expect(message).toContain('view.volume: overlays[0] lies beside the volume: it is at x -0.5 to 3.5');
    expect(view.volume.shape).toEqual([2, 2, 9]);
  });

  test.each<[string, (view: SliceView) => void, ErrorCode, string]>([
    ['a place', (v) => v.setOverlay(2, {}), 'index-out-of-range', 'view.setOverlay: at is 2, expected a whole number'],
    [
      'a place',
      (v) => show(v.volume).setOverlay(0, {}),
      'index-out-of-range',
      'view.setOverlay: at is 0, but the view has no overlays',
    ],
    [
      'an opacity',
      (v) => v.setOverlay(0, { opacity: -1 }),
      'invalid-argument',
      'view.setOverlay: overlays[0].opacity i',
    ],
    [
      'no options',
      (v) => v.setOverlay(0, null as never),
      'invalid-argument',
      'view.setOverlay: overlays[0] is null, ex',
    ],
    [
      'a volume elsewhere',
      (v) => v.setOverlay(1, { volume: phantom([2, 2, 2], 'uint8', { origin: [9, 9, 9] }) }),
      'no-overlap',
      'view.setOverlay: overlays[1] lies beside the volume',
    ],
    [
      'a list',
      (v) => (v.overlays = 3 as never),
      'invalid-argument',
      'view.overlays: overlays is 3, expected a list su',
    ],
    [
      'set',
      (v) => v.set({ overlays: [] } as object),
      'invalid-argument',
      'view.set: overlays are no setting; give view',
    ],
  ])('are not changed by %s that can’t be', (_, action, code, sentence) => {
    const before = view.overlays;
    const { message } = refusal(() => {
      action(view);
    }, code);
    expect(message.slice(0, sentence.length)).toBe(sentence);
    expect(view.overlays).toEqual(before);
  });
});

describe('a view exports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slicescope-layers-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('its overlays, and what was written into them since', async () => {
    const mask = Volume.alloc([2, 1, 1], 'uint8');
    const own = show(Volume.alloc([2, 1, 1], 'uint8'), {
      window: [0, 255],
      overlays: [{ volume: mask, colormap: 'gray', window: [0, 4], opacity: 1 }],
    });
    mask.data.set([4, 0]);
    own.refresh();
    const { data } = await readPng(await own.exportSlice(join(folder, 'mask.png')));
    expect([data[0], data[4]]).toEqual([255, 0]);
    expect(mask.range).toEqual([0, 4]);
  });
});

describe('the channels of a view', () => {
  const cells = Volume.alloc([2, 2, 2], 'uint8', { channels: 2 });
  cells.data.forEach((_, at) => (cells.data[at] = at));

  test('are set one by one, or all', () => {
    const own = show(cells);
    expect(own.channels.map(({ colormap, visible }) => [colormap, visible])).toEqual([
      ['red', true],
      ['green', true],
    ]);
    own.setChannel(1, { visible: false, window: [3, 9] });
    expect(own.channels[1]).toEqual({ colormap: 'green', visible: false, window: [3, 9] });
    own.set({ channels: [{ colormap: 'cyan' }, {}] });
    expect(own.channels.map(({ colormap }) => colormap)).toEqual(['cyan', 'green']);
    expect(refusal(() => own.setChannel(2, {}), 'index-out-of-range').message).toContain(
      'view.setChannel: channel is 2',
    );
    expect(refusal(() => show(volume).setChannel(0, {}), 'index-out-of-range').message).toContain(
      'the volume has one channel only; set view.window',
    );
  });

  test('stay in a swap where there are as many and their windows are met', () => {
    const own = show(cells, { channels: [{ colormap: 'yellow', window: [0, 9] }, { window: [12, 14] }] });
    const other = Volume.from(new Uint8Array(16).fill(8), [2, 2, 2], { channels: 2 });
    own.volume = other;
    expect(own.channels).toEqual([
      { colormap: 'yellow', window: [0, 9], visible: true },
      { colormap: 'green', window: other.channelWindow(1), visible: true },
    ]);
    own.volume = volume;
    expect(own.channels).toEqual([]);
    own.volume = cells;
    expect(own.channels).toHaveLength(2);
  });
});

describe('every other setting is a property', () => {
  const series = Volume.alloc([6, 5, 4], 'uint8', { frames: 3 });
  const values: Required<Omit<ViewOptions, 'overlays' | 'channels' | 'plane' | 'index'>> = {
    layout: 'planes',
    position: [5, 4, 3],
    frame: 2,
    window: [1, 2],
    colormap: 'bone',
    invert: true,
    interpolation: 'linear',
    rotation: 3,
    flip: [true, false],
    zoom: 2,
    center: [0, 0.5, 1],
    crosshair: false,
    convention: 'neurological',
    slab: 3,
    projection: 'mean',
    playing: true,
    rate: 25,
    playback: 'bounce',
    camera: { position: [1, 2, 3], target: [0, 0, 1] },
  };

  test('that is what it was set to', () => {
    const own = show(series);
    for (const [name, value] of Object.entries(values)) {
      (own as unknown as Record<string, unknown>)[name] = value;
      expect((own as unknown as Record<string, unknown>)[name]).toEqual(value);
    }
    expect(own.index).toBe(3);
    const asked = show(series, values);
    for (const [name, value] of Object.entries(values)) {
      expect((asked as unknown as Record<string, unknown>)[name]).toEqual(value);
    }
  });

  test('and refuses what it can’t be', () => {
    const own = show(series);
    expect(refusal(() => (own.frame = 3), 'index-out-of-range').message).toBe(
      'view.frame: frame is 3, expected a whole number from 0 to 2',
    );
    expect(refusal(() => (own.rate = 0), 'invalid-argument').message).toContain('view.rate: rate is 0, expected');
    own.close();
    expect(refusal(() => (own.slab = 2), 'view-closed').message).toBe('view.slab: the view is closed; call show again');
    expect(refusal(() => own.setOverlay(0, {}), 'view-closed').message).toContain(
      'view.setOverlay: the view is closed',
    );
  });

  test('a frame that another volume does not have is its last one', () => {
    const own = show(series, { frame: 2 });
    own.volume = Volume.alloc([6, 5, 4], 'uint8', { frames: 2 });
    expect(own.frame).toBe(1);
  });

  test('a volume of other frames than an overlay has is refused, and the view stays as it was', () => {
    const own = show(series, { overlays: [{ volume: Volume.alloc([6, 5, 4], 'uint8', { frames: 3 }) }] });
    const other = Volume.alloc([6, 5, 4], 'uint8', { frames: 2 });
    expect(refusal(() => (own.volume = other), 'invalid-argument').message).toBe(
      'view.volume: overlays[0].volume has 3 frames, expected 1 or as many as the volume, 2; volume.at({ frame }) is one of them',
    );
    expect(own.volume).toBe(series);
    own.setOverlay(0, { volume: other.at({ frame: 1 }) });
    own.volume = other;
    expect(own.volume).toBe(other);
  });
});
