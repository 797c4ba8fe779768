import { afterEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { Child, LIB } from '../../kernel-server/testing/companions';
import type { Window } from '../../src/protocol';
import { expectExported } from '../browser/exported';
import { usePage } from '../browser/page-stand';
import { rectOf } from '../browser/places';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const SHAPE = [24, 18, 5] as const;
const WINDOW = [-2000, 4000] as const;
/** No two voxels of a slice are alike. */
const wave = volumeOf('int16', SHAPE, (x, y, z) => x * 67 - y * 131 + z * 577, { window: WINDOW });
const head = volumeOf('int16', SHAPE, (x, y, z) => x * 67 - y * 131 + z * 577, {
  window: WINDOW,
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
});

const programs: Child[] = [];
afterEach(() => {
  for (const program of programs.splice(0)) program.kill();
});

test('linked views keep step, also while their program is busy; what is not linked stays', async () => {
  const program = new Child(`
    const { readSync } = require('node:fs');
    const { Volume, link, show } = require(${JSON.stringify(join(LIB, 'src/index.js'))});
    const volume = Volume.alloc(${JSON.stringify(SHAPE)}, 'int16', { window: ${JSON.stringify(WINDOW)} });
    const [width, height, depth] = volume.shape;
    let at = 0;
    for (let z = 0; z < depth; z++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) volume.data[at++] = x * 67 - y * 131 + z * 577;
    const view = show(volume, { index: 2 });
    const other = show(volume, { index: 2 });
    const stop = link([view, other], ['index', 'window']);
    readSync(0, Buffer.alloc(100)); // Nothing else runs until a line comes.
    console.log('free');
    process.stdin.on('data', (words) => {
      if (String(words).includes('stop')) stop();
      console.log(JSON.stringify([view.window, other.window]));
    });`);
  programs.push(program);
  const address = async (): Promise<string> => /http:\S+/.exec(await program.line())?.[0] ?? '';
  const { viewer: first } = await stand.open(await address());
  const { viewer: second } = await stand.open(await address());
  await expectExported(first, wave, { index: 2 });
  await expectExported(second, wave, { index: 2 });
  for (const key of ['ArrowRight', 'i', 'w']) await first.canvas.press(key);
  await second.shows(3);

  program.write('go on');
  expect(await program.line()).toBe('free');
  const answer = async (line: string): Promise<[Window, Window]> => {
    program.write(line);
    return JSON.parse(await program.line()) as [Window, Window];
  };
  const window = await eventually(async () => {
    const [one, other] = await answer('say');
    expect(one).not.toEqual(WINDOW);
    expect(other).toEqual(one);
    return one;
  });
  await expectExported(first, wave, { index: 3, window, invert: true });
  await expectExported(second, wave, { index: 3, window });
  await answer('stop');
  await first.canvas.press('ArrowRight');
  await expectExported(first, wave, { index: 4, window, invert: true });
  await expectExported(second, wave, { index: 3, window });
});

test('the convention mirrors picture and letters of a volume with a direction, and one without has no choice', async () => {
  const { view, viewer } = await stand.show(head, { index: 2 });
  await expectExported(viewer, head, { index: 2 });
  await viewer.canvas.press('s');
  const convention = viewer.root.getByLabel('Convention');
  const letters = async (): Promise<(string | null)[]> =>
    await Promise.all(['left', 'right'].map((side) => viewer.root.locator(`.slicescope-${side}`).textContent()));
  expect(await letters()).toEqual(['R', 'L']);
  await convention.selectOption('neurological');
  await expectExported(viewer, head, { index: 2, convention: 'neurological' });
  expect(await letters()).toEqual(['L', 'R']);
  await eventually(() => {
    expect(view.convention).toBe('neurological');
  });
  view.volume = wave;
  await expectExported(viewer, wave, { index: 2 });
  expect(await letters()).toEqual(['', 'x']);
  await convention.waitFor({ state: 'hidden' });
});

test('the colour bar has numbers where their values are, and there is none for labels', async () => {
  const { view, viewer } = await stand.show(wave, { index: 2 });
  const bar = viewer.root.locator('.slicescope-color-bar');
  const expectTicks = async ([low, high]: Window, numbers: readonly number[]): Promise<void> => {
    await eventually(async () => {
      const strip = await rectOf(bar.locator('.slicescope-strip'));
      const ticks = await bar.locator('.slicescope-tick').evaluateAll((nodes) =>
        nodes.map((node) => {
          const { left, width } = node.getBoundingClientRect();
          return [Number(node.textContent.replace('−', '-')), left + width / 2];
        }),
      );
      const places = numbers.map((value) => {
        const x = strip.x + ((value - low) / (high - low)) * strip.width;
        return [value, expect.closeTo(x, -0.4)];
      });
      expect(ticks).toEqual(places);
    });
  };
  await expectTicks(WINDOW, [-2000, 0, 2000, 4000]);
  view.set({ window: [0, 50], colormap: 'viridis' });
  await expectTicks([0, 50], [0, 10, 20, 30, 40, 50]);
  expect(await bar.getAttribute('aria-label')).toBe('viridis from 0 to 50');
  view.colormap = 'labels';
  await bar.waitFor({ state: 'hidden' });
});

test('a screen reader hears of slice and value when the hand rests, and of the picture by its name', async () => {
  const named = volumeOf('int16', SHAPE, (x, y, z) => x * 67 - y * 131 + z * 577, { window: WINDOW, name: 'wave' });
  const { view, viewer, page } = await stand.show(named, { index: 2 });
  await viewer.shows(2);
  const spoken = viewer.root.getByRole('status').and(page.locator('.slicescope-spoken'));
  await viewer.canvas.press('ArrowRight');
  const middle = [12, 9, 3] as const;
  const value = String(wave.valueAt(...middle)).replace('-', '−');
  await eventually(async () => {
    expect(await spoken.textContent()).toBe(`xy slice 3 of 4, value ${value} at ${middle.join(', ')}`);
  });
  expect(await spoken.getAttribute('aria-live')).toBe('polite');
  expect(await viewer.canvas.getAttribute('aria-label')).toBe('wave, xy slice 3 of 4');
  view.layout = 'volume';
  await viewer.root.getByRole('img', { name: 'wave, the slices of the three planes at 12, 9, 3 in its box' }).waitFor();
});
