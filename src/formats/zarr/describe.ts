import { endianness } from 'node:os';
import { ARRAY_OF, DTYPE_RANGES, type DType, type Shape, type Triple } from '../../protocol';
import { brightestColor, channelColormapAt } from '../../shading';
import { unitWord } from '../lengths';
import { timesOf } from '../left-out';
import type { Content, Plain } from '../writer';
import type { PyramidLevel } from './halve';
import type { Dimension } from './multiscales';

/** Versions of OME-Zarr that are written: 0.4 lies in Zarr 2, and 0.5 in Zarr 3. */
export type ZarrVersion = '0.4' | '0.5';

/** Metadata of a group or an array: the files, by their names. */
export type Metadata = Readonly<Record<string, object>>;

/** The axes of an array in their order, all that a volume may have. */
const AXES: readonly { readonly name: string; readonly type: string; readonly dimension: Dimension }[] = [
  { name: 't', type: 'time', dimension: 'frame' },
  { name: 'c', type: 'channel', dimension: 'channel' },
  { name: 'z', type: 'space', dimension: 'z' },
  { name: 'y', type: 'space', dimension: 'y' },
  { name: 'x', type: 'space', dimension: 'x' },
];

/** Of colours each component is a channel. */
export function channelsOf({ channels, components }: Plain): number {
  return channels * components;
}

/** The axes that an image needs. */
export function axesOf(plain: Plain): readonly (typeof AXES)[number][] {
  const isThere = { frame: plain.frames > 1, channel: channelsOf(plain) > 1, z: true, y: true, x: true };
  return AXES.filter(({ dimension }) => isThere[dimension]);
}

/** A number for each axis of an image. */
function byAxis(plain: Plain, [x, y, z]: Triple, frame: number, channel: number): number[] {
  const values = { x, y, z, frame, channel };
  return axesOf(plain).map(({ dimension }) => values[dimension]);
}

const BYTE_ORDER = endianness() === 'LE' ? 'little' : 'big';

/** @param level of Zstandard; 0 for chunks that are not packed. */
export function arrayMetadata(
  plain: Plain,
  { shape, chunk }: { readonly shape: Shape; readonly chunk: Shape },
  level: number,
  version: ZarrVersion,
): Metadata {
  const { dtype, frames } = plain;
  const sizes = byAxis(plain, shape, frames, channelsOf(plain));
  const chunks = byAxis(plain, chunk, 1, 1);
  if (version === '0.4') {
    return {
      '.zarray': {
        zarr_format: 2,
        shape: sizes,
        chunks,
        dtype: typeString(dtype),
        compressor: level === 0 ? null : { id: 'zstd', level },
        fill_value: 0,
        order: 'C',
        filters: null,
        dimension_separator: '/',
      },
    };
  }
  const bytes = {
    name: 'bytes',
    ...(typeString(dtype).startsWith('|') ? {} : { configuration: { endian: BYTE_ORDER } }),
  };
  const zstd = { name: 'zstd', configuration: { level, checksum: false } };
  return {
    'zarr.json': {
      zarr_format: 3,
      node_type: 'array',
      shape: sizes,
      data_type: dtype,
      chunk_grid: { name: 'regular', configuration: { chunk_shape: chunks } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: 0,
      codecs: level === 0 ? [bytes] : [bytes, zstd],
      attributes: {},
      dimension_names: axesOf(plain).map(({ name }) => name),
    },
  };
}

/** NumPy's, such as `<u2`. */
function typeString(dtype: DType): string {
  const bytes = ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const order = bytes === 1 ? '|' : BYTE_ORDER === 'little' ? '<' : '>';
  return `${order}${dtype.charAt(0)}${String(bytes)}`;
}

/** Of a group whose arrays are named 0, 1 and so on, the finest one first. */
export function groupMetadata(content: Content, levels: readonly PyramidLevel[], version: ZarrVersion): Metadata {
  const { spacing, origin, unit } = content;
  const times = timesOf(content);
  const units = {
    ...(unit === 'px' ? {} : { space: unitWord(unit) }),
    ...(times === null ? {} : { time: 'second' }),
  } as Readonly<Record<string, string>>;
  const axes = axesOf(content).map(({ name, type }) => {
    const named = units[type];
    return { name, type, ...(named === undefined ? {} : { unit: named }) };
  });
  const datasets = levels.map(({ factors }, at) => {
    const scale = factors.map((factor, axis) => factor * (spacing[axis] as number)) as unknown as Triple;
    // The middle of the first voxels that it stands for.
    const first = factors.map(
      (factor, axis) => (origin[axis] as number) + ((factor - 1) / 2) * (spacing[axis] as number),
    ) as unknown as Triple;
    const coordinateTransformations = [
      { type: 'scale', scale: byAxis(content, scale, times?.step ?? 1, 1) },
      { type: 'translation', translation: byAxis(content, first, times?.start ?? 0, 0) },
    ];
    return { path: String(at), coordinateTransformations };
  });
  const said = (versions: object): object => ({
    multiscales: [{ ...versions, axes, datasets }],
    ...omero(content),
    ...imageLabel(content, versions),
  });
  if (version === '0.4') return { '.zgroup': { zarr_format: 2 }, '.zattrs': said({ version }) };
  return { 'zarr.json': { zarr_format: 3, node_type: 'group', attributes: { ome: { version, ...said({}) } } } };
}

const PRIMARIES = ['#ff0000', '#00ff00', '#0000ff', '#ffffff'] as const;
const WHITE = '#ffffff';

/** Whether anything is said of how channels are drawn. */
function isDrawn({ window, channelInfo, components }: Plain): boolean {
  return window !== null || channelInfo !== null || components > 1;
}

/**
 * Whether a window or a colour is written that the volume does not have. `omero` must have both for
 * each channel, so they are those that a view starts with. A single channel without a colour is gray,
 * and is so again.
 */
export function isDrawnOtherwise(plain: Plain): boolean {
  const { window, channelInfo, channels, components } = plain;
  if (!isDrawn(plain) || components > 1) return false;
  const all = channelInfo ?? Array.from({ length: channels }, () => ({ window: null, color: null }));
  return all.some((each) => (each.window ?? window) === null || (channels > 1 && each.color === null));
}

/** How channels are drawn: https://ngff.openmicroscopy.org/0.5/#omero-md. Nothing where nothing is known of any. */
function omero(content: Content): object {
  const { components, dtype, windowOf } = content;
  if (!isDrawn(content)) return {};
  const channels = Array.from({ length: channelsOf(content) }, (_, at) => {
    const { name = '', color = null, visible = true } = content.channelInfo?.[at] ?? {};
    const [start, end] = windowOf(Math.floor(at / components));
    const [min, max] = dtype.startsWith('float') ? [start, end] : DTYPE_RANGES[dtype];
    const otherwise = content.channels === 1 ? WHITE : brightestColor(channelColormapAt(at));
    const drawn = color ?? (components === 1 ? otherwise : (PRIMARIES[at] ?? WHITE));
    return {
      active: visible,
      ...(name === '' ? {} : { label: name }),
      color: drawn.slice(1).toUpperCase(),
      window: { min, max, start, end },
    };
  });
  return { omero: { channels } };
}

/** Names and colours of labels: https://ngff.openmicroscopy.org/0.5/#label-md */
function imageLabel({ labels }: Plain, versions: object): object {
  if (labels === null) return {};
  const all = Object.entries(labels).map(([value, label]) => ({ 'label-value': Number(value), ...label }));
  const properties = all.flatMap(({ color: _, name, ...value }) => (name === undefined ? [] : [{ ...value, name }]));
  const colors = all.flatMap(({ color, name: _, ...value }) =>
    color === undefined
      ? []
      : [{ ...value, rgba: [1, 3, 5, 7].map((at) => parseInt(color.slice(at, at + 2) || 'ff', 16)) }],
  );
  const said = { ...(colors.length === 0 ? {} : { colors }), ...(properties.length === 0 ? {} : { properties }) };
  return { 'image-label': { ...versions, ...said } };
}
