import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Volume } from '../../volume';
import { openVolume } from '../index';
import { madeByPython } from '../testing/python';

const { folder, printed } = madeByPython(join(__dirname, 'testing/write-mosaics.py'));
/** What nibabel says of each: the affine is of rows, columns and slices, to LPS. */
const said = JSON.parse(printed) as Readonly<
  Record<string, { readonly affine: readonly (readonly number[])[]; readonly shape: readonly number[] }>
>;
const open = (name: string): Promise<Volume> => openVolume(join(folder, name));

/** Where the middle of a voxel is. */
function placeOf({ origin, spacing, direction }: Volume, voxel: readonly number[]): number[] {
  return [0, 1, 2].map((row) =>
    [0, 1, 2].reduce(
      (sum, axis) =>
        sum + ((direction ?? [])[3 * row + axis] as number) * (spacing[axis] as number) * (voxel[axis] as number),
      origin[row] as number,
    ),
  );
}

test.each(['plain.dcm', 'first-version.dcm', 'downwards.dcm', 'turned.dcm', 'other-block.dcm', 'scanner.dcm'])(
  'a mosaic is a volume whose slices are where nibabel has them: %s',
  async (name) => {
    const volume = await open(name);
    const { affine, shape } = said[name] as { affine: readonly number[][]; shape: readonly number[] };
    expect(volume.shape).toEqual(shape);
    expect(volume.notes).toEqual([]);
    const { buffer, byteOffset, length } = readFileSync(join(folder, `${name}.bin`));
    const values = new Float64Array(buffer.slice(byteOffset, byteOffset + length));
    const [width, height, depth] = volume.shape;
    const size = width * height;
    for (let slice = 0; slice < depth; slice++) {
      const at = (x: number, y: number): number[] =>
        affine
          .slice(0, 3)
          .map(([down = 0, right = 0, across = 0, from = 0]) => from + y * down + x * right + slice * across);
      const isThere = (z: number): boolean =>
        placeOf(volume, [0, 0, z]).every((each, axis) => Math.abs(each - (at(0, 0)[axis] as number)) < 1e-3);
      // Slices that go against the normal are there from the last to the first.
      const z = [slice, depth - 1 - slice].find(isThere);
      expect([slice, z === undefined]).toEqual([slice, false]);
      const corner = placeOf(volume, [width - 1, height - 1, z as number]);
      const right = at(width - 1, height - 1);
      corner.forEach((each, axis) => {
        expect(each).toBeCloseTo(right[axis] as number, 2);
      });
      expect(volume.slice('xy', z as number).data.every((value, i) => value === values[slice * size + i])).toBe(true);
    }
  },
);

test('the corner of the first slice, in numbers', async () => {
  // 3 × 3 tiles of 4 × 6 pixels of 2 × 2.5 mm: the picture's corner is one tile left and above of a slice's.
  expect(await open('plain.dcm')).toMatchObject({
    shape: [4, 6, 7],
    spacing: [2, 2.5, expect.closeTo(3.3, 12)],
    origin: [-100 + 8, -120.5 + 15, 30],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  });
});

test('without a CSA header the number is another element’s, and a note says what is not known', async () => {
  const volume = await open('number-only.dcm');
  expect(volume.shape).toEqual([4, 6, 7]);
  expect(volume.valueAt(3, 5, 6)).toBe(1 + 3 + 50 + 600);
  expect(volume.notes).toEqual([expect.stringContaining('SliceNormalVector')]);
});

test('several in time are frames', async () => {
  const volume = await open('in-time');
  expect(volume).toMatchObject({ shape: [4, 6, 4], frames: 3 });
  expect([0, 1, 2].map((frame) => volume.valueAt(1, 2, 3, { frame }))).toEqual([322, 5322, 10322]);
});

test('a file of several frames is none, whatever its ImageType says', async () => {
  expect((await open('one-of-enhanced.dcm')).shape).toEqual([8, 12, 4]);
});

test.each([
  ['nameless.dcm', 'unsupported-format', /NumberOfImagesInMosaic/],
  ['broken.dcm', 'unsupported-format', /NumberOfImagesInMosaic/],
  ['uneven.dcm', 'file-corrupt', /5 slices \(NumberOfImagesInMosaic\) in 8 × 12 pixels, which are no 3 × 3 tiles/],
  ['enormous.dcm', 'file-corrupt', /NumberOfImagesInMosaic/],
  ['half.dcm', 'file-corrupt', /3.5 slices/],
] as const)('what is no mosaic but says so is refused: %s', async (name, code, message) => {
  await expect(open(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});
