import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pointInPicture, shownOrientation, type Picture } from '../shading';
import type { Triple } from '../protocol';
import { Volume } from '../volume';
import { phantom, phantomValue } from '../volume/testing/phantom';
import { drawSlice, exportMontage, exportSlice, lookAt, type ExportOptions } from './index';
import { readBack, type ReadBack } from './testing/read-back';
import { readPng } from './testing/read-png';

jest.setTimeout(60_000); // Python starts, and loads what reads the files.

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-region-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);

const volume = phantom([40, 24, 5], 'uint8');
const LOOK = { index: 3, window: [0, 255] } as const;

/** The grey values of voxels, row by row. */
const voxels = (left: number, top: number, width: number, height: number): number[] =>
  Array.from({ length: width * height }, (_, i) =>
    phantomValue(left + (i % width), top + Math.floor(i / width), LOOK.index),
  );
const grays = ({ values }: ReadBack): number[] => values.filter((_, i) => i % 3 === 0);

test('a part that is zoomed in to has the volume’s numbers, whatever the format', async () => {
  const zoomed = { ...LOOK, zoom: 4, center: [0.25, 0.75, 0.9] } as const;
  for (const name of ['part.png', 'part.tif', 'part.webp']) await exportSlice(volume, at(name), zoomed);
  for (const file of await readBack(at('part.png'), at('part.tif'), at('part.webp'))) {
    expect(file.shape.slice(0, 2)).toEqual([6, 10]);
    // Around column 10 and row 18: 40 / 4 of the columns, 24 / 4 of the rows.
    expect(grays(file)).toEqual(voxels(5, 15, 10, 6));
  }
});

test('a part at an edge ends there', async () => {
  await exportSlice(volume, at('edge.png'), { ...LOOK, zoom: 2, center: [1, 0, 0.5] });
  const [file] = (await readBack(at('edge.png'))) as [ReadBack];
  expect(file.shape.slice(0, 2)).toEqual([6, 10]);
  expect(grays(file)).toEqual(voxels(30, 0, 10, 6));
});

/** The part of a picture that is `part` large around a point, given as shares. */
function cropped(picture: Picture, part: Picture, [x, y]: readonly [number, number]): Picture {
  const left = Math.round(x * picture.width - part.width / 2);
  const top = Math.round(y * picture.height - part.height / 2);
  const data = new Uint8Array(part.data.length);
  for (let row = 0; row < part.height; row++) {
    const from = 4 * ((top + row) * picture.width + left);
    data.set(picture.data.subarray(from, from + 4 * part.width), 4 * row * part.width);
  }
  return { width: part.width, height: part.height, data };
}

test.each<[string, ExportOptions]>([
  ['as it is', {}],
  ['turned', { rotation: 1 }],
  ['turned and mirrored', { rotation: 3, flip: [true, false] }],
  ['larger', { scale: 4 }],
  ['interpolated, and larger', { scale: 3, interpolation: 'linear' }],
  ['through another plane of other spacing', { plane: 'yz', index: 20, scale: 4 }],
  ['with an overlay', { scale: 2, overlays: [{ volume: phantom([20, 12, 5], 'uint8', { spacing: [2, 2, 1] }) }] }],
])('a part is cut from the whole picture, %s', async (_, options) => {
  const spaced = phantom([40, 24, 16], 'uint8', { spacing: [1, 1, 2] });
  const look: ExportOptions = { ...LOOK, ...options, zoom: 2, center: [0.4, 0.5, 0.625] };
  const { scale = 1, ...looks } = look;
  const path = await exportSlice(spaced, at('part.png'), look);
  const { channels, ...part } = await readPng(path);
  expect(channels).toBe(3);
  const { settings, overlays } = lookAt(spaced, looks, 'test');
  const whole = await drawSlice(spaced, settings, overlays, 'whole', scale);
  const orientation = shownOrientation(spaced.info(0).planes[settings.plane], settings);
  expect([part.width, part.height]).toEqual([whole.width / 2, whole.height / 2]);
  expect(part).toEqual(cropped(whole, part, pointInPicture(settings.center, settings.plane, orientation)));
  const all = await readPng(await exportSlice(spaced, at('all.png'), { ...look, region: 'whole' }));
  expect(all).toEqual({ ...whole, channels: 3 });
});

/** The same volume in chunks of 8 × 8 × 8, and which of them are read. */
function inChunks(volume: Volume): { readonly chunked: Volume; readonly read: string[] } {
  const { shape, spacing } = volume;
  const read: string[] = [];
  const chunk = [8, 8, 8] as const;
  const levels = [{ shape, chunk, factors: [1, 1, 1], parts: [1, 1] }] as const;
  const source = { location: '', arrays: [], axes: [], cacheBytes: 0 };
  const sample = volume.data.slice(0, 1);
  const reader = {
    read: async (_: number, place: Triple) => {
      read.push(place.join(' '));
      const data = new Uint8Array(8 ** 3);
      for (let i = 0; i < data.length; i++) {
        const at = [i % 8, Math.floor(i / 8) % 8, Math.floor(i / 64)].map((each, axis) => each + 8 * place[axis]!);
        if (at.every((each, axis) => each < shape[axis]!)) data[i] = volume.valueAt(at[0]!, at[1]!, at[2]!) as number;
      }
      return await Promise.resolve({ data, offset: 0, stride: [1, 8, 64] as const });
    },
    forget: () => undefined,
  };
  const chunked = Volume.inChunks(shape, sample, { levels, sample: [1, 1, 1], source }, { spacing }, () => reader);
  return { chunked, read };
}

test.each<[string, ExportOptions, string[]]>([
  ['', {}, ['1 1 0', '2 1 0']],
  [', turned and mirrored', { rotation: 1, flip: [true, true] }, ['1 1 0', '2 1 0']],
  // Half a voxel further on either side.
  [', interpolated', { interpolation: 'linear', scale: 3 }, ['1 0 0', '1 1 0', '2 0 0', '2 1 0']],
  [', through several slices', { slab: 3, index: 8 }, ['1 1 0', '1 1 1', '2 1 0', '2 1 1']],
])('of a volume in chunks those are read that the part lies in%s', async (_, options, chunks) => {
  const whole = phantom([40, 24, 16], 'uint8');
  const { chunked, read } = inChunks(whole);
  // Columns 12 to 20 and rows 8 to 13.
  const look: ExportOptions = { ...LOOK, ...options, zoom: 4.5, center: [0.4, 0.44, 0.2] };
  const part = await readPng(await exportSlice(chunked, at('chunked.png'), look));
  expect(part).toEqual(await readPng(await exportSlice(whole, at('memory.png'), look)));
  expect([...new Set(read)].sort()).toEqual(chunks);
});

test('a sheet is of the parts', async () => {
  const zoomed = { window: [0, 255], zoom: 2, from: 1, to: 2, columns: 1 } as const;
  const { width, height, data } = await readPng(await exportMontage(volume, at('sheet.png'), zoomed));
  expect([width, height]).toEqual([20, 2 * 12 + 2]);
  const corner = 4 * (width * height - 1);
  expect(data[corner]).toBe(phantomValue(29, 17, 2));
});

test('values are those of the whole slice', async () => {
  await exportSlice(volume, at('values.npy'), { ...LOOK, zoom: 4 });
  const [file] = (await readBack(at('values.npy'))) as [ReadBack];
  expect(file.values).toEqual(voxels(0, 0, 40, 24));
});

test('a part with nothing of the slice in it, and a region that is none, are refused', async () => {
  const beside = exportSlice(volume, at('n.png'), { ...LOOK, zoom: 2, center: [1.5, 0.5, 0.5] });
  await expect(beside).rejects.toMatchObject({
    code: 'invalid-argument',
    message:
      "exportSlice: nothing of the slice is shown at zoom 2 around 1.5, 0.5, 0.5; set center, or give region: 'whole'",
  });
  await expect(exportSlice(volume, at('n.png'), { region: 'all' as 'whole' })).rejects.toMatchObject({
    code: 'invalid-argument',
    message: 'exportSlice: region is "all", expected view or whole',
  });
  expect(readdirSync(folder)).toEqual([]);
});
