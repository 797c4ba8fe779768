import type { FileHeader } from '../formats';
import type { Volume } from '../volume';

/** Of a list, such as the times of frames, in a table. */
const MOST_ITEMS = 24;

const PERCENTS = [0.5, 50, 99.5];

/** What `slicescope info` says of a volume, by the names that it has there, and what the file's header says. */
export function infoOf(volume: Volume, header: FileHeader): Readonly<Record<string, unknown>> {
  const { name, shape, dtype, rescale, components, channels, frames, spacing, unit, origin, direction, axes } = volume;
  const { channelInfo, frameTimes, frameLabels, labels, notes } = volume;
  const isScalar = components === 1;
  return {
    name,
    shape,
    dtype,
    rescale,
    components,
    channels,
    ...(channelInfo === null ? {} : { channelInfo }),
    frames,
    ...(frameTimes === null ? {} : { frameTimes }),
    ...(frameLabels === null ? {} : { frameLabels }),
    ...(labels === null
      ? {}
      : { labels: Object.entries(labels).map(([value, label]) => ({ value: Number(value), ...label })) }),
    spacing,
    unit,
    origin,
    direction,
    axes,
    notes: notes.length > 0 ? notes : null,
    range: volume.range,
    percentiles: isScalar
      ? Object.fromEntries(volume.percentiles(PERCENTS).map((value, at) => [String(PERCENTS[at]), value]))
      : null,
    window: volume.defaultWindow,
    invert: volume.invert,
    padding: volume.padding,
    ...(volume.chunked ? { levels: volume.levels } : { bytes: volume.data.byteLength }),
    header,
  };
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  if (Array.isArray(value)) {
    const [items, rest] = [value.slice(0, MOST_ITEMS).map(shown), value.length - MOST_ITEMS];
    // Objects have spaces of their own.
    const list = items.join(value.some((each) => typeof each === 'object') ? '; ' : ' ');
    return rest > 0 ? `${list} … ${String(rest)} more` : list;
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, each]) => `${name}${Number.isNaN(Number(name)) ? '' : ' %'}: ${shown(each)}`)
      .join(', ');
  }
  return typeof value === 'string' ? value.replace(/\s+/g, ' ') : JSON.stringify(value);
}

/** A line for each, its name first; the header's after an empty line. */
export function tableOf({ header, ...info }: Readonly<Record<string, unknown>>): string {
  const lines = (fields: object): string[] => {
    const width = Math.max(...Object.keys(fields).map(({ length }) => length));
    return Object.entries(fields).map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`);
  };
  const said = lines(header as FileHeader);
  return [...lines(info), ...(said.length > 0 ? ['', 'header', ...said.map((line) => `  ${line}`)] : [])].join('\n');
}
