import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { defaultSettings, drawSlice } from '../export';
import { readPng } from '../export/testing/read-png';
import { type ErrorCode, type SlicescopeError } from '../protocol';
import { refusal } from '../protocol/testing/thrown';
import { initialSettings } from '../shading';
import { Volume } from '../volume';
import { phantom, phantomValue } from '../volume/testing/phantom';
import { show } from './show';
import type { SliceView } from './slice-view';
import type { ViewOptions } from './view-options';
import { closeViews } from './testing/close-views';

jest.setTimeout(30_000); // The first picture loads sharp.

const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
afterAll(closeViews);
beforeEach(() => {
  log.mockClear();
});

const volume = phantom([6, 5, 8], 'uint16', { name: 'phantom', window: [0, 250] });
const settingsOf = ({ plane, index, window, colormap }: SliceView) => ({ plane, index, window, colormap });

describe('in plain Node, show', () => {
  test('says where to look at the volume, in one line', () => {
    const view = show(volume);
    const address = `http://127\\.0\\.0\\.1:\\d+/#view=${view.id}&secret=[0-9a-f]{64}`;
    const said = new RegExp(`^show: ${address} shows Volume "phantom": .*, until Ctrl-C or view\\.close\\(\\)\\.$`);
    expect(log.mock.calls).toEqual([[expect.stringMatching(said)]]);
  });

  test('returns a view of the middle slice, in gray, through the window of the volume', () => {
    const view = show(volume);
    expect(view.volume).toBe(volume);
    expect(settingsOf(view)).toEqual({ plane: 'xy', index: 4, window: [0, 250], colormap: 'gray' });
  });

  test('takes its options', () => {
    const view = show(volume, { plane: 'yz', index: 5, window: [1, 2], colormap: 'hot' });
    expect(settingsOf(view)).toEqual({ plane: 'yz', index: 5, window: [1, 2], colormap: 'hot' });
  });

  test('gives each view an id and a state of its own', () => {
    const [one, other] = [show(volume), show(volume)];
    expect(one.id).not.toBe(other.id);
    one.index = 0;
    expect(other.index).toBe(4);
  });

  test.each<[string, unknown, unknown, ErrorCode, string]>([
    ['no volume', undefined, {}, 'invalid-argument', 'show: undefined is no volume; make one with'],
    ['a path', 'brain.nii', {}, 'invalid-argument', 'show: "brain.nii" is no volume; make one with'],
    ['no options', volume, null, 'invalid-argument', 'show: the options are null, expected an object'],
    ['an index past the end', volume, { index: 8 }, 'index-out-of-range', 'show: index is 8, expected a whole'],
    ['an unknown plane', volume, { plane: 'up' }, 'unknown-plane', 'plane is "up", expected xy, xz, yz, axial,'],
    ['a reversed window', volume, { window: [2, 1] }, 'invalid-window', 'show: the window [2, 1] is reversed;'],
    ['an unknown colour map', volume, { colormap: 'jet' }, 'unknown-colormap', 'show: there is no colour map "jet";'],
    [
      'an unknown option',
      volume,
      { colourmap: 'hot' },
      'invalid-argument',
      'show: there is no option "colourmap", expected one of',
    ],
  ])('refuses %s', (_, what, options, code, sentence) => {
    const { message } = refusal(() => show(what as Volume, options as ViewOptions), code);
    expect(message.slice(0, sentence.length)).toBe(sentence);
    expect(log).not.toHaveBeenCalled();
  });
});

describe('a view', () => {
  test('is set property by property', () => {
    const view = show(volume);
    view.index = 7;
    view.window = [10, 20];
    view.colormap = 'viridis';
    expect(settingsOf(view)).toEqual({ plane: 'xy', index: 7, window: [10, 20], colormap: 'viridis' });
    view.plane = 'xz';
    expect(settingsOf(view)).toEqual({ plane: 'xz', index: 2, window: [10, 20], colormap: 'viridis' });
    view.plane = 'sagittal';
    expect(settingsOf(view)).toMatchObject({ plane: 'yz', index: 3 });
  });

  test('is set all at once', () => {
    const view = show(volume);
    view.set({ index: 4, plane: 'coronal', colormap: 'bone', zoom: 2, center: [0, 1, 0.5], rotation: 3 });
    expect(settingsOf(view)).toEqual({ plane: 'xz', index: 4, window: [0, 250], colormap: 'bone' });
  });

  test.each<[string, (view: SliceView) => void, ErrorCode, string]>([
    ['index', (view) => (view.index = 8), 'index-out-of-range', 'view.index: index is 8, expected a whole number'],
    ['index', (view) => (view.index = NaN), 'index-out-of-range', 'view.index: index is NaN, expected a whole'],
    ['plane', (view) => (view.plane = 'zz' as 'xy'), 'unknown-plane', 'plane is "zz", expected xy, xz, yz, axial'],
    ['window', (view) => (view.window = [1, 1]), 'invalid-window', 'view.window: the window [1, 1] has no width'],
    ['window', (view) => (view.window = [1, NaN]), 'invalid-window', 'view.window: the window [1, NaN] has an end'],
    ['window', (view) => (view.window = [2, 1]), 'invalid-window', 'view.window: the window [2, 1] is reversed'],
    ['colormap', (view) => (view.colormap = 'x' as 'hot'), 'unknown-colormap', 'view.colormap: there is no colour'],
    [
      'volume',
      (view) => (view.volume = JSON.parse('{}') as Volume),
      'invalid-argument',
      'view.volume: an object is no volume;',
    ],
    ['set', (view) => view.set({ index: 1, window: [3, 2] }), 'invalid-window', 'view.set: the window [3, 2] is'],
    ['set', (view) => view.set({ index: 1, zoom: 0 }), 'invalid-argument', 'view.set: zoom is 0, expected a number'],
    ['set', (view) => view.set(null as never), 'invalid-argument', 'view.set: the options are null, expected an'],
    [
      'on',
      (view) => view.on('hover' as 'change', () => {}),
      'invalid-argument',
      `view.on: expected one of 'change', 'probe', 'click' and a function, got "hover" and a function`,
    ],
    [
      'on',
      (view) => view.on('change', 3 as never),
      'invalid-argument',
      `view.on: expected one of 'change', 'probe', 'click' and a function, got "change" and a number`,
    ],
    [
      'window',
      (view) => (view.window = 'bones' as 'bone'),
      'unknown-window',
      'view.window: there is no window "bones"',
    ],
    ['set', (view) => view.set({ index: 1, window: 'x' as 'bone' }), 'unknown-window', 'view.set: there is no window'],
    ['show', (view) => view.show(volume, { window: 'x' as 'bone' }), 'unknown-window', 'view.show: there is no window'],
    ['show', (view) => view.show(volume, { zoom: 0 }), 'invalid-argument', 'view.show: zoom is 0, expected a number'],
    ['show', (view) => view.show(JSON.parse('{}') as Volume), 'invalid-argument', 'view.show: an object is no volume'],
    ['show', (view) => view.show(volume, { overlays: [] } as never), 'invalid-argument', 'view.show: overlays are no'],
  ])('refuses a wrong %s, and nothing has changed', (_, action, code, sentence) => {
    const view = show(volume, { window: [3, 9] });
    const before = settingsOf(view);
    const { message } = refusal(() => {
      action(view);
    }, code);
    expect(message.slice(0, sentence.length)).toBe(sentence);
    expect(settingsOf(view)).toEqual(before);
    expect(view.volume).toBe(volume);
  });

  test('is one line in the console', () => {
    const view = show(volume, { index: 3 });
    const line = 'SliceView of Volume "phantom": 6 × 5 × 8 uint16, 1 × 1 × 1 px: xy 3 of 8, window 0 to 250, gray';
    expect(inspect(view)).toBe(line);
    expect(String(view)).toBe(line);
    view.close();
    expect(inspect(view)).toBe('SliceView of Volume "phantom": 6 × 5 × 8 uint16, 1 × 1 × 1 px: closed');
  });
});

describe('another volume in the same view', () => {
  test('clamps the index; plane and colour map stay', () => {
    const view = show(volume, { index: 7, colormap: 'hot' });
    view.volume = phantom([3, 3, 2], 'float32');
    expect(settingsOf(view)).toMatchObject({ plane: 'xy', index: 1, colormap: 'hot' });
    view.volume = phantom([3, 3, 20]);
    expect(view.index).toBe(1);
    view.plane = 'xz';
    view.index = 2;
    view.volume = phantom([9, 1, 9]);
    expect(settingsOf(view)).toMatchObject({ plane: 'xz', index: 0 });
  });

  const other = phantom([3, 3, 3], 'uint8', { window: [0, 200] });
  const far = Volume.from(Float32Array.of(5000, 6000), [2, 1, 1], { window: [5000, 5500] });

  test('brings its own window, unless one was given', () => {
    const view = show(volume);
    view.volume = other;
    expect(view.window).toEqual([0, 200]);
  });

  test.each<[string, (view: SliceView) => void]>([
    ['show', () => undefined],
    ['view.window', (view) => (view.window = [3, 9])],
    ['view.set', (view) => view.set({ window: [3, 9] })],
    ['the browser', (view) => view.changedByViewer({ window: [3, 9] })],
  ])('keeps a window that was given by %s', (how, give) => {
    const view = show(volume, how === 'show' || how === 'the browser' ? { window: [3, 9] } : {});
    give(view);
    view.volume = other;
    expect(view.window).toEqual([3, 9]);
  });

  test('drops a window that its values do not meet, and does not take it up again', () => {
    const view = show(volume, { window: [3, 9] });
    view.volume = far;
    expect(view.window).toEqual([5000, 5500]);
    view.volume = other;
    expect(view.window).toEqual([0, 200]);
  });

  test('brings its own window also after a setting of undefined', () => {
    const view = show(volume, { window: undefined } as unknown as ViewOptions);
    view.set({ window: undefined, index: 1 } as unknown as ViewOptions);
    view.volume = other;
    expect(view.window).toEqual([0, 200]);
  });

  test('of nothing but NaN can be shown', () => {
    const view = show(volume, { window: [3, 9] });
    view.volume = Volume.from(Float32Array.of(NaN, NaN), [2, 1, 1]);
    expect(view.index).toBe(0);
    expect(view.window[0]).toBeLessThan(view.window[1]);
  });
});

describe('what a person changes in the browser', () => {
  test('is told to every listener, until it is disposed of', () => {
    const view = show(volume);
    const [one, other] = [jest.fn(), jest.fn()];
    const stop = view.on('change', one);
    view.on('change', other);
    view.changedByViewer({ index: 4 });
    const event = {
      ...initialSettings(volume.info(0), [0, 250]),
      changed: ['index'],
    };
    expect(one.mock.calls).toEqual([[event]]);
    stop();
    stop();
    view.changedByViewer({ zoom: 1 });
    expect(one).toHaveBeenCalledTimes(1);
    expect(other.mock.calls[1]).toEqual([{ ...event, changed: ['zoom'] }]);
  });

  test('a function that listens twice is told twice, and each registration ends by itself', () => {
    const view = show(volume);
    const listener = jest.fn();
    const stop = view.on('change', listener);
    view.on('change', listener);
    view.changedByViewer({ index: 4 });
    stop();
    view.changedByViewer({ index: 4 });
    expect(listener).toHaveBeenCalledTimes(3);
  });

  test('reaches the other listeners when one of them throws', () => {
    const report = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const view = show(volume);
    const error = new RangeError('mine');
    view.on('change', () => {
      throw error;
    });
    const other = jest.fn();
    view.on('change', other);
    view.changedByViewer({ index: 4 });
    expect(other).toHaveBeenCalledTimes(1);
    expect(report.mock.calls).toEqual([['view.on: a listener failed:', error]]);
    report.mockRestore();
  });

  test('is no event when the kernel changes it', () => {
    const view = show(volume);
    const listener = jest.fn();
    view.on('change', listener);
    view.index = 1;
    view.volume = phantom([2, 2, 2]);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('a view exports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slicescope-show-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('the slice that it shows', async () => {
    const view = show(volume);
    view.set({ plane: 'xz', index: 4, window: [20, 180], colormap: 'viridis', rotation: 1 });
    const path = join(folder, 'slice.png');
    expect(await view.exportSlice(path)).toBe(path);
    const settings = { index: 4, window: [20, 180], colormap: 'viridis', rotation: 1 } as const;
    const drawn = await drawSlice(volume, { ...defaultSettings(volume), plane: 'xz', ...settings });
    expect(await readPng(path)).toEqual({ ...drawn, channels: 3 });
  });

  test('the part that it is zoomed in to, or the whole slice if that is asked for', async () => {
    const large = phantom([40, 24, 3], 'uint8');
    const view = show(large, { index: 1, window: [0, 255], zoom: 4, center: [0.25, 0.75, 0.5] });
    const part = await readPng(await view.exportSlice(join(folder, 'part.png')));
    expect([part.width, part.height]).toEqual([10, 6]);
    expect([part.data[0], part.data.at(-2)]).toEqual([phantomValue(5, 15, 1), phantomValue(14, 20, 1)]);
    expect(await readPng(await view.exportSlice())).toEqual(part);
    const whole = await readPng(await view.exportSlice(join(folder, 'whole.png'), { region: 'whole' }));
    expect(whole).toEqual({
      ...(await drawSlice(large, { ...defaultSettings(large), window: [0, 255] })),
      channels: 3,
    });
  });

  test('with letters and bars, if they are asked for', async () => {
    const large = phantom([100, 60, 3], 'uint8');
    const view = show(large, { window: [0, 255] });
    const path = await view.exportSlice(join(folder, 'marks.png'), { letters: true, scaleBar: true, colorBar: true });
    const marked = await readPng(path);
    const plain = await readPng(await view.exportSlice(join(folder, 'plain.png')));
    expect([marked.width, marked.height > plain.height]).toEqual([plain.width, true]);
    expect(marked.data.subarray(0, plain.data.length)).not.toEqual(plain.data);
  });

  test('the picture’s bytes, without a path', async () => {
    const view = show(volume, { plane: 'yz', index: 2, window: [20, 180] });
    const path = join(folder, 'bytes.png');
    const bytes = await view.exportSlice();
    writeFileSync(path, bytes);
    const drawn = await drawSlice(volume, { ...defaultSettings(volume), plane: 'yz', index: 2, window: [20, 180] });
    expect(await readPng(path)).toEqual({ ...drawn, channels: 3 });
    expect(inspect(bytes)).toBe(`PNG of ${String(bytes.length)} bytes`);
  });

  test('slices of a range, a sheet and an animation, as it shows its one', async () => {
    const view = show(volume, { plane: 'xz', window: [20, 180], colormap: 'viridis', rotation: 1 });
    const [first, second] = await view.exportStack(join(folder, 's{index}.png'), { from: 1, to: 3, step: 2 });
    expect([first, second]).toEqual([join(folder, 's1.png'), join(folder, 's3.png')]);
    const settings = { window: [20, 180], colormap: 'viridis', rotation: 1 } as const;
    const drawn = await drawSlice(volume, { ...defaultSettings(volume), plane: 'xz', index: 3, ...settings });
    expect(await readPng(second as string)).toEqual({ ...drawn, channels: 3 });
    const sheet = await readPng(await view.exportMontage(join(folder, 'sheet.png'), { from: 1, to: 2, columns: 2 }));
    expect([sheet.width, sheet.height]).toEqual([2 * drawn.width + 2, drawn.height]);
    expect(await view.exportAnimation(join(folder, 'cine.webp'), { perSecond: 5 })).toBe(join(folder, 'cine.webp'));
  });

  test('what was written into the volume since', async () => {
    const own = Volume.alloc([2, 1, 1], 'float32');
    const view = show(own, { window: [0, 1] });
    own.data.set([0, 1]);
    view.refresh();
    const { data } = await readPng(await view.exportSlice(join(folder, 'refreshed.png')));
    expect(Array.from(data)).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
    expect(own.range).toEqual([0, 1]);
  });

  test('nothing to a path that can’t be written, and goes on', async () => {
    const view = show(volume);
    const before = readdirSync(folder);
    for (const [path, code] of [
      [join(folder, 'none/slice.png'), 'write-failed'],
      [join(folder, 'slice.bmp'), 'unsupported-format'],
      [join(folder, 'slice.png'), 'file-exists'],
    ] as const) {
      const error = (await view.exportSlice(path).catch((e: unknown) => e)) as SlicescopeError;
      expect(error).toMatchObject({ code, details: { path } });
      expect(error.message).toMatch(/^view\.exportSlice: /);
    }
    expect(readdirSync(folder)).toEqual(before);
    view.index = 2;
    expect(view.index).toBe(2);
  });
});

describe('a closed view', () => {
  const view = show(volume, { index: 3 });
  const listener = jest.fn();
  view.on('change', listener);
  view.close();

  test('can be closed again, and read', () => {
    view.close();
    expect(settingsOf(view)).toEqual({ plane: 'xy', index: 3, window: [0, 250], colormap: 'gray' });
  });

  test('tells its listeners nothing', () => {
    view.changedByViewer({ index: 3 });
    expect(listener).not.toHaveBeenCalled();
  });

  test.each<[string, () => void]>([
    ['view.index', () => (view.index = 1)],
    ['view.plane', () => (view.plane = 'xz')],
    ['view.window', () => (view.window = [0, 1])],
    ['view.colormap', () => (view.colormap = 'hot')],
    ['view.set', () => view.set({})],
    ['view.volume', () => (view.volume = volume)],
    ['view.refresh', () => view.refresh()],
  ])('refuses %s', (caller, action) => {
    expect(refusal(action, 'view-closed')).toEqual({
      message: `${caller}: the view is closed; call show again`,
      details: { viewId: view.id },
    });
  });
});
