import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { ARRAY_OF, realValue, type DType, type VoxelArray } from '../protocol';
import type { Volume } from '../volume';
import { openVolume } from './index';
import { filesFolder } from './testing/files-folder';

jest.setTimeout(120_000);
const PYTHON = resolve('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const DATA = join(__dirname, '../../examples/data');

/** What another library reads of a file. */
interface Said {
  readonly reader: string;
  readonly path: string;
  readonly series?: string;
  /** A file of all values, in `dtype`. */
  readonly values: string;
  readonly dtype: DType;
  readonly spacing: readonly number[] | null;
}

const { path: folder } = filesFolder();
let said: readonly Said[] = [];
beforeAll(() => {
  const script = join(__dirname, 'testing/foreign-files.py');
  const lines = execFileSync(PYTHON, ['-W', 'ignore', script, folder, DATA], { encoding: 'utf8' }).trim().split('\n');
  said = lines.map((line) => JSON.parse(line) as Said);
});

/** All real values, as they lie in memory: in the volume's dtype, or in 64 bits where it has a rescale. */
function realBytes({ data, dtype, rescale }: Volume): readonly [DType, Buffer] {
  const real = rescale === null ? data : Float64Array.from(data, (value) => realValue(value, rescale));
  const bytes = new Uint8Array(real.byteLength);
  bytes.set(new Uint8Array(real.buffer, real.byteOffset, real.byteLength));
  return [rescale === null ? dtype : 'float64', Buffer.from(bytes.buffer)];
}

/** The greatest difference of two lists of floats, as a share of the value or of 1; two NaN are the same. */
function difference(ours: Buffer, theirs: Buffer, dtype: DType): number {
  const floats = ({ buffer, byteOffset, length }: Buffer): VoxelArray =>
    new ARRAY_OF[dtype](buffer.slice(byteOffset, byteOffset + length));
  const [mine, other] = [floats(ours), floats(theirs)];
  let most = 0;
  for (let at = 0; at < mine.length; at++) {
    const [value, expected] = [mine[at] as number, other[at] as number];
    if (Object.is(value, expected)) continue;
    const share = Math.abs(value - expected) / Math.max(1, Math.abs(expected));
    if (!(share <= most)) most = Number.isNaN(share) ? Infinity : share;
  }
  return most;
}

test.each([
  ['nibabel', 13],
  ['pydicom', 10],
  ['tifffile', 7],
  ['Pillow', 1],
  ['NumPy', 3],
  ['h5py', 5],
])('all values of files that came with packages are what %s reads, and so is their spacing', async (reader, least) => {
  const files = said.filter((each) => each.reader === reader);
  expect(files.length).toBeGreaterThanOrEqual(least);
  for (const { path, series, values, dtype, spacing } of files) {
    const volume = await openVolume(path, { series });
    const name = basename(path);
    const [read, bytes] = realBytes(volume);
    const expected = readFileSync(values);
    expect([name, read, bytes.length]).toEqual([name, dtype, expected.length]);
    // Another order of sums may change the last bit of floats.
    if (dtype.startsWith('float')) expect([name, difference(bytes, expected, dtype) <= 1e-7]).toEqual([name, true]);
    else expect([name, bytes.equals(expected)]).toEqual([name, true]);
    spacing?.forEach((each, axis) => {
      expect([name, Math.abs((volume.spacing[axis] as number) - each) <= 1e-6 * each]).toEqual([name, true]);
    });
  }
});
