import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { OverlayOptions } from '../../src/export';
import { readPng } from '../../src/export/testing/read-png';
import type { SetOptions } from '../../src/notebook/view-options';
import { PLANES, realRange, type DType } from '../../src/protocol';
import { pointInVolume, shownOrientation } from '../../src/shading';
import type { Volume } from '../../src/volume';
import type { PageStand } from './page-stand';
import { pairwise, type Case } from './pairwise';
import { unlikePicture, type Pixels } from './pictures';
import { noise, volumeOf } from './volumes';
import { eventually } from './waiting';

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

export const FACTORS = {
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
export type Looks = Case<typeof FACTORS>;

const SHAPE = [29, 22, 13] as const;
/** Larger than all pictures at scale 1; smaller canvases are compared sooner. */
const SMALL = { viewport: { width: 320, height: 420 } };
const WHOLE = { zoom: 1, center: [0.5, 0.5, 0.5] } as const;
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

/** What a view is told of a case, besides its overlays. */
function settingsOf(looks: Looks): SetOptions {
  const { kind, layers, plane } = looks;
  const { colormap, interpolation, invert, rotation, flip } = looks;
  const window = windowOf(looks);
  const index = Math.floor((SHAPE[2 - PLANES.indexOf(plane)] as number) / 2);
  const hasChannels = layers === 'channels' && !kind.startsWith('rgb');
  const channels = (['red', 'cyan', 'yellow'] as const).map((name) => ({ colormap: name, window }));
  return {
    ...{ plane, index, window, colormap, interpolation, invert, rotation, flip },
    ...(hasChannels ? { channels } : {}),
  };
}

/** What is drawn over the volume of a case, on grids of their own: finer, coarser and shifted. */
function makeOverlays(): (looks: Looks) => OverlayOptions[] {
  const next = noise(99);
  const labels = volumeOf('uint16', [40, 33, 30], () => (next() < 0.5 ? 0 : Math.floor(next() * 700)), {
    spacing: [0.5, 0.75, 1],
    origin: [3, 2, 1],
    rescale: { slope: 3, intercept: 0 },
  });
  const map = volumeOf('uint8', [11, 9, 10], () => Math.floor(256 * next()), {
    spacing: [3, 3, 2.5],
    origin: [-2, 4, 0],
    // No value between its voxels is half-way between two colours, where either would be right.
    rescale: { slope: -0.00391, intercept: 1.01 },
  });
  const labelled: OverlayOptions = { volume: labels, labels: { 3: 'one', 60: { color: '#ff8000' } }, opacity: 0.6 };
  const hot: OverlayOptions = { volume: map, colormap: 'hot', window: [0, 0.8], opacity: 0.35 };
  return ({ layers }) => [
    ...(layers === 'labels' || layers === 'both' ? [labelled] : []),
    ...(layers === 'map' || layers === 'both' ? [hot] : []),
  ];
}

/** The zoom and center that put a picture into the middle of a canvas, a picture pixel on a canvas pixel. */
function atScale1(canvas: Pixels, picture: Pixels, volume: Volume, { plane, rotation, flip }: Looks) {
  const left = Math.floor((canvas.width - picture.width) / 2);
  const top = Math.floor((canvas.height - picture.height) / 2);
  const zoom = 1 / Math.min(canvas.width / picture.width, canvas.height / picture.height);
  const at = [(canvas.width / 2 - left) / picture.width, (canvas.height / 2 - top) / picture.height] as const;
  const info = volume.info(0).planes[plane];
  const orientation = shownOrientation(info, { rotation, flip, convention: 'radiological' });
  return { left, top, part: { zoom, center: pointInVolume(at, [0.5, 0.5, 0.5], plane, orientation) } };
}

/** Cases in which each two values of two factors come together at least once. */
export const CASES: readonly Looks[] = pairwise(FACTORS);

/** Show each case on one page, and compare the canvas with the picture that the view exports. */
export async function expectExportedPictures(stand: PageStand, cases: readonly Looks[]): Promise<void> {
  const overlaysOf = makeOverlays();
  const folder = mkdtempSync(join(tmpdir(), 'slicescope-matrix-'));
  try {
    const [first] = cases as [Looks];
    const { view, viewer } = await stand.show(volumeFor(first, 0), settingsOf(first), SMALL);
    await viewer.shows(settingsOf(first).index as number, first.plane);
    let canvas = await viewer.pixels();
    for (const [at, looks] of cases.entries()) {
      const volume = volumeFor(looks, at + 1);
      view.show(volume, { ...settingsOf(looks), ...WHOLE });
      view.overlays = overlaysOf(looks);
      const picture = await readPng(await view.exportSlice(join(folder, `${String(at)}.png`)));
      await eventually(async () => {
        const { left, top, part } = atScale1(canvas, picture, volume, looks);
        view.set(part);
        canvas = await viewer.pixels();
        expect([at, looks, unlikePicture(canvas, picture, left, top)]).toEqual([at, looks, []]);
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
