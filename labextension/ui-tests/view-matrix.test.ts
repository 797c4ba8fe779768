import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readPng } from '../../src/export/testing/read-png';
import { PLANES, realRange, type DType } from '../../src/protocol';
import { pointInVolume, shownOrientation } from '../../src/shading';
import type { Volume } from '../../src/volume';
import { pairwise, type Case } from '../../tests/browser/pairwise';
import { colorAt, type Pixels } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { noise, stage, volumeOf } from '../../tests/browser/volumes';

const stand = useJupyter();

/** Values that a volume of each dtype has: all that there are, or few that lie far from 0. */
const RANGES: Readonly<Record<DType, readonly [low: number, high: number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [1000, 5095],
  int16: [-32_768, 32_767],
  uint32: [4_294_966_295, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
  float32: [-1e-3, 2e-3],
  float64: [1e9, 1e9 + 1],
};

const FACTORS = {
  kind: [...(Object.keys(RANGES) as DType[]), 'rgb', 'rgba'] as const,
  layers: ['alone', 'labels', 'map', 'both', 'channels'] as const,
  colormap: ['gray', 'viridis', 'turbo', 'RdBu', 'labels'] as const,
  window: ['all', 'narrow', 'wide'] as const,
  rescale: [
    null,
    { slope: 1, intercept: -1024 },
    { slope: 0.37, intercept: 11.5 },
    { slope: -2.5, intercept: 1e-3 },
  ] as const,
  interpolation: ['nearest', 'linear'] as const,
  invert: [false, true] as const,
  plane: PLANES,
  rotation: [0, 1, 2, 3] as const,
  flip: [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const,
};
type Looks = Case<typeof FACTORS>;

const SHAPE = [29, 22, 13] as const;
const SPACING = [1, 1.5, 2.25] as const;

/** A volume with noise in it, and where it is of floats some NaN. */
function volumeFor({ kind, layers, rescale }: Looks, seed: number): Volume {
  const next = noise(seed);
  const options = { spacing: SPACING, channels: layers === 'channels' && !kind.startsWith('rgb') ? 3 : 1 };
  if (kind === 'rgb' || kind === 'rgba') {
    const components = kind === 'rgb' ? 3 : 4;
    const color = (): number[] => Array.from({ length: components }, () => Math.floor(next() * 256));
    return volumeOf('uint8', SHAPE, color, { ...options, components });
  }
  const [low, high] = RANGES[kind];
  const isFloat = kind.startsWith('float');
  const value = (): number => {
    const at = low + next() * (high - low);
    return isFloat ? (next() < 0.03 ? NaN : at) : Math.round(at);
  };
  const all = volumeOf(kind, SHAPE, value, { ...options, rescale });
  const voxels = SHAPE[0] * SHAPE[1] * SHAPE[2];
  for (let at = voxels; at < all.data.length; at++) all.data[at] = value();
  return all;
}

function windowOf({ kind, window, rescale }: Looks): readonly [number, number] {
  const [low, high] = kind === 'rgb' || kind === 'rgba' ? [0, 255] : realRange(RANGES[kind], rescale);
  const width = high - low;
  if (window === 'all') return [low, high];
  return window === 'narrow' ? [low + 0.31 * width, low + 0.68 * width] : [low - 0.7 * width, high + 1.9 * width];
}

/** What `show` is told of a case; overlays name the volumes that the cell loads. */
function optionsOf(looks: Looks): object {
  const { kind, layers, colormap, interpolation, invert, plane, rotation, flip } = looks;
  const window = windowOf(looks);
  const isLabels = layers === 'labels' || layers === 'both';
  const labels = { volume: 'labels', labels: { 1: 'one', 2: 'two' }, opacity: 0.6 };
  const map = { volume: 'map', colormap: 'hot', window: [0, 0.8], opacity: 0.35 };
  const hasChannels = layers === 'channels' && !kind.startsWith('rgb');
  const channels = ['red', 'cyan', 'yellow'].map((name) => ({ colormap: name, window }));
  return {
    ...{ plane, window, colormap, interpolation, invert, rotation, flip },
    ...(hasChannels ? { channels } : {}),
    overlays: [...(isLabels ? [labels] : []), ...(layers === 'map' || layers === 'both' ? [map] : [])],
  };
}

/** The zoom and center that put a picture into the middle of a canvas, a picture pixel on a canvas pixel. */
function atScale1(canvas: Pixels, picture: Pixels, volume: Volume, { plane, rotation, flip }: Looks) {
  const left = Math.floor((canvas.width - picture.width) / 2);
  const top = Math.floor((canvas.height - picture.height) / 2);
  const zoom = 1 / Math.min(canvas.width / picture.width, canvas.height / picture.height);
  const at = [(canvas.width / 2 - left) / picture.width, (canvas.height / 2 - top) / picture.height] as const;
  const info = volume.info(0).planes[plane];
  const orientation = shownOrientation(info, { rotation, flip, convention: 'radiological' });
  return { left, top, view: { zoom, center: pointInVolume(at, [0.5, 0.5, 0.5], plane, orientation) } };
}

const premultiplied = (color: readonly number[]): number[] =>
  color.map((part, at) => (at === 3 ? part : Math.round((part * (color[3] as number)) / 255)));

/** The first pixels of the canvas that are not those of the picture at (left, top), within 1 of 255. */
function wrongPixels(canvas: Pixels, picture: Pixels, left: number, top: number): string[] {
  const wrong: string[] = [];
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const got = premultiplied(colorAt(canvas, left + x, top + y));
      const want = premultiplied(colorAt(picture, x, y));
      if (got.some((part, at) => Math.abs(part - (want[at] as number)) > 1)) {
        wrong.push(`(${String(x)}, ${String(y)}): ${got.join()}, not ${want.join()}`);
      }
    }
  }
  return wrong;
}

/** JupyterLab shows at most 50 outputs of a cell. */
const PARTS = 3;

test.each([0, 1, 2])(
  'the picture in the browser is the exported one, over dtypes, colour maps, windows, interpolations, layers; part %d',
  async (part) => {
    const all = pairwise(FACTORS);
    expect(all.length).toBeGreaterThanOrEqual(FACTORS.kind.length * FACTORS.layers.length);
    const cases = all
      .filter((_, at) => at % PARTS === part)
      .map((looks, at) => ({ looks, volume: volumeFor(looks, at + 1), name: `base-${String(at)}` }));
    for (const { name, volume } of cases) stage(stand.server, name, volume);
    const next = noise(99);
    // On their own grids: finer, coarser and shifted.
    const labels = volumeOf('uint16', [40, 33, 30], () => (next() < 0.5 ? 0 : Math.floor(next() * 700)), {
      spacing: [0.5, 0.75, 1],
      origin: [3, 2, 1],
      rescale: { slope: 3, intercept: 0 },
    });
    stage(stand.server, 'labels', labels);
    const map = volumeOf('uint8', [11, 9, 10], () => Math.floor(256 * next()), {
      spacing: [3, 3, 2.5],
      origin: [-2, 4, 0],
      // No value between its voxels is half-way between two colours, where either would be right.
      rescale: { slope: -0.00391, intercept: 1.01 },
    });
    stage(stand.server, 'map', map);
    const told = JSON.stringify(cases.map(({ name, looks }) => [name, optionsOf(looks)]));
    const notebook = await stand.open([
      `const views = (${told} as any[]).map(([name, options]) =>
  show(load(name), { ...options, overlays: options.overlays.map((each: any) => ({ ...each, volume: load(each.volume) })) }));`,
    ]);
    await notebook.page.setViewportSize({ width: 800, height: 900 });
    await notebook.runCell(1);
    expect(await notebook.printed()).toBe('');
    const exported = `await Promise.all(views.map((view, at) => view.exportSlice('matrix-' + at + '.png', { overwrite: true })))`;
    expect(await notebook.run(`${exported}; undefined`)).toBe('');
    const wrong: Record<string, string[]> = {};
    const placed = [];
    for (const [at, { looks, volume }] of cases.entries()) {
      const viewer = notebook.viewer(at);
      const index = [SHAPE[2], SHAPE[1], SHAPE[0]][PLANES.indexOf(looks.plane)] as number;
      await viewer.shows(Math.floor(index / 2), looks.plane, 30_000);
      const picture = await readPng(join(stand.server.folder, `matrix-${String(at)}.png`));
      placed.push({ picture, ...atScale1(await viewer.pixels(), picture, volume, looks) });
    }
    const views = JSON.stringify(placed.map(({ view }) => view));
    expect(await notebook.run(`(${views} as any[]).forEach((each, at) => views[at].set(each))`)).toBe('');
    for (const [at, { picture, left, top }] of placed.entries()) {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const found = wrongPixels(await notebook.viewer(at).pixels(), picture, left, top);
        if (found.length === 0) break;
        if (Date.now() > deadline) {
          wrong[`${String(at)} ${JSON.stringify(cases[at]?.looks)}`] = [String(found.length), ...found.slice(0, 3)];
          break;
        }
        await notebook.page.waitForTimeout(50);
      }
    }
    expect(wrong).toEqual({});
  },
);
