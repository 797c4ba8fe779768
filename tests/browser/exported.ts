import { expect } from '@jest/globals';
import { lookAt, drawSlice, type LookOptions } from '../../src/export';
import type { Volume } from '../../src/volume';
import type { ViewerPage } from './viewer-page';
import { colorAt, type Pixels } from './pictures';
import { placeIn } from './places';
import { eventually } from './waiting';

/** How a canvas differs from a picture in the middles of its pixels. */
function deviations(canvas: Pixels, picture: Pixels): string[] {
  const found: string[] = [];
  const placeOf = placeIn(canvas, picture);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const [across, down] = placeOf(x + 0.5, y + 0.5);
      const got = colorAt(canvas, Math.floor(across), Math.floor(down));
      const want = colorAt(picture, x, y);
      if (got.every((part, at) => Math.abs(part - want[at]!) <= 1)) continue;
      found.push(`(${String(x)}, ${String(y)}) is ${got.join(' ')}, expected ${want.join(' ')}`);
      if (found.length > 4) return found;
    }
  }
  return found;
}

/** Wait until the canvas shows what is exported with these options, in the middle of each voxel. */
export async function expectExported(viewer: ViewerPage, volume: Volume, options: LookOptions): Promise<void> {
  const { settings, overlays } = lookAt(volume, options, 'test');
  const picture = await drawSlice(volume, settings, overlays);
  await eventually(async () => {
    expect(deviations(await viewer.pixels(), picture)).toEqual([]);
  });
}
