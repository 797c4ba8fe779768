import { expect, test } from '@jest/globals';
import { recordContexts, type Contexts } from '../browser/contexts';
import { usePage } from '../browser/page-stand';
import { expectPicture } from '../browser/pictures';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const wave = volumeOf('float32', [60, 50, 22], (x, y, z) => Math.sin(x / 9) * Math.cos(y / 7) + z / 22, {
  window: [-1, 2],
});

interface Recorded extends Contexts {
  extension: WEBGL_lose_context | null;
}

test('a slice that comes while the WebGL context is lost is shown when it is back', async () => {
  const { view, viewer, page } = await stand.show(wave, { index: 4, zoom: 3 }, { prepare: recordContexts });
  await expectPicture(viewer, wave, { index: 4, zoom: 3 });
  expect(await page.evaluate(() => (window as unknown as Recorded).contexts.length)).toBe(1);
  await page.evaluate(() => {
    const recorded = window as unknown as Recorded;
    recorded.extension = recorded.contexts[0]?.getExtension('WEBGL_lose_context') ?? null;
    recorded.extension?.loseContext();
  });
  await page.waitForFunction(() => (window as unknown as Recorded).contexts[0]?.isContextLost() === true);
  view.index = 9;
  await eventually(async () => {
    expect(await viewer.slider.inputValue()).toBe('9');
  });
  await page.evaluate(() => {
    (window as unknown as Recorded).extension?.restoreContext();
  });
  await expectPicture(viewer, wave, { index: 9, zoom: 3 });
  await viewer.canvas.press('ArrowRight');
  await expectPicture(viewer, wave, { index: 10, zoom: 3 });
});
