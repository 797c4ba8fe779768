import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { OverlayInfo, ViewState } from '../protocol';
import { shownOrientation } from '../shading';
import type { Surface } from './host';
import { Instrument } from './instrument';
import { TestHost } from './testing/bench';
import { viewState, volumeInfo } from './testing/states';

let host: TestHost;
let instrument: Instrument;
let root: HTMLElement;
let release: () => void;
let canvas: HTMLCanvasElement;

function open(state: ViewState = viewState(1, 'xy', 2)): void {
  host = new TestHost(state);
  instrument = new Instrument(host, () => true);
  host.onChange = () => {
    instrument.update();
  };
  root = document.createElement('div');
  canvas = document.createElement('canvas');
  canvas.tabIndex = 0;
  [canvas.width, canvas.height] = [400, 300];
  Object.defineProperty(canvas, 'clientWidth', { value: 400 });
  canvas.setPointerCapture = () => undefined;
  canvas.getBoundingClientRect = () => ({ left: 0, top: 0, width: 400, height: 300 }) as DOMRect;
  const { toolbar, help, legend, play, frames, panel } = instrument;
  root.append(canvas, toolbar.element, help.element, legend, play.element, frames.element, panel.element);
  document.body.append(root);
  const surface: Surface = {
    canvas,
    plane: 'xy',
    size: { width: 4, height: 3 },
    orientation: shownOrientation(state.volume.planes.xy, state),
    placed: { left: 0, top: 0, width: 400, height: 300 },
  };
  release = instrument.attach(surface);
  instrument.update();
}

const reopen = (state: ViewState): void => {
  instrument.dispose();
  root.remove();
  open(state);
};

beforeEach(() => {
  window.matchMedia = () => ({ matches: false }) as MediaQueryList;
  open();
});

afterEach(() => {
  instrument.dispose();
  root.remove();
  jest.useRealTimers();
});

const find = (selector: string): HTMLElement => {
  const found = root.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`no ${selector}`);
  return found;
};
const inputOf = (selector: string): HTMLInputElement => find(selector) as HTMLInputElement;
const press = (key: string, on: HTMLElement = canvas): void => {
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
};
const point = (type: string, x: number, y: number): void => {
  canvas.dispatchEvent(
    Object.assign(new MouseEvent(type, { bubbles: true, clientX: x, clientY: y }), { pointerId: 1 }),
  );
};

test('each control has a role, a name and a place in the order of Tab', () => {
  press('s');
  const controls = [...root.querySelectorAll<HTMLElement>('button, input, select, summary, [role=slider], canvas')];
  expect(controls.length).toBeGreaterThan(25);
  for (const control of controls) {
    const label = control.closest('label')?.textContent ?? '';
    expect([
      control.outerHTML,
      (control.getAttribute('aria-label') ?? '') !== '' || label !== '' || control === canvas,
    ]).toEqual([control.outerHTML, true]);
    expect(control.tabIndex).toBe(0);
  }
});

test('the buttons do what the keys do, and show what is on', () => {
  const click = (id: string): void => {
    find(`[data-command="${id}"]`).click();
  };
  click('flip-horizontal');
  click('plane-xz');
  click('window-tool');
  expect(host.changes).toEqual([{ flip: [true, false] }, { layout: 'slice', plane: 'xz' }]);
  const pressed = [...root.querySelectorAll<HTMLElement>('[aria-pressed="true"]')].map(
    ({ dataset }) => dataset.command,
  );
  expect(pressed).toEqual(['plane-xz', 'flip-horizontal', 'window-tool']);
  expect(find('[data-command="zoom-in"]').title).toBe('Zoom in (+)');
  instrument.enabled = false;
  expect((find('[data-command="zoom-in"]') as HTMLButtonElement).disabled).toBe(true);
});

test('the panel is empty until it is opened, and says nothing while it is closed', () => {
  expect(instrument.panel.element.childElementCount).toBe(0);
  press('s');
  expect(instrument.panel.element.hidden).toBe(false);
  expect(host.sent).toEqual([{ kind: 'histogram', layer: 0, frame: 0, bins: 256 }]);
  press('s');
  const text = instrument.panel.element.innerHTML;
  host.change({ window: [3, 4] });
  expect(instrument.panel.element.innerHTML).toBe(text);
});

test('the histogram is drawn on a logarithmic scale, with the window’s ends on it', async () => {
  press('s');
  host.answer({});
  await Promise.resolve();
  await Promise.resolve();
  const path = find('.slicescope-bars').getAttribute('d') ?? '';
  const heights = [...path.matchAll(/V([\d.]+)H/g)].map(([, y]) => 1 - Number(y) / 64);
  const log = (count: number): number => Math.log1p(count) / Math.log1p(10);
  expect(heights).toEqual([1, 0, log(5), log(1)].map((height) => expect.closeTo(height, 3)));
  // The axis is from −2.5 to 102: the bars, the window [0, 100] and a margin of 2.
  expect(find('.slicescope-handle[data-end="low"]').style.left).toBe('2.39%');
  expect(find('.slicescope-handle[data-end="high"]').getAttribute('aria-valuenow')).toBe('100');
});

test('handles are moved by keys, and never past each other', () => {
  press('s');
  host.change({ window: [40, 41] });
  press('ArrowRight', find('.slicescope-handle[data-end="low"]'));
  expect(host.current.window).toEqual([40, 41]);
  press('ArrowLeft', find('.slicescope-handle[data-end="low"]'));
  expect(host.current.window).toEqual([39, 41]);
});

test('numbers that are typed are the window, unless they are none', () => {
  press('s');
  const low = inputOf('.slicescope-panel .slicescope-number');
  low.value = '20';
  low.dispatchEvent(new Event('change'));
  expect(host.current.window).toEqual([20, 100]);
  low.value = '500';
  low.dispatchEvent(new Event('change'));
  expect([host.current.window, low.value]).toEqual([[20, 100], '20']);
});

test('presets and colour maps are chosen by name', () => {
  open({ ...viewState(1, 'xy', 2), volume: { ...volumeInfo(1), dtype: 'int16' } });
  press('s');
  const presets = find('.slicescope-panel select[aria-label="Window"]') as HTMLSelectElement;
  presets.value = 'brain';
  presets.dispatchEvent(new Event('change'));
  expect(host.current.window).toEqual([0, 80]);
  presets.value = 'slice';
  presets.dispatchEvent(new Event('change'));
  expect(host.current.window).toEqual([0, 23]); // Of 0 to 23.
  const maps = find('details');
  maps.dispatchEvent(new Event('toggle'));
  inputOf('input[value="magma"]').click();
  expect(host.current.colormap).toBe('magma');
});

test('of a CT that is stored in whole numbers from 0 on, everything is said in Hounsfield units', () => {
  jest.useFakeTimers();
  const volume = { ...volumeInfo(1), rescale: { slope: 1, intercept: -1024 } };
  open({ ...viewState(1, 'xy', 2), volume, window: [-1024, -924], listens: ['click'] });
  press('s');
  const presets = find('.slicescope-panel select[aria-label="Window"]') as HTMLSelectElement;
  const choose = (value: string): void => {
    presets.value = value;
    presets.dispatchEvent(new Event('change'));
  };
  choose('own');
  expect(host.current.window).toEqual([-1024, 0xffff - 1024]);
  choose('bone');
  expect(host.current.window).toEqual([-500, 1300]);
  jest.advanceTimersByTime(100);
  expect(find('.slicescope-color-bar').getAttribute('aria-label')).toBe('gray from −500 to 1300');
  press('w');
  expect(host.current.window).toEqual([-1024, -1001]); // Stored are 0 to 23.
  const of = find('.slicescope-panel select[aria-label="Histogram of"]') as HTMLSelectElement;
  of.value = 'slice';
  of.dispatchEvent(new Event('change'));
  jest.advanceTimersByTime(500);
  const low = find('.slicescope-handle[data-end="low"]');
  // A bar for each of 24 numbers, and a margin of a fiftieth.
  expect([low.getAttribute('aria-valuemin'), low.getAttribute('aria-valuenow')]).toEqual(['-1024.98', '-1024']);
  point('pointermove', 250, 150);
  expect(find('.slicescope-probe').textContent).toBe('[2, 1, 2]   2.00, 1.00, 2.00 mm   −1012');
  point('pointerdown', 250, 150);
  point('click', 250, 150);
  expect(host.sent.at(-1)).toMatchObject({ kind: 'click', position: [2, 1, 2], values: [-1012] });
});

test('overlays are switched, made transparent, and chosen for the colour map', () => {
  const { revision, name, planes } = volumeInfo(7);
  const info: OverlayInfo = {
    revision,
    name,
    planes,
    frames: 1,
    dtype: 'uint8',
    rescale: null,
    components: 1,
    labels: { 1: { name: 'liver' }, 300: { color: '#102030' }, 301: { color: '#ff000080' } },
  };
  const overlay = { colormap: 'labels', window: [0, 1], visible: true, opacity: 1 } as const;
  open({ ...viewState(1, 'xy', 2), overlays: [overlay], overlayVolumes: [info] });
  press('s');
  const swatch = root.querySelectorAll<HTMLElement>('.slicescope-layer .slicescope-swatch')[1];
  const own = ['rgb(223 16 0 / 1)', 'rgb(16 32 48 / 1)', 'rgb(255 0 0 / 0.50'];
  expect(own.filter((color) => swatch?.style.background.includes(color))).toEqual(own);
  const opacity = inputOf('.slicescope-opacity');
  opacity.value = '40';
  opacity.dispatchEvent(new Event('input'));
  expect(host.current.overlays).toEqual([{ ...overlay, opacity: 0.4 }]);
  const [, choose] = root.querySelectorAll<HTMLInputElement>('.slicescope-layer input[type=radio]');
  choose?.click();
  expect(instrument.layer?.layer).toBe(1);
  const [, visible] = root.querySelectorAll<HTMLInputElement>('.slicescope-layer input[type=checkbox]');
  visible?.click();
  expect(host.current.overlays[0]?.visible).toBe(false);
});

test('W is the window of the slice’s values; a double click asks for the volume’s', async () => {
  press('w');
  expect(host.current.window).toEqual([0, 23]);
  canvas.dispatchEvent(new MouseEvent('dblclick'));
  expect(host.sent).toEqual([{ kind: 'histogram', layer: 0, frame: 0, bins: 256 }]);
  host.answer({});
  await Promise.resolve();
  await Promise.resolve();
  expect(host.current.window).toEqual([2, 98]);
});

test('the help has each key, and closes by Escape with the focus where it was', () => {
  canvas.focus();
  press('?');
  expect(instrument.help.element.querySelectorAll('dt').length).toBeGreaterThan(25);
  expect(document.activeElement).toBe(instrument.help.element);
  press('Escape', instrument.help.element);
  expect([instrument.help.element.hidden, document.activeElement]).toEqual([true, canvas]);
});

test('the probe says what is under the pointer, and is silent when it has left', () => {
  point('pointermove', 250, 150);
  expect(find('.slicescope-probe').textContent).toBe('[2, 1, 2]   2.00, 1.00, 2.00 mm   12');
  point('pointerleave', 0, 0);
  expect(find('.slicescope-probe').textContent).toBe('');
});

test('a probe of a picture that is taken away is taken away with it', () => {
  point('pointermove', 250, 150);
  release();
  expect(find('.slicescope-probe').textContent).toBe('');
});

test('while a button is held, the probe is written after the frame', () => {
  jest.useFakeTimers();
  const drag = (x: number): void => {
    const moved = new MouseEvent('pointermove', { bubbles: true, clientX: x, clientY: 150, buttons: 2 });
    canvas.dispatchEvent(Object.assign(moved, { pointerId: 1 }));
  };
  point('pointermove', 250, 150);
  drag(350);
  expect(find('.slicescope-probe').textContent).toContain('[2, 1, 2]');
  jest.advanceTimersByTime(100);
  expect(find('.slicescope-probe').textContent).toContain('[3, 1, 2]');
});

test('the kernel hears of the pointer and of clicks only if it listens, and not too often', () => {
  jest.useFakeTimers();
  point('pointermove', 250, 150);
  jest.advanceTimersByTime(500);
  expect(host.sent).toEqual([]);
  host.current = { ...host.current, listens: ['probe', 'click'] };
  for (let x = 10; x < 390; x += 10) point('pointermove', x, 150);
  jest.advanceTimersByTime(500);
  const probe = { kind: 'probe', plane: 'xy', position: [3, 1, 2], frame: 0, values: [13] };
  expect(host.sent).toEqual([probe]);
  point('pointerdown', 50, 50);
  point('click', 50, 50);
  point('pointerdown', 50, 50);
  point('click', 90, 50); // Something was dragged.
  expect(host.sent).toEqual([probe, { ...probe, kind: 'click', position: [0, 0, 2], values: [0] }]);
});

test('a screen reader hears of the slice and its value when the hand rests', () => {
  jest.useFakeTimers();
  canvas.focus();
  for (const index of [3, 4]) host.change({ index, position: [2, 1, index] });
  jest.advanceTimersByTime(300);
  expect(find('.slicescope-spoken').textContent).toBe('');
  jest.advanceTimersByTime(700);
  expect(find('.slicescope-spoken').textContent).toBe('xy slice 4 of 4, value 12 at 2, 1, 4');
});

test('the colour bar has round numbers at their places, and hides for colours', () => {
  const ticks = [...root.querySelectorAll<HTMLElement>('.slicescope-tick')];
  expect(ticks.map((tick) => [tick.textContent, tick.style.left])).toEqual([
    ['0', '0%'],
    ['20', '20%'],
    ['40', '40%'],
    ['60', '60%'],
    ['80', '80%'],
    ['100', '100%'],
  ]);
  expect(find('.slicescope-color-bar').getAttribute('aria-label')).toBe('gray from 0 to 100');
  host.current = { ...host.current, volume: { ...host.current.volume, components: 3 } };
  instrument.update();
  expect(find('.slicescope-color-bar').hidden).toBe(true);
});

test('labels have no colour bar, and no window in the panel', () => {
  press('s');
  const window = find('[aria-label="Histogram of"]').closest<HTMLElement>('.slicescope-section');
  const shown = (): boolean[] => [find('.slicescope-color-bar'), window!].map(({ hidden }) => !hidden);
  expect(shown()).toEqual([true, true]);
  host.current = { ...host.current, colormap: 'labels' };
  instrument.update();
  expect(shown()).toEqual([false, false]);
});

test('the scale bar is a round length, and follows the picture', () => {
  // 4 mm take 400 pixels, and it may have 100.
  expect([find('.slicescope-scale').textContent, find('.slicescope-scale-bar').style.width]).toEqual(['1 mm', '100px']);
});

test('the scale bars of pictures to one scale have one length, that of the narrowest which has room for one', () => {
  const others = [
    { width: 200, height: 300 },
    { width: 60, height: 300 },
  ].map((size) => Object.assign(document.createElement('canvas'), size));
  for (const other of others) {
    root.append(other);
    instrument.attach({
      canvas: other,
      plane: 'xy',
      size: { width: 4, height: 3 },
      orientation: shownOrientation(host.current.volume.planes.xy, host.current),
      placed: { left: 0, top: 0, width: 400, height: 300 },
    });
  }
  instrument.update();
  const scales = [canvas, ...others].map((each) => each.nextElementSibling as HTMLElement);
  // A millimetre takes 100 pixels, and 50 are the most that the one of 200 allows.
  expect(scales.map(({ textContent, hidden }) => (hidden ? null : textContent))).toEqual(['500 µm', '500 µm', null]);
  const bars = root.querySelectorAll<HTMLElement>('.slicescope-scale-bar');
  expect([...bars].map(({ style }) => style.width)).toEqual(['50px', '50px', '']);
});

test('frames have a slider where there are several', () => {
  expect(instrument.frames.element.hidden).toBe(true);
  host.current = { ...host.current, volume: { ...host.current.volume, frames: 6 }, frame: 2 };
  instrument.update();
  const slider = inputOf('.slicescope-frame-slider');
  expect([slider.max, slider.value, slider.getAttribute('aria-valuetext')]).toEqual(['5', '2', 'frame 2 of 5']);
  slider.value = '4';
  slider.dispatchEvent(new Event('input'));
  expect(host.changes.at(-1)).toEqual({ frame: 4 });
  expect(find('.slicescope-frames .slicescope-count').textContent).toBe('4 / 5');

  const frameTimes = [0, 1.5, 3, 4.5, 6, 7.5];
  host.current = { ...host.current, volume: { ...host.current.volume, frameTimes }, frame: 3 };
  instrument.update();
  expect(find('.slicescope-frames .slicescope-count').textContent).toBe('3 / 5 · 4.5 s');
  expect(slider.getAttribute('aria-valuetext')).toBe('frame 3 of 5, 4.5 s');
});

test('notes are folded up below the colours, and a slice without values says so', () => {
  const notes = (): HTMLElement => find('.slicescope-notes');
  expect(notes().hidden).toBe(true);
  const plain = viewState(1, 'xy', 2);
  const volume = { ...plain.volume, notes: ['Slice 3 is missing.', 'The gantry was tilted.'], emptySlices: [3] };
  reopen({ ...plain, volume });
  expect(notes().hidden).toBe(false);
  expect(find('details.slicescope-notes-details').hasAttribute('open')).toBe(false);
  expect(find('.slicescope-notes summary').textContent).toBe('2 notes on this volume');
  expect([...notes().querySelectorAll('li')].map(({ textContent }) => textContent)).toEqual(volume.notes);
  expect(find('.slicescope-empty').textContent).toBe('');
  host.change({ index: 3, position: [2, 1, 3] });
  expect(find('.slicescope-empty').textContent).toBe('xy slice 3 is empty: it holds no measured values');
  expect(find('.slicescope-empty').getAttribute('role')).toBe('status');
  // Where the slice along z isn't in the picture, there is nothing to say of it.
  host.change({ plane: 'xz', index: 1, position: [2, 1, 3] });
  expect(find('.slicescope-empty').textContent).toBe('');
  host.change({ layout: 'planes' });
  expect(find('.slicescope-empty').textContent).not.toBe('');
});

test('Play and Space play, in this page', () => {
  jest.useFakeTimers();
  press(' ');
  expect([host.current.playing, instrument.play.element.title]).toEqual([true, 'Pause (Space)']);
  jest.advanceTimersByTime(50);
  expect(host.current.index).toBe(3);
  instrument.play.element.click();
  expect([host.current.playing, instrument.play.element.title]).toEqual([false, 'Play (Space)']);
});
