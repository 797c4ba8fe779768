import { expect, test } from '@jest/globals';
import { expectExported } from '../../tests/browser/exported';
import { expectPicture } from '../../tests/browser/pictures';
import { noise, stage, volumeOf } from '../../tests/browser/volumes';
import { useJupyter } from './stand';

const stand = useJupyter();

// tests/page has each kind of value, look and layer; it is the same viewer.
test('numbers, colours and overlays are drawn under a cell as they are in their volumes', async () => {
  const next = noise(1);
  const spacing = [1, 1.5, 2] as const;
  const scan = volumeOf('int16', [31, 23, 17], () => Math.floor(next() * 4000) - 1000, { spacing });
  const colors = volumeOf('uint8', [13, 9, 21], (x, y, z) => [19 * x, 28 * y, 255 - 12 * z, 12 * z], { components: 4 });
  const labels = volumeOf('uint8', [16, 12, 9], (x, y, z) => (x + y + z) % 4, { spacing: [2, 3, 4] });
  for (const [name, volume] of Object.entries({ scan, colors, labels })) stage(stand.server, name, volume);
  const look = { plane: 'yz', index: 20, rotation: 1, colormap: 'viridis' } as const;
  const notebook = await stand.open([
    `show(load('scan'), ${JSON.stringify(look)});
    show(load('colors'), { index: 9 });
    const view = show(load('scan'), { index: 4, overlays: [{ volume: load('labels'), labels: true, opacity: 0.5 }] });`,
  ]);
  await notebook.page.setViewportSize({ width: 800, height: 900 }); // Smaller canvases are compared sooner.
  await notebook.runCell(1);
  expect(await notebook.printed()).toBe('');
  await expectPicture(notebook.viewer(0), scan, look);
  await expectPicture(notebook.viewer(1), colors, { index: 9 });
  const overlays = [{ volume: labels, labels: true, opacity: 0.5 }] as const;
  await expectExported(notebook.viewer(2), scan, { index: 4, overlays });
});
