import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type * as FilesModule from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type DType } from '../protocol';
import { phantom } from '../volume/testing/phantom';
import { Volume } from '../volume';
import { exportAnimation, exportMontage, exportSlice, exportStack } from './index';
import { readPng } from './testing/read-png';

/** The module itself, so that what is put in its place is met by the library. */
const files = jest.requireActual<typeof FilesModule>('node:fs/promises');
jest.setTimeout(60_000); // Python starts, and loads what reads the files.

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);

/** Values that need all bits of their type. */
function volumeOf(dtype: DType): Volume {
  const volume = Volume.alloc([5, 4, 3], dtype, { spacing: [0.5, 0.5, 2], name: 'scan' });
  const isSigned = dtype.startsWith('int');
  const bits = Number(/\d+/.exec(dtype)?.[0]);
  for (let i = 0; i < volume.data.length; i++) {
    if (dtype.startsWith('float')) volume.data[i] = i / 7 - 3;
    else volume.data[i] = Math.floor((i / 60) * 2 ** bits) - (isSigned ? 2 ** (bits - 1) : 0) + 1;
  }
  return volume;
}

describe('nothing is lost, and nothing is left half', () => {
  const volume = volumeOf('uint8');

  test('a file that is there is replaced only if asked for', async () => {
    const path = at('mine.png');
    writeFileSync(path, 'mine');
    await expect(exportSlice(volume, path)).rejects.toMatchObject({
      code: 'file-exists',
      message: `exportSlice: ${path} is there already; choose another name, or replace it with { overwrite: true }`,
    });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    await exportSlice(volume, path, { overwrite: true });
    expect((await readPng(path)).width).toBe(5);
    expect(readdirSync(folder)).toEqual(['mine.png']);
  });

  test('a picture that is too large for its format is refused, and not for another', async () => {
    const wide = Volume.alloc([16_385, 1, 2], 'uint8');
    for (const [name, most] of [
      ['w.webp', 16_383],
      ['w.avif', 16_384],
    ] as const) {
      await expect(exportSlice(wide, at(name))).rejects.toMatchObject({
        code: 'limit-exceeded',
        message: `${name.slice(2)} has at most ${String(most)} pixels along an edge, and this picture 16385 × 1; write .png or .tif, or give a smaller scale`,
      });
    }
    await expect(exportAnimation(wide, at('w.webp'))).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(readdirSync(folder)).toEqual([]);
    for (const name of ['w.png', 'w.jpg', 'w.gif']) {
      await (name === 'w.gif' ? exportAnimation : exportSlice)(wide, at(name));
      expect(existsSync(at(name))).toBe(true);
    }
  });

  test('a folder for each slice is made', async () => {
    const paths = await exportStack(volume, at('s/{index}/a.png'));
    expect(paths).toEqual([0, 1, 2].map((index) => at(`s/${String(index)}/a.png`)));
  });

  test('a stack that fails on its way says which slices are there', async () => {
    const path = at('s{index}.png');
    const failing = exportStack(phantom([5, 4, 9]), path, {
      onProgress: () => {
        // The last one's place is taken while the others are written.
        if (!existsSync(at('s8.png'))) writeFileSync(at('s8.png'), 'mine');
      },
    });
    await expect(failing).rejects.toMatchObject({
      code: 'write-failed',
      message: `exportStack: ${at('s8.png')} is there already; choose another name, or replace it with { overwrite: true }; of 9 slices these are there: 0, 1, 2, 3, 4, 5, 6, 7`,
    });
    expect(readdirSync(folder).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => `s${String(index)}.png`));
    expect(readFileSync(at('s8.png'), 'utf8')).toBe('mine');
  });

  test('where a file system has no hard links, a file appears whole, and replaces none that is there', async () => {
    const link = jest
      .spyOn(files, 'link')
      .mockRejectedValue(Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' }));
    try {
      await exportSlice(volume, at('a.png'));
      expect((await readPng(at('a.png'))).width).toBe(5);
      writeFileSync(at('mine.png'), 'mine');
      const made = exportStack(phantom([5, 4, 9]), at('s{index}.npy'), {
        onProgress: () => {
          if (!existsSync(at('s8.npy'))) writeFileSync(at('s8.npy'), 'mine');
        },
      });
      await expect(made).rejects.toMatchObject({ code: 'write-failed' });
      expect([readFileSync(at('s8.npy'), 'utf8'), link.mock.calls.length > 1]).toEqual(['mine', true]);
      expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    } finally {
      link.mockRestore();
    }
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'a picture',
      () => exportSlice(Volume.alloc([4096, 4096, 1], 'uint8'), at('a.png'), { scale: 64 }),
      'give a smaller scale, or a part of it',
    ],
    [
      'an animation',
      () => exportAnimation(Volume.alloc([100, 100, 2000], 'uint8'), at('a.webp'), { scale: 60 }),
      '2000 pictures of 6000 × 6000 pixels',
    ],
    [
      'a long animation',
      () => exportAnimation(Volume.alloc([1, 6000, 2000], 'uint8'), at('a.gif')),
      'these 2000 pictures 12000000; give fewer slices',
    ],
    [
      'a sheet',
      () => exportMontage(Volume.alloc([100, 100, 2000], 'uint8'), at('a.png'), { scale: 60 }),
      'give a smaller scale',
    ],
  ])('%s that no memory holds is refused before it is made', async (_, run, sentence) => {
    await expect(run()).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining(sentence) as unknown,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an abort ends a stack with its reason, between two files', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const aborted = exportStack(phantom([5, 4, 9]), at('{index}.png'), {
      signal: abort.signal,
      onProgress: () => {
        abort.abort(reason);
      },
    });
    await expect(aborted).rejects.toBe(reason);
    expect(readdirSync(folder).every((name) => /^\d\.png$/.test(name))).toBe(true);
    expect(readdirSync(folder).length).toBeLessThan(9);
  });

  test.each([
    [
      'a scale of zero',
      { scale: 0 },
      'invalid-argument',
      'exportSlice: scale is 0, expected a number over 0, at most 64',
    ],
    [
      'two scales',
      { scale: 2, millimetresPerPixel: 1 },
      'invalid-argument',
      'exportSlice: scale is 2, expected nothing beside millimetresPerPixel, which says the same',
    ],
    [
      'a quality of 101',
      { quality: 101 },
      'invalid-argument',
      'exportSlice: quality is 101, expected a whole number from 1 to 100',
    ],
    [
      'values that are neither',
      { values: 'yes' as unknown as boolean },
      'invalid-argument',
      'exportSlice: values is "yes", expected true or false',
    ],
  ])('%s is refused', async (_, options, code, message) => {
    await expect(exportSlice(volume, at('never.png'), options)).rejects.toMatchObject({ code, message });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'no options for a stack',
      () => exportStack(volume, at('{index}.png'), null as never),
      'exportStack: the options are null',
    ],
    [
      'no options for a sheet',
      () => exportMontage(volume, at('a.png'), 7 as never),
      'exportMontage: the options are 7',
    ],
    [
      'no options for a cine',
      () => exportAnimation(volume, at('a.gif'), [] as never),
      'exportAnimation: the options are []',
    ],
    [
      'a signal that is none',
      () => exportStack(volume, at('{index}.png'), { signal: 1 as never }),
      'exportStack: signal is 1, expected an AbortSignal',
    ],
    [
      'a listener that is none',
      () => exportStack(volume, at('{index}.png'), { onProgress: 1 as never }),
      'exportStack: onProgress is 1, expected a function',
    ],
    [
      'a bounce that is neither',
      () => exportAnimation(volume, at('a.gif'), { bounce: 3 as never }),
      'exportAnimation: bounce is 3, expected true or false',
    ],
    [
      'a sheet of values',
      () => exportMontage(volume, at('a.png'), { values: true }),
      'exportMontage: values is true, but a sheet is a picture; exportStack writes the values of several slices',
    ],
    [
      'an animation of values',
      () => exportAnimation(volume, at('a.gif'), { values: true }),
      'exportAnimation: values is true, but an animation is a picture',
    ],
    [
      'no columns',
      () => exportMontage(volume, at('a.png'), { columns: 0 }),
      'exportMontage: columns is 0, expected a whole number from 1 on',
    ],
  ])('%s is refused', async (_, run, sentence) => {
    await expect(run()).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(sentence) as unknown,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('millimetres of a volume that has none, a range that is not there, and endings that can’t be written, are refused', async () => {
    const plain = Volume.alloc([2, 2, 2], 'uint8');
    await expect(exportSlice(plain, at('a.png'), { millimetresPerPixel: 1 })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: "exportSlice: millimetresPerPixel is 1, expected scale: the volume's unit, px, is no length",
    });
    await expect(exportStack(plain, at('{index}.png'), { to: 2 })).rejects.toMatchObject({
      code: 'index-out-of-range',
      message: 'exportStack: to is 2, expected a whole number from 0 to 1',
    });
    await expect(exportStack(plain, at('a.png'))).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(exportAnimation(plain, at('a.png'))).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `exportAnimation: ${at('a.png')} does not end in one of .webp .gif, which say what can be written`,
    });
    await expect(exportAnimation(plain, at('a.gif'), { perSecond: 61 })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'exportAnimation: perSecond is 61, expected a number from 1 to 60',
    });
  });
});
