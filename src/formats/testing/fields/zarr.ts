/** Keys of OME-Zarr, of Zarr's arrays, and of arrays alone. */
import { expect } from '@jest/globals';
import { casesOf, type Files, type Outcome, type TableCases } from './cases';

const BYTES = Uint8Array.from({ length: 24 }, (_, i) => 3 + 7 * i);
const ALL = Array.from(BYTES);
type Json = Readonly<Record<string, unknown>>;

const AXES = Array.from('zyx', (name) => ({ name, type: 'space', unit: 'micrometer' }));
const scale = (...numbers: readonly number[]): object => ({ type: 'scale', scale: numbers });
const translation = (...numbers: readonly number[]): object => ({ type: 'translation', translation: numbers });
const ARRAY: Json = {
  ...{ zarr_format: 2, shape: [2, 3, 4], chunks: [2, 3, 4], dtype: '|u1', compressor: null, fill_value: 0 },
  ...{ order: 'C', filters: null, dimension_separator: '/' },
};

interface Parts {
  readonly multiscales?: Json;
  readonly dataset?: Json;
  readonly attributes?: Json;
  readonly array?: Json;
  readonly chunks?: Readonly<Record<string, Uint8Array>>;
}

function image({
  multiscales = {},
  dataset = {},
  attributes = {},
  array = {},
  chunks = { '0/0/0': BYTES },
}: Parts = {}): Files {
  const datasets = [{ path: '0', coordinateTransformations: [scale(4, 3, 2), translation(7, 6, 5)], ...dataset }];
  const said = { multiscales: [{ version: '0.4', axes: AXES, datasets, ...multiscales }], ...attributes };
  return {
    'a.zarr/.zattrs': JSON.stringify(said),
    'a.zarr/.zgroup': JSON.stringify({ zarr_format: 2 }),
    [`a.zarr/${String(datasets[0]?.path)}/.zarray`]: JSON.stringify({ ...ARRAY, ...array }),
    ...Object.fromEntries(
      Object.entries(chunks).map(([key, bytes]) => [`a.zarr/${String(datasets[0]?.path)}/${key}`, bytes]),
    ),
  };
}
const BASE = image();
const OTHER = image({ dataset: { path: 's1' }, chunks: { '0/0/0': Uint8Array.from(BYTES).reverse() } });
const five = (names: string, chunk: string): Files =>
  image({
    multiscales: { axes: Array.from(names, (name) => ({ name })) },
    dataset: { coordinateTransformations: [] },
    array: { shape: [2, 1, 3, 4], chunks: [2, 1, 3, 4] },
    chunks: { [chunk]: BYTES },
  });
const channels = (...all: readonly Json[]): Parts => ({
  multiscales: { axes: [{ name: 'c' }, ...AXES.slice(1)] },
  dataset: { coordinateTransformations: [] },
  attributes: { omero: { channels: all } },
});
const plain = { color: 'ffffff' };
const ofChannels = (one: Json, other: Json = plain): Files => image(channels({ ...plain, ...one }, other));
const COLOURED = ofChannels({});
const info = (change: object): Outcome => ({
  channelInfo: [
    { name: '', color: '#ffffff', window: null, visible: true, ...change },
    { name: '', color: '#ffffff', window: null, visible: true },
  ],
});
const LABELS = { 'image-label': { properties: [{ 'label-value': 3, name: 'nucleus' }] } };
const ignored = (
  field: string,
  files: Files,
  base: Files = BASE,
): readonly (readonly [string, readonly (readonly [Files, Outcome, Files])[]])[] => [[field, [[files, {}, base]]]];
const timed = (unit: string | undefined): Files =>
  image({
    multiscales: { axes: [{ name: 't', type: 'time', ...(unit === undefined ? {} : { unit }) }, ...AXES.slice(1)] },
    dataset: { coordinateTransformations: [scale(2.5, 3, 2)] },
  });

export const OME_ZARR: TableCases = {
  title: 'OME-Zarr',
  request: { level: 0 },
  cases: casesOf(BASE, {
    'axes name': [
      [five('tcyx', '0/0/0/0'), { channels: 1, frames: 2 }, five('czyx', '0/0/0/0')],
      [five('qzyx', '0/0/0/0'), 'an axis named q', five('czyx', '0/0/0/0')],
    ],
    'axes type': [
      [
        image({ multiscales: { axes: [{ name: 'q', type: 'time' }, ...AXES.slice(1)] } }),
        { channels: 1, frames: 2 },
        image({ multiscales: { axes: [{ name: 'q', type: 'channel' }, ...AXES.slice(1)] } }),
      ],
    ],
    'axes unit': [
      [image({ multiscales: { axes: AXES.map((axis) => ({ ...axis, unit: 'nanometer' })) } }), { unit: 'nm' }],
      [
        image({ multiscales: { axes: AXES.map((axis, i) => (i === 0 ? { ...axis, unit: 'nanometer' } : axis)) } }),
        { spacing: [2, 3, 0.004], origin: [5, 6, 0.007] },
      ],
      [timed('second'), { frameTimes: [0, 2.5] }, timed(undefined)],
    ],
    'datasets path': [[{ ...BASE, ...OTHER }, { data: [...ALL].reverse() }, { ...OTHER, ...BASE }]],
    'datasets scale': [
      [image({ dataset: { coordinateTransformations: [scale(1, 2, 3)] } }), { spacing: [3, 2, 1], origin: [0, 0, 0] }],
    ],
    'datasets translation': [
      [
        image({ dataset: { coordinateTransformations: [scale(4, 3, 2), translation(1, 2, 3)] } }),
        { origin: [3, 2, 1] },
      ],
    ],
    'datasets other transformations': [
      [
        image({ dataset: { coordinateTransformations: [{ type: 'affine', affine: [] }] } }),
        'one of its coordinate transformations',
      ],
      [
        image({ dataset: { coordinateTransformations: [scale(4, 3, 2), translation(7, 6, 5), { type: 'identity' }] } }),
        {},
      ],
    ],
    'multiscales coordinateTransformations': [
      [
        image({ multiscales: { coordinateTransformations: [scale(2, 2, 2)] } }),
        { spacing: [4, 6, 8], origin: [10, 12, 14] },
      ],
    ],
    'multiscales coordinateSystems': [
      [image({ multiscales: { coordinateSystems: [{ name: 'physical', axes: AXES }] } }), '(coordinateSystems)'],
    ],
    'omero label': [[ofChannels({ label: 'DAPI' }), info({ name: 'DAPI' }), COLOURED]],
    'omero color': [
      [ofChannels({ color: '0000FF' }), info({ color: '#0000ff' }), COLOURED],
      [ofChannels({ color: '000000' }), info({ color: null }), COLOURED],
    ],
    'omero window': [
      [ofChannels({ window: { start: 5, end: 50, min: 0, max: 255 } }), info({ window: [5, 50] }), COLOURED],
    ],
    'omero active': [[ofChannels({ active: false }), info({ visible: false }), COLOURED]],
    'image-label properties': [[image({ attributes: LABELS }), { labels: { 3: 'nucleus' } }]],
    ...Object.fromEntries([
      ...ignored('omero coefficient', ofChannels({ coefficient: 2 }), COLOURED),
      ...ignored('omero family', ofChannels({ family: 'exponential' }), COLOURED),
      ...ignored('omero inverted', ofChannels({ inverted: true }), COLOURED),
      ...ignored(
        'omero rdefs',
        image({
          ...channels(plain, plain),
          attributes: { omero: { channels: [plain, plain], rdefs: { defaultZ: 1, model: 'greyscale' } } },
        }),
        COLOURED,
      ),
      ...ignored('multiscales version', image({ multiscales: { version: '0.3' } })),
      ...ignored('multiscales name', image({ multiscales: { name: 'cells' } })),
      ...ignored('multiscales type', image({ multiscales: { type: 'gaussian' } })),
      ...ignored('multiscales metadata', image({ multiscales: { metadata: { method: 'x' } } })),
      ...ignored('image-label source', image({ attributes: { 'image-label': { source: { image: '../..' } } } })),
      ...ignored('other attributes', image({ attributes: { anything: 5 } })),
    ]),
    'array shape': [[image({ array: { shape: [1, 3, 4] } }), { shape: [4, 3, 1], data: ALL.slice(0, 12) }]],
    'array chunks': [
      [
        image({
          array: { chunks: [1, 3, 4] },
          chunks: { '0/0/0': BYTES.subarray(12), '1/0/0': BYTES.subarray(0, 12) },
        }),
        { data: [...ALL.slice(12), ...ALL.slice(0, 12)] },
      ],
    ],
    'array dtype': [
      [image({ array: { dtype: '|i1' } }), { dtype: 'int8', data: Array.from(Int8Array.from(BYTES)) }],
      [image({ array: { dtype: '<c8' } }), 'is no array or group of Zarr'],
    ],
    'array order': [[image({ array: { order: 'F' } }), { data: expect.any(Array) }]],
    'array fill_value': [
      [image({ array: { fill_value: 9 }, chunks: {} }), { data: ALL.map(() => 9) }, image({ chunks: {} })],
    ],
    'array compressor': [[image({ array: { compressor: { id: 'unheard' } } }), 'unheard']],
    'array filters': [[image({ array: { filters: [{ id: 'unheard' }] } }), 'unheard']],
    'array dimension_separator': [
      [
        image({
          array: { dimension_separator: '.' },
          chunks: { '0.0.0': Uint8Array.from(BYTES).reverse(), '0/0/0': BYTES },
        }),
        { data: [...ALL].reverse() },
      ],
    ],
  }),
};

function alone(version: 2 | 3, more: Json, attributes: Json = {}): Files {
  if (version === 2) {
    return {
      'a.zarr/.zarray': JSON.stringify({ ...ARRAY, ...more }),
      'a.zarr/.zattrs': JSON.stringify(attributes),
      'a.zarr/0/0/0': BYTES,
    };
  }
  const array = {
    ...{
      zarr_format: 3,
      node_type: 'array',
      shape: [2, 3, 4],
      data_type: 'uint8',
      fill_value: 0,
      codecs: [{ name: 'bytes' }],
      attributes,
    },
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, 3, 4] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  };
  return { 'a.zarr/zarr.json': JSON.stringify({ ...array, ...more }), 'a.zarr/c/0/0/0': BYTES };
}
const ALONE = alone(2, {});
const THIRD = alone(3, {});

export const ZARR: TableCases = {
  title: 'Arrays of Zarr',
  request: { level: 0 },
  cases: casesOf(ALONE, {
    _ARRAY_DIMENSIONS: [
      [alone(2, {}, { _ARRAY_DIMENSIONS: ['x', 'y', 'z'] }), { shape: [2, 3, 4], data: expect.any(Array) }],
      [alone(2, {}, { _ARRAY_DIMENSIONS: ['t', 'y', 'x'] }), { shape: [4, 3, 1], frames: 2 }],
      [alone(2, {}, { _ARRAY_DIMENSIONS: ['depth', 'row', 'column'] }), {}],
    ],
    dimension_names: [
      [alone(3, { dimension_names: ['x', 'y', 'z'] }), { shape: [2, 3, 4], data: expect.any(Array) }, THIRD],
      [alone(3, { dimension_names: ['depth', null, 'column'] }), {}, THIRD],
    ],
    scale_factor: [[alone(2, {}, { scale_factor: 0.5 }), { rescale: { slope: 0.5, intercept: 0 } }]],
    add_offset: [[alone(2, {}, { add_offset: -7 }), { rescale: { slope: 1, intercept: -7 } }]],
    units: [[alone(2, {}, { units: 'HU' }), {}]],
    _FillValue: [[alone(2, {}, { _FillValue: 3 }), {}]],
  }),
};
