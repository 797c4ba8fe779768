import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { usePage } from '../browser/page-stand';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const DEPTH = 40;
const wave = volumeOf('uint8', [30, 20, DEPTH], (x, y, z) => (x + y + 7 * z) % 256);

/** What a page has shown since it was watched: the slices, and how many milliseconds later. */
type Steps = [after: number, index: number][];

async function watch(page: Page): Promise<() => Promise<Steps>> {
  await page.evaluate(() => {
    const root = document.querySelector<HTMLElement>('.slicescope-view');
    if (root === null) throw new Error('There is no viewer on the page.');
    const seen: Steps = [];
    const start = performance.now();
    Object.assign(window, { seen });
    new MutationObserver(() => {
      seen.push([performance.now() - start, Number(root.dataset.shownIndex)]);
    }).observe(root, { attributes: true, attributeFilter: ['data-shown-index'] });
  });
  return async () => await page.evaluate(() => (window as unknown as { seen: Steps }).seen);
}

/** Milliseconds of a step, on average, from before the first one: a delay cannot make it shorter. */
function pace(steps: Steps): number {
  return (steps.at(-1)?.[0] ?? NaN) / steps.length;
}

test('Space plays the slices, not faster than the rate, and stops', async () => {
  const { view, viewer, page } = await stand.show(wave, { index: 0, rate: 20 });
  await viewer.shows(0);
  const shown = await watch(page);
  await viewer.canvas.press('Space');
  const steps = await eventually(async () => {
    const sofar = await shown();
    expect(sofar.length).toBeGreaterThan(12);
    return sofar;
  });
  expect(pace(steps)).toBeGreaterThan((0.9 * 1000) / 20);
  await viewer.canvas.press('Space');
  const rested = await eventually(async () => {
    expect(view.playing).toBe(false);
    const index = await viewer.shownIndex();
    expect(view.index).toBe(index);
    return index;
  });
  await page.waitForTimeout(200); // Four steps that are not made any more.
  expect([view.index, await viewer.shownIndex()]).toEqual([rested, rested]);
});

test('slices are played back and forth or in a loop, each of them', async () => {
  const few = volumeOf('int16', [24, 18, 5], (x, y, z) => x * 67 - y * 131 + z * 577);
  const { view, viewer, page } = await stand.show(few, { index: 2 });
  for (const [playback, expected] of [
    ['bounce', '1 2 3 4 3 2 1 0 1'],
    ['loop', '1 2 3 4 0 1 2 3 4'],
  ] as const) {
    view.set({ playback, rate: 20, index: 0 });
    await viewer.shows(0);
    const shown = await watch(page);
    await viewer.canvas.press('Space');
    await eventually(async () => {
      const indices = (await shown()).map(([, index]) => index);
      expect(indices.slice(0, 9).join(' ')).toBe(expected);
    });
    await viewer.canvas.press('Space');
    await eventually(() => {
      expect(view.playing).toBe(false);
    });
  }
});

test('of two pages one plays for both, one slice after the other and not faster than the rate; the other stops it', async () => {
  const rate = 10;
  const { view, viewer, page, url } = await stand.show(wave, { index: 0, rate });
  const { viewer: otherViewer, page: other } = await stand.open(url);
  await viewer.shows(0);
  await otherViewer.shows(0);
  const [shown, shownThere] = [await watch(page), await watch(other)];
  await viewer.canvas.press('Space');
  // Longer than the other page would wait before it played itself.
  await eventually(async () => {
    expect((await shown()).length).toBeGreaterThan(20);
    expect((await shownThere()).length).toBeGreaterThan(10);
  });
  const steps = await shown();
  const indices = steps.map(([, index]) => index);
  expect(indices).toEqual(indices.map((_, step) => (step + 1) % DEPTH));
  expect(pace(steps)).toBeGreaterThan((0.9 * 1000) / rate);

  await otherViewer.canvas.press('Space');
  await eventually(async () => {
    expect(view.playing).toBe(false);
    expect([await viewer.shownIndex(), await otherViewer.shownIndex()]).toEqual([view.index, view.index]);
  });
});

test('who wants less motion sees none that code has started, and what they have started themselves', async () => {
  const { view, viewer, page } = await stand.show(wave, { index: 0, rate: 10 }, { reducedMotion: 'reduce' });
  await viewer.shows(0);
  const shown = await watch(page);
  view.playing = true;
  await page.waitForTimeout(1600); // A page that may plays after 1.4 s at the latest.
  expect(await shown()).toEqual([]);
  await viewer.canvas.press('Space');
  await viewer.canvas.press('Space');
  await eventually(async () => {
    expect((await shown()).map(([, index]) => index).slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
  });
});
