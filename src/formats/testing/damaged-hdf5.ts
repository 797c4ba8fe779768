import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openVolume } from '../index';
import { filesFolder } from './files-folder';
import { madeByPython } from './python';

/**
 * Tests of a file that is cut short, and overwritten, at `places` places each. A thread of its own
 * reads each with HDF5's library, which takes half a second to load.
 */
export function damagedFileTests({ places }: { readonly places: number }): void {
  const { put } = filesFolder();
  const { folder } = madeByPython(join(__dirname, 'write-files.py'));
  const whole = readFileSync(join(folder, 'several.h5'));
  const series = 'raw/little-i2';

  test(`a file that is cut short is refused, at ${String(places)} places`, async () => {
    for (let cut = 1; cut <= places; cut++) {
      const path = put(`cut-${String(cut)}.h5`, whole.subarray(0, Math.floor((whole.length * cut) / (places + 1))));
      await expect(openVolume(path, { series })).rejects.toMatchObject({ code: 'file-corrupt' });
    }
  });

  test(`a file that is overwritten is refused, or has its shape, at ${String(places)} places`, async () => {
    for (let part = 0; part < places; part++) {
      const at = 100 + Math.floor((part * (whole.length - 100)) / places);
      const path = put(`broken-${String(at)}.h5`, Buffer.from(whole).fill(0xff, at, at + 8));
      const opened = await openVolume(path, { series }).catch((error: unknown) => error);
      expect(opened).toMatchObject(
        opened instanceof Error
          ? { code: expect.stringMatching(/^(file-corrupt|unsupported-format)$/) as unknown }
          : { shape: [4, 3, 2] },
      );
    }
  });
}
