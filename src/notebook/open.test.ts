import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { OpenProgress } from '../formats';
import { niftiFile } from '../formats/testing/nifti-file';
import { Volume } from '../index';
import { open } from './open';

jest.setTimeout(30_000); // Each file is read by a thread that loads the reader.

const folder = mkdtempSync(join(tmpdir(), 'slicescope-open-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const path = join(folder, 'ramp.nii');
writeFileSync(path, niftiFile({ dims: [3, 4, 5], voxels: Uint8Array.from({ length: 60 }, (_, i) => i) }));

describe('open', () => {
  test('is Volume.open, and reads a volume', async () => {
    expect(Volume.open).toBe(open);
    const volume: Volume = await Volume.open(path);
    expect(volume).toBeInstanceOf(Volume);
    expect(volume.name).toBe('ramp');
    expect(volume.valueAt(2, 3, 4)).toBe(59);
  });

  test('prints nothing outside of a notebook, and tells its progress to who asks', async () => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const steps: OpenProgress[] = [];
    await open(path, { onProgress: (step) => steps.push(step) });
    expect(steps.at(-1)).toEqual({ stage: 'done', fraction: 1 });
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  test('refuses what is not there', async () => {
    const missing = join(folder, 'none.nii');
    await expect(open(missing)).rejects.toMatchObject({
      code: 'file-not-found',
      message: `${missing}: there is no such file`,
    });
  });
});
