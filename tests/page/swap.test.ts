import { expect, test } from '@jest/globals';
import type { Volume } from '../../src/volume';
import { usePage, type Shown } from '../browser/page-stand';
import { expectPicture } from '../browser/pictures';
import { rectOf } from '../browser/places';
import { LARGE, SMALL, graysOf, samplesOf, startSampling, type Sample } from '../browser/sampling';

const stand = usePage();

async function openSmall(): Promise<Shown> {
  const shown = await stand.show(SMALL, { index: 33 });
  await expectPicture(shown.viewer, SMALL, { index: 33 });
  return shown;
}

test('another volume is in the open view within three seconds; index is clamped, plane and colour map stay', async () => {
  const { view, viewer } = await openSmall();
  await viewer.root.evaluate((root) => (root.dataset.mark = 'the same'));
  await startSampling(viewer);
  const swapped = Date.now();
  view.volume = LARGE;
  await expectPicture(viewer, LARGE, { index: 24 });
  const isLarge = (sample: Sample): boolean => String(sample.grays) === String(graysOf(LARGE, sample));
  const shown = (await samplesOf(viewer)).find((sample) => sample.index === 24 && isLarge(sample));
  expect((shown?.time ?? Infinity) - swapped).toBeLessThan(3000);
  expect(await viewer.slider.getAttribute('max')).toBe('24');
  expect(await viewer.slider.inputValue()).toBe('24');
  expect(await viewer.root.getAttribute('data-mark')).toBe('the same');

  const look = { plane: 'yz', index: 47, colormap: 'viridis', rotation: 1 } as const;
  view.set(look);
  await expectPicture(viewer, LARGE, look);
  view.volume = SMALL;
  await expectPicture(viewer, SMALL, look);
  view.index = 63;
  view.volume = LARGE;
  await expectPicture(viewer, LARGE, look);
});

test('a window that was given stays where it meets the new volume, and else gives way', async () => {
  const { view, viewer } = await openSmall();
  view.window = [50, 20_000];
  view.volume = LARGE;
  await expectPicture(viewer, LARGE, { index: 24, window: [50, 20_000] });
  view.window = [10_000, 20_000];
  view.volume = SMALL;
  await expectPicture(viewer, SMALL, { index: 24, window: [0, 255] });
});

test('swaps in the middle of scrubbing never show a mixture of two volumes', async () => {
  const { view, viewer, page } = await openSmall();
  const { mouse } = page;
  const slider = await rectOf(viewer.slider);
  const first = await viewer.root.getAttribute('data-shown-revision');
  await startSampling(viewer);
  const y = slider.y + slider.height / 2;
  await mouse.move(slider.x + 0.8 * slider.width, y);
  await mouse.down();
  let isOver = false;
  const swapping = async (): Promise<void> => {
    for (let turn = 0; turn < 40; turn++) {
      view.volume = turn % 2 === 0 ? LARGE : SMALL;
      await new Promise((next) => setTimeout(next, 50 + 15 * (turn % 5)));
    }
    isOver = true;
  };
  const scrubbing = async (): Promise<void> => {
    do {
      await mouse.move(slider.x + 4, y, { steps: 40 });
      await mouse.move(slider.x + slider.width - 4, y, { steps: 40 });
    } while (!isOver);
  };
  await Promise.all([swapping(), scrubbing()]);
  await mouse.up();
  await expectPicture(viewer, SMALL, { index: Number(await viewer.slider.inputValue()) });
  expect(await viewer.notice.isHidden()).toBe(true);

  const samples = await samplesOf(viewer);
  // Every swap takes the next revision.
  const volumeOfSample = ({ revision }: Sample): Volume =>
    (Number(revision) - Number(first)) % 2 === 0 ? SMALL : LARGE;
  const mixtures = samples.flatMap((sample) => {
    const expected = graysOf(volumeOfSample(sample), sample);
    return sample.grays.every((gray, at) => Math.abs(gray - (expected[at] as number)) <= 1) ? [] : [[sample, expected]];
  });
  expect(mixtures.slice(0, 3)).toEqual([]);
  for (const volume of [SMALL, LARGE]) {
    const indices = samples.filter((sample) => volumeOfSample(sample) === volume).map(({ index }) => index);
    expect(new Set(indices).size).toBeGreaterThan(1);
  }
});
