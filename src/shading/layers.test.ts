import { describe, expect, test } from '@jest/globals';
import { realValue, type Rescale, type VoxelArray } from '../protocol';
import { colormapTable, labelIndex } from './colormaps';
import { layersOf, type LayerLook, type LayerState } from './layers';
import { renderLayers, type Picture } from './render';
import { AS_STORED, SETTINGS, volumeInfo } from './testing/settings-fixture';

const PLAIN: LayerState = { ...SETTINGS, volume: volumeInfo(), overlayVolumes: [] };
const HOUNSFIELD: Rescale = { slope: 1, intercept: -1024 };
const RESCALES: readonly Rescale[] = [HOUNSFIELD, { slope: 0.37, intercept: 11.5 }, { slope: -2.5, intercept: 300 }];

function drawn(data: VoxelArray, look: LayerLook): Picture {
  const size = { width: 16, height: data.length / 16 };
  return renderLayers({ ...size, spacing: [1, 1.3] }, [{ slice: { ...size, components: 1, data }, look }], AS_STORED);
}

describe.each(RESCALES)('a volume with %j', (rescale) => {
  const stored = Int16Array.from({ length: 16 * 12 }, (_, at) => ((at * 7919) % 2048) - 400);
  const real = Float64Array.from(stored, (value) => realValue(value, rescale));
  const ends = [0.2, 0.7].map((share) => realValue(-400 + 2048 * share, rescale)).sort((a, b) => a - b);
  const window = [ends[0], ends[1]] as [number, number];

  test.each([
    ['nearest', 'gray', false],
    ['nearest', 'turbo', true],
    ['linear', 'gray', true],
    ['linear', 'viridis', false],
    ['nearest', 'labels', false],
  ] as const)('is drawn as its real values are: %s, %s, inverted %j', (interpolation, colormap, invert) => {
    const state = { ...PLAIN, window, interpolation, colormap, invert };
    const [own] = layersOf({ ...state, volume: { rescale } }) as [LayerLook];
    const [plain] = layersOf(state) as [LayerLook];
    const [picture, expected] = [drawn(stored, own), drawn(real, plain)];
    expect(new Set(expected.data).size).toBeGreaterThan(20);
    // A value that is half-way between two colours may take either.
    const wrong = Array.from(picture.data).filter((byte, at) => Math.abs(byte - (expected.data[at] as number)) > 1);
    expect(wrong.length).toBeLessThanOrEqual(colormap === 'gray' || colormap === 'labels' ? 0 : 4);
  });
});

test('the window is that of stored values for the volume, each channel and each overlay by its own rescale', () => {
  const overlay = (own: Rescale | null): LayerState['overlayVolumes'][number] => {
    const { revision, name, dtype, components, planes, frames } = volumeInfo();
    return { revision, name, dtype, components, planes, frames, rescale: own, labels: null };
  };
  const look = { colormap: 'hot', window: [0, 100], visible: true } as const;
  const state: LayerState = {
    ...PLAIN,
    volume: { rescale: HOUNSFIELD },
    channels: [look, { ...look, window: [-24, 976] }],
    overlays: [look, look].map((each) => ({ ...each, opacity: 0.5 })),
    overlayVolumes: [overlay({ slope: -2, intercept: 10 }), overlay(null)],
  };
  expect(layersOf(state).map(({ window, rescale }) => [window, rescale])).toEqual([
    [[1024, 1124], HOUNSFIELD],
    [[1000, 2000], HOUNSFIELD],
    [[5, -45], { slope: -2, intercept: 10 }],
    [[0, 100], null],
  ]);
});

test('a label has the colour of its real value', () => {
  const state = { ...PLAIN, colormap: 'labels', volume: { rescale: { slope: 3, intercept: -6 } } } as const;
  const { data } = drawn(Uint8Array.from({ length: 16 }, (_, at) => at), layersOf(state)[0] as LayerLook); // prettier-ignore
  const table = colormapTable('labels');
  const colors = Array.from({ length: 16 }, (_, at) => labelIndex(3 * at - 6));
  expect(colors.slice(0, 4)).toEqual([249, 252, 0, 3]);
  expect(Array.from(data)).toEqual(colors.flatMap((index) => Array.from(table.subarray(4 * index, 4 * index + 4))));
});
