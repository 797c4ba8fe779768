import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Volume } from '../volume';
import { phantom } from '../volume/testing/phantom';
import { exportAnimation, exportMontage, exportStack } from './index';
import { readBack, type ReadBack } from './testing/read-back';

jest.setTimeout(60_000); // Python starts, and loads what reads the files.

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-stack-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);

const MANY = 24;

test.each([
  ['{index}.tif', true],
  ['all.tif', true],
  ['all.npy', true],
])('%s: never are more slices there that are not written than five', async (name, values) => {
  const volume = phantom([16, 12, MANY]);
  const slice = jest.spyOn(volume, 'slice');
  const ahead: number[] = [];
  await exportStack(volume, at(name), {
    values,
    onProgress: (fraction) => ahead.push(slice.mock.calls.length - Math.round(fraction * MANY)),
  });
  expect(slice).toHaveBeenCalledTimes(MANY);
  expect(ahead.length).toBe(MANY);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(5);
});

test('pages are in the file while later ones are not drawn yet', async () => {
  // Noise, which can't be made smaller.
  const volume = Volume.alloc([64, 64, MANY], 'uint8');
  volume.data.forEach((_, i) => (volume.data[i] = (i * 2654435761) >>> 13));
  const sizes: number[] = [];
  await exportStack(volume, at('all.tif'), {
    values: true,
    onProgress: () => {
      const [partial = ''] = readdirSync(folder);
      expect(partial).toMatch(/^\.slicescope-/);
      sizes.push(statSync(at(`${partial}/new/all.tif`)).size);
    },
  });
  const whole = statSync(at('all.tif')).size;
  sizes.forEach((size, page) => {
    expect(size).toBeGreaterThan((0.95 * (page + 1) * whole) / MANY);
    expect(size).toBeLessThan((1.05 * (page + 1) * whole) / MANY + 64);
  });
  const [pages] = (await readBack(at('all.tif'))) as [ReadBack];
  expect(pages.shape).toEqual([MANY, 64, 64]);
  expect(pages.values).toEqual(Array.from(volume.data));
});

test('pages of odd sizes, and of one only, are read', async () => {
  const volume = phantom([3, 1, 5], 'uint8');
  const [all] = await exportStack(volume, at('all.tif'), { values: true });
  const [one] = await exportStack(volume, at('one.tif'), { values: true, from: 3, to: 3 });
  const [pages, page] = (await readBack(all as string, one as string)) as [ReadBack, ReadBack];
  expect([pages.values, page.values]).toEqual([Array.from(volume.data), Array.from(volume.data.subarray(9, 12))]);
});

test.each(['all.tif', 'all.npy'])('an abort on the way leaves nothing of %s', async (name) => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const aborted = exportStack(phantom([4, 4, MANY]), at(name), {
    values: true,
    signal: abort.signal,
    onProgress: (fraction) => {
      if (fraction > 0.4) abort.abort(reason);
    },
  });
  await expect(aborted).rejects.toBe(reason);
  expect(readdirSync(folder)).toEqual([]);
});

test.each<[string, typeof exportMontage | typeof exportAnimation]>([
  ['sheet.png', exportMontage],
  ['cine.webp', exportAnimation],
])('others may abort %s between two of its pictures', async (name, write) => {
  const abort = new AbortController();
  const told: number[] = [];
  const aborted = write(phantom([4, 4, 1000]), at(name), {
    signal: abort.signal,
    onProgress: (fraction) => told.push(fraction),
  });
  setImmediate(() => {
    abort.abort();
  });
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  expect(told.length).toBeLessThan(1000);
  expect(readdirSync(folder)).toEqual([]);
});

test('what a listener throws ends a file of all slices, as it is, and leaves nothing', async () => {
  const wrong = new Error('no');
  const failing = exportStack(phantom([4, 4, MANY]), at('all.tif'), {
    onProgress: () => {
      throw wrong;
    },
  });
  await expect(failing).rejects.toBe(wrong);
  expect(readdirSync(folder)).toEqual([]);
});

test('a file of all slices in a folder that is not there says so', async () => {
  await expect(exportStack(phantom([4, 4, 3]), at('none/all.tif'))).rejects.toMatchObject({
    code: 'write-failed',
    message: expect.stringContaining('choose a folder that exists and is yours') as unknown,
  });
});
