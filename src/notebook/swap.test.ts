import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { exportSlice } from '../export';
import { refusal } from '../protocol/testing/thrown';
import { Volume } from '../volume';
import { phantom } from '../volume/testing/phantom';
import { show } from './show';
import { closeViews } from './testing/close-views';

jest.spyOn(console, 'log').mockImplementation(() => undefined);
afterAll(closeViews);

/** 0 to 999, each once. */
const ramp = Volume.from(Uint16Array.from({ length: 1000 }, (_, at) => at), [10, 10, 10]); // prettier-ignore
/** 5000 to 5999; its file says another window. */
const high = Volume.from(Uint16Array.from({ length: 1000 }, (_, at) => 5000 + at), [10, 10, 10], { window: [5100, 5200] }); // prettier-ignore

test('the colour map is that of labels for a volume that has some, unless another was chosen', () => {
  const atlas = Volume.from(ramp.data, [10, 10, 10], { labels: { 1: { color: '#ff8000' } } });
  const view = show(atlas);
  expect(view.colormap).toBe('labels');
  view.show(ramp);
  expect(view.colormap).toBe('gray');
  view.show(atlas);
  expect(view.colormap).toBe('labels');
  view.colormap = 'viridis';
  view.show(atlas);
  expect(view.colormap).toBe('viridis');
});

describe('a window by its name', () => {
  test('is that of the preset, whatever the values', () => {
    const view = show(ramp, { window: 'bone' });
    expect(view.window).toEqual([-500, 1300]);
    view.window = 'brain';
    expect(view.window).toEqual([0, 80]);
    view.set({ window: 'abdomen', index: 3 });
    expect(view.window).toEqual([-150, 250]);
  });

  test('auto is the 0.5 and 99.5 percentiles, also where the file says another; range is all values', () => {
    const view = show(high);
    expect(view.window).toEqual([5100, 5200]);
    view.window = 'auto';
    expect(view.window).toEqual([5004, 5995]);
    view.window = 'range';
    expect(view.window).toEqual([5000, 5999]);
    expect(show(Volume.from(Float32Array.of(NaN), [1, 1, 1]), { window: 'range' }).window).toEqual([0, 1]);
    expect(show(Volume.from(new Uint8Array(3), [1, 1, 1], { components: 3 }), { window: 'range' }).window).toEqual([
      0, 255,
    ]);
  });

  test('is that of each channel and overlay, by its own values', () => {
    const data = Uint16Array.from([0, 10, 100, 900]);
    const two = Volume.from(data, [2, 1, 1], { channels: 2 });
    const view = show(two, { window: 'range' });
    expect(view.channels.map(({ window }) => window)).toEqual([[0, 10], [100, 900]]); // prettier-ignore
    view.setChannel(1, { window: 'bone' });
    expect(view.channels[1]?.window).toEqual([-500, 1300]);
    view.channels = [{ ...view.channels[0], window: 'lung' }, {}] as never;
    expect(view.channels.map(({ window }) => window)).toEqual([[-1350, 150], [-500, 1300]]); // prettier-ignore
    const over = show(ramp, { overlays: [{ volume: ramp, window: 'range' }] });
    expect(over.overlays[0]?.window).toEqual([0, 999]);
    over.setOverlay(0, { window: 'liver' });
    expect(over.overlays[0]?.window).toEqual([-45, 105]);
  });

  test('that there is none of is refused, in an export too', async () => {
    expect(refusal(() => show(ramp, { window: 'Bone' as 'bone' }), 'unknown-window').details).toEqual({
      window: 'Bone',
    });
    const options = { window: 'x' as 'bone' };
    await expect(exportSlice(ramp, 'never.png', options)).rejects.toMatchObject({ code: 'unknown-window' });
  });
});

describe('another volume', () => {
  test('shown with a window that is kept keeps it, also where no value meets it', () => {
    const view = show(ramp, { window: [0, 10] });
    view.show(high, { window: 'keep' });
    expect(view.window).toEqual([0, 10]);
    expect(view.volume).toBe(high);
    const plain = show(ramp);
    plain.show(high, { window: 'keep' });
    expect(plain.window).toEqual(ramp.defaultWindow);
  });

  test('shown with a window, by its ends or its name, has it', () => {
    const view = show(ramp, { window: [0, 10] });
    view.show(high, { window: [1, 2], index: 9, colormap: 'hot' });
    expect([view.window, view.index, view.colormap]).toEqual([[1, 2], 9, 'hot']);
    view.show(ramp, { window: 'auto' });
    expect(view.window).toEqual([4, 995]);
  });

  test('has the window that follows the volume, while it is the view’s', () => {
    const view = show(ramp, { window: 'auto' });
    view.volume = high;
    expect(view.window).toEqual([5004, 5995]);
    view.volume = ramp;
    expect(view.window).toEqual([4, 995]);
    view.window = 'range';
    view.volume = high;
    expect(view.window).toEqual([5000, 5999]);
    view.window = [5500, 5600];
    view.volume = ramp;
    view.volume = high;
    expect(view.window).toEqual([5100, 5200]);
  });

  test('that is refused changes nothing', () => {
    const view = show(ramp, { index: 3 });
    refusal(() => {
      view.show(phantom([4, 4, 2]), { index: 2 });
    }, 'index-out-of-range');
    expect(view.volume).toBe(ramp);
    expect(view.index).toBe(3);
  });

  test('that is refused leaves the window following the volume', () => {
    const view = show(ramp, { window: 'auto' });
    refusal(() => {
      view.show(high, { index: 10 });
    }, 'index-out-of-range');
    view.volume = Volume.from(Uint16Array.from({ length: 1000 }, (_, at) => 500 + at), [10, 10, 10]); // prettier-ignore
    expect(view.window).toEqual([504, 1495]);
  });
});

describe('whether low values are bright', () => {
  const film = Volume.from(ramp.data, [10, 10, 10], { invert: true });

  test('is as the volume says, of each that is shown, until somebody chooses it', () => {
    const view = show(film);
    expect(view.invert).toBe(true);
    view.volume = ramp;
    expect(view.invert).toBe(false);
    view.volume = film;
    expect(view.invert).toBe(true);
    view.invert = true;
    view.volume = ramp;
    expect(view.invert).toBe(true);
    expect(show(film, { invert: false }).invert).toBe(false);
  });
});

describe('what nobody has chosen', () => {
  const left = (view: ReturnType<typeof show>): readonly string[] => view.port.defaulted();

  test('is what show was not asked for, and what was not set since', () => {
    const view = show(ramp, { colormap: 'hot', index: 2, zoom: undefined } as never);
    const all = left(view);
    expect(all).toEqual(expect.arrayContaining(['plane', 'window', 'zoom', 'interpolation']));
    for (const name of ['colormap', 'index', 'position']) expect(all).not.toContain(name);
    view.interpolation = 'nearest'; // It is that already, and now it is chosen.
    expect(left(view)).toEqual(all.filter((name) => name !== 'interpolation'));
    view.set({ window: 'auto', plane: 'xz' });
    expect(left(view)).toEqual(all.filter((name) => !['interpolation', 'window', 'plane'].includes(name)));
  });

  test('is the window again after a swap that has brought its own', () => {
    const view = show(ramp, { window: [0, 10] });
    expect(left(view)).not.toContain('window');
    view.volume = high;
    expect(left(view)).toContain('window');
    view.show(ramp, { window: 'keep', colormap: 'hot' });
    expect(left(view)).toContain('window');
    expect(left(view)).not.toContain('colormap');
  });
});
