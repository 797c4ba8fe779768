import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { drawSlice, lookAt } from '../export';
import { readBack, type ReadBack } from '../export/testing/read-back';
import { readPng } from '../export/testing/read-png';
import { bytesOf, niftiFile } from '../formats/testing/nifti-file';
import { Volume } from '../volume';

jest.setTimeout(30_000); // Each command is a process of its own.

/** The command as it is installed: compiled. */
const MAIN = join(__dirname, '../../lib/src/cli/main.js');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-cli-'));
  const voxels = bytesOf(VALUES, 'setInt16');
  writeFileSync(join(folder, 'ct.nii'), niftiFile({ dims: [4, 3, 5], datatype: 4, voxels, pixdim: [1, 1, 2] }));
  writeFileSync(join(folder, 'ct.bin'), Buffer.from(voxels).swap16());
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const VALUES = Array.from({ length: 60 }, (_, i) => 25 * i - 500);
const volume = Volume.from(Int16Array.from(VALUES), [4, 3, 5], { spacing: [1, 1, 2], name: 'ct' });

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function slicescope(...args: readonly string[]): Ended {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: 'utf8' });
}

describe('slicescope info', () => {
  test('says what a volume is, as a table', () => {
    const { status, stdout, stderr } = slicescope('info', 'ct.nii');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n', 24).map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'name ct',
      'shape 4 3 5',
      'dtype int16',
      'components 1',
      'channels 1',
      'frames 1',
      'spacing 1 1 2',
      'unit mm',
      'origin 0 0 0',
      'direction none',
      'range -500 975',
      expect.stringContaining('percentiles') as unknown,
      expect.stringContaining('window') as unknown,
      'bytes 120',
      '',
      'header',
      ' littleEndian true',
      ' dim_info 0',
      ' dims 3 4 3 5 0 0 0 0',
      ...Array.from({ length: 4 }, () => expect.stringContaining(' intent_') as unknown),
      ' datatypeCode 4',
    ]);
  });

  test('says it as JSON, of raw voxels that are described too', () => {
    const raw = ['ct.bin', '--shape', '4x3x5', '--dtype', 'int16', '--big-endian'];
    const { status, stdout } = slicescope('info', ...raw, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      shape: [4, 3, 5],
      range: [-500, 975],
      percentiles: { 50: volume.percentiles([50])[0] },
      direction: null,
    });
  });
});

describe('slicescope export', () => {
  test('writes the picture of a slice, through a window that may be negative', async () => {
    const args = ['--plane', 'xz', '--index', '2', '--window', '-400', '800', '--colormap', 'viridis'];
    const { status, stdout, stderr } = slicescope('export', 'ct.nii', ...args, '-o', 'slice.png');
    expect([status, stdout, stderr]).toEqual([0, `${join(folder, 'slice.png')}\n`, '']);
    const look = { plane: 'xz', index: 2, window: [-400, 800], colormap: 'viridis' } as const;
    const drawn = drawSlice(volume, lookAt(volume, look, 'test').settings);
    expect(await readPng(join(folder, 'slice.png'))).toEqual({ ...drawn, channels: 3 });
  });

  test('writes values, a file for each slice, a sheet and an animation', () => {
    const paths = (...args: string[]): string[] => {
      const { status, stdout, stderr } = slicescope('export', 'ct.nii', ...args, '--json');
      expect([status, stderr]).toEqual([0, '']);
      return JSON.parse(stdout) as string[];
    };
    expect(paths('-o', 'v/{index}.npy', '--from', '1', '--to', '3', '--step', '2')).toEqual([
      join(folder, 'v/1.npy'),
      join(folder, 'v/3.npy'),
    ]);
    const [stack] = paths('-o', 'all.tif', '--values', '--from', '0');
    const [sheet] = paths('-o', 'sheet.png', '--montage', '--columns', '5', '--window', 'range');
    const [cine] = paths('-o', 'cine.gif', '--bounce', '--per-second', '20');
    const files = readBack(join(folder, 'v/3.npy'), stack as string, sheet as string, cine as string);
    const [slice, pages, montage, animation] = files as [ReadBack, ReadBack, ReadBack, ReadBack];
    expect(slice.values).toEqual(VALUES.slice(36, 48));
    expect(pages).toMatchObject({ shape: [5, 3, 4], dtype: 'int16', values: VALUES });
    expect(montage.shape.slice(0, 2)).toEqual([3, 5 * 4 + 4 * 2]);
    expect(animation.shape).toEqual([8, 3, 4, 3]);
  });
});

describe('how it ends', () => {
  test.each<[string, readonly string[], number, string]>([
    ['what fails says why in a sentence, and ends with 1', ['info', 'none.nii'], 1, 'none.nii: there is no such file'],
    [
      'an index past the end',
      ['export', 'ct.nii', '--index', '9', '-o', 'n.png'],
      1,
      'slicescope: exportSlice: index is 9, expected a whole number from 0 to 4',
    ],
    ['an ending that can’t be written', ['export', 'ct.nii', '-o', 'n.bmp'], 1, 'n.bmp does not end in one of .png'],
    ['wrong usage ends with 2', ['export', 'ct.nii'], 2, "error: required option '-o, --output <path>' not specified"],
    [
      'a colour map that there is not',
      ['export', 'ct.nii', '--colormap', 'jet', '-o', 'n.png'],
      2,
      "argument 'jet' is invalid",
    ],
    ['a number that is none', ['export', 'ct.nii', '--index', 'two', '-o', 'n.png'], 2, 'Expected a number.'],
    ['a command that there is not', ['open', 'ct.nii'], 2, "error: unknown command 'open'"],
    ['no command', [], 2, 'Usage: slicescope'],
  ])('%s', (_, args, code, sentence) => {
    const { status, stdout, stderr } = slicescope(...args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
    expect([status, stdout]).toEqual([code, '']);
    expect(readdirSync(folder).some((name) => name.startsWith('n.'))).toBe(false);
  });

  test('a file that is there is replaced only if asked for', () => {
    writeFileSync(join(folder, 'mine.npy'), 'mine');
    const refused = slicescope('export', 'ct.nii', '-o', 'mine.npy');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('mine.npy is there already; choose another name, or replace it with --overwrite');
    expect(slicescope('export', 'ct.nii', '-o', 'mine.npy', '--overwrite').status).toBe(0);
    expect(readBack(join(folder, 'mine.npy'))[0]?.values).toEqual(VALUES.slice(24, 36));
  });

  test('help and version end with 0', () => {
    expect(slicescope('--version')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
    });
    const help = slicescope('export', '--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('--window <low high...>');
  });

  test('its page in the documents lists each option', () => {
    const page = join(__dirname, '../../docs/cli.md');
    const { stdout } = slicescope('export', '--help');
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name as string);
    expect(options.length).toBeGreaterThan(20);
    const text = readFileSync(page, 'utf8');
    expect(options.filter((name) => !text.includes(name))).toEqual([]);
  });
});
