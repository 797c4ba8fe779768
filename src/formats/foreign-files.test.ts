import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ARRAY_OF, realValue, type DType } from '../protocol';
import type { Volume } from '../volume';
import { openVolume } from './index';
import { madeByPython } from './testing/python';

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

const { folder, printed } = madeByPython(join(__dirname, 'testing/foreign-files.py'), DATA);
const SAID = printed
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Said);

/** All real values, as they lie in memory: in the volume's dtype, or in 64 bits where it has a rescale. */
function realBytes({ data, dtype, rescale }: Volume): readonly [DType, Buffer] {
  if (rescale === null) return [dtype, Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)];
  const real = new Float64Array(data);
  for (let at = 0; at < real.length; at++) real[at] = realValue(real[at] as number, rescale);
  return ['float64', Buffer.from(real.buffer)];
}

/** Floats in 64 bits: loops over one type of arrays are many times as quick as over several. */
function floats({ buffer, byteOffset, length }: Buffer, dtype: DType): Float64Array {
  return new Float64Array(new ARRAY_OF[dtype](buffer.slice(byteOffset, byteOffset + length)));
}

/** The greatest difference of two lists of floats, as a share of the value or of 1; two NaN are the same. */
function difference(ours: Buffer, theirs: Buffer, dtype: DType): number {
  if (ours.equals(theirs)) return 0;
  const [mine, other] = [floats(ours, dtype), floats(theirs, dtype)];
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
  ['nibabel', 20],
  ['pydicom', 9],
  ['tifffile', 7],
  ['Pillow', 1],
  ['NumPy', 3],
])('all values of files that came with packages are what %s reads, and so is their spacing', async (reader, least) => {
  const files = SAID.filter((each) => each.reader === reader);
  expect(files.length).toBeGreaterThanOrEqual(least);
  for (const { path, series, values, dtype, spacing } of files) {
    const volume = await openVolume(path, { series });
    const name = basename(path);
    const [read, bytes] = realBytes(volume);
    const expected = readFileSync(join(folder, values));
    expect([name, read, bytes.length]).toEqual([name, dtype, expected.length]);
    // Another order of sums may change the last bit of floats.
    if (dtype.startsWith('float')) expect([name, difference(bytes, expected, dtype) <= 1e-7]).toEqual([name, true]);
    else expect([name, bytes.equals(expected)]).toEqual([name, true]);
    spacing?.forEach((each, axis) => {
      expect([name, Math.abs((volume.spacing[axis] as number) - each) <= 1e-6 * each]).toEqual([name, true]);
    });
  }
});
