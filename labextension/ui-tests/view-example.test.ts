import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openVolume } from '../../src/formats';
import { Volume } from '../../src/volume';
import { EXAMPLES, cellsOf, expectNoComplaints, openExample } from './examples';
import { expectPicture, type Expected } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const FILE = 'icbm152-t1.nii.gz';

test('the example runs from top to bottom, and its slider scrubs the real volume, by value', async () => {
  const cells = cellsOf('first-look.ipynb');
  const volume = await openVolume(join(EXAMPLES, 'data', FILE));
  const notebook = await openExample(stand, 'first-look.ipynb', [FILE]);
  const viewer = notebook.viewer();
  const { page } = notebook;

  const scrub = async (look: Expected): Promise<void> => {
    const { count } = volume.info(0).planes[look.plane ?? 'xy'];
    const box = await viewer.slider.boundingBox();
    if (box === null) throw new Error('The slider is not on the page.');
    const y = box.y + box.height / 2;
    const xOf = (index: number): number => box.x + box.height / 2 + ((box.width - box.height) * index) / (count - 1);
    await page.mouse.move(xOf(look.index), y);
    await page.mouse.down();
    for (let step = 1; step <= 6; step++) {
      await page.mouse.move(xOf(look.index + step), y);
      await expectPicture(viewer, volume, { ...look, index: Number(await viewer.slider.inputValue()) });
    }
    await page.mouse.up();
    for (const key of ['ArrowRight', 'PageUp', 'End', 'ArrowLeft', 'Home']) {
      await viewer.slider.press(key);
      await expectPicture(viewer, volume, { ...look, index: Number(await viewer.slider.inputValue()) });
    }
  };

  let live = 0;
  for (const [source, at] of cells) {
    await notebook.runCell(at);
    if (/\bview = show\(/.test(source)) {
      const index = Math.floor(volume.info(0).planes.xy.count / 2);
      await expectPicture(viewer, volume, { index }, 30_000);
      await scrub({ index });
      live++;
    }
    if (source.includes('view.index = 60')) await expectPicture(viewer, volume, { index: 60 });
    if (source.includes("plane: 'coronal'") && source.includes('view.set')) {
      const look = { plane: volume.resolvePlane('coronal'), window: [20, 220], colormap: 'viridis' } as const;
      await expectPicture(viewer, volume, { ...look, index: 110 });
      await scrub({ ...look, index: 110 });
      live++;
    }
    if (source.includes("view.on('change'")) {
      await viewer.slider.press('ArrowRight');
      await page
        .getByText(`slice ${await viewer.slider.inputValue()}`)
        .last()
        .waitFor();
    }
    if (source.includes('view.volume = edges')) {
      // A slice in the middle: at the border the edges are all zero.
      await notebook.run('view.index = 110');
      const look = { plane: 'xz', index: 110, colormap: 'viridis', window: [0, 60] } as const;
      await expectPicture(viewer, edgesOf(volume), look, 30_000);
      live++;
    }
  }
  expect(live).toBe(3);
  await expectNoComplaints(notebook);
  await eventually(async () => {
    expect(await page.locator('.slicescope-view[data-state="live"]').count()).toBe(2);
  });
});

/** The length of the gradient, as the example computes it. */
function edgesOf({ data, shape, spacing, direction }: Volume): Volume {
  const [width, height, depth] = shape;
  const edges = Volume.alloc(shape, 'float32', { spacing, direction });
  const between = (at: number, step: number): number => Number(data[at + step]) - Number(data[at - step]);
  for (let z = 1; z < depth - 1; z++) {
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const at = (z * height + y) * width + x;
        edges.data[at] = Math.hypot(between(at, 1), between(at, width), between(at, width * height)) / 2;
      }
    }
  }
  return edges;
}
