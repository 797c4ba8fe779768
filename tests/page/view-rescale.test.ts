import { expect, test } from '@jest/globals';
import type { Rescale, Window } from '../../src/protocol';
import type { Volume } from '../../src/volume';
import type { ViewerPage } from '../browser/viewer-page';
import { colorAt } from '../browser/pictures';
import { usePage } from '../browser/page-stand';
import { noise, volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const [WIDTH, HEIGHT, DEPTH] = [30, 25, 9];

/** Values as a scanner stores them. */
function scan(rescale: Rescale, window: Window): Volume {
  const next = noise(11);
  return volumeOf('int16', [WIDTH, HEIGHT, DEPTH], () => Math.floor(next() * 4096) - 200, { rescale, window });
}

const SCANS: Readonly<Record<string, Volume>> = {
  hounsfield: scan({ slope: 1, intercept: -1024 }, [-1000, 1000]),
  fractions: scan({ slope: 0.0625, intercept: -3.5 }, [0, 200]),
  'turned round': scan({ slope: -2, intercept: 500 }, [-4000, 100]),
};

/** The pixels in the middles of a slice's voxels that are not the share of the window that real values have. */
async function wrongGrays(viewer: ViewerPage, { data, rescale }: Volume, index: number, [low, high]: Window) {
  const canvas = await viewer.pixels();
  const scale = Math.min(canvas.width / WIDTH, canvas.height / HEIGHT);
  const [left, top] = [(canvas.width - scale * WIDTH) / 2, (canvas.height - scale * HEIGHT) / 2];
  const { slope, intercept } = rescale as Rescale;
  const wrong: string[] = [];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const value = slope * (data[(index * HEIGHT + y) * WIDTH + x] as number) + intercept;
      const gray = 255 * Math.min(1, Math.max(0, (value - low) / (high - low)));
      const got = colorAt(canvas, Math.floor(left + (x + 0.5) * scale), Math.floor(top + (y + 0.5) * scale));
      // Of 255; the rest is the rounding.
      if (got.every((part, at) => Math.abs(part - (at === 3 ? 255 : gray)) <= 1)) continue;
      wrong.push(`(${String(x)}, ${String(y)}) is ${got.join(' ')}, expected ${gray.toFixed(2)} of ${String(value)}`);
    }
  }
  return wrong.slice(0, 5);
}

test.each(Object.keys(SCANS))('stored integers are drawn and told as their real values: %s', async (name) => {
  const volume = SCANS[name] as Volume;
  const window = volume.window as Window;
  const { view, viewer, page } = await stand.show(volume, { index: 4 });
  const clicks: unknown[] = [];
  view.on('click', ({ position, value }) => clicks.push([position, value]));
  await viewer.shows(4);
  expect(await wrongGrays(viewer, volume, 4, window)).toEqual([]);
  view.window = 'bone';
  await eventually(async () => {
    expect(await wrongGrays(viewer, volume, 4, [-500, 1300])).toEqual([]);
  });
  const box = await viewer.canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on the page.');
  const [x, y] = [7, 19];
  const { data, rescale } = volume;
  const { slope, intercept } = rescale as Rescale;
  const value = slope * (data[(4 * HEIGHT + y) * WIDTH + x] as number) + intercept;
  const scale = Math.min(box.width / WIDTH, box.height / HEIGHT);
  await page.mouse.move(
    box.x + box.width / 2 + (x + 0.5 - WIDTH / 2) * scale,
    box.y + box.height / 2 + (y + 0.5 - HEIGHT / 2) * scale,
  );
  await eventually(async () => {
    expect(await viewer.root.locator('.slicescope-probe').textContent()).toBe(
      `[7, 19, 4]   7.00, 19.00, 4.00 px   ${String(value).replace('-', '−')}`,
    );
  });
  await page.mouse.down();
  await page.mouse.up();
  await eventually(() => {
    expect(clicks).toEqual([[[7, 19, 4], value]]);
  });
  expect(volume.valueAt(7, 19, 4)).toBe(value);
});
