import type { Volume } from '../volume';

const PERCENTS = [0.5, 50, 99.5];

/** What `slicescope info` says of a volume, by the names that it has there. */
export function infoOf(volume: Volume): Readonly<Record<string, unknown>> {
  const { name, shape, dtype, rescale, components, channels, frames, spacing, unit, origin, direction } = volume;
  const isScalar = components === 1;
  return {
    name,
    shape,
    dtype,
    rescale,
    components,
    channels,
    frames,
    spacing,
    unit,
    origin,
    direction,
    range: volume.range,
    percentiles: isScalar
      ? Object.fromEntries(volume.percentiles(PERCENTS).map((value, at) => [String(PERCENTS[at]), value]))
      : null,
    window: volume.defaultWindow,
    ...(volume.chunked ? { levels: volume.levels } : { bytes: volume.data.byteLength }),
  };
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  if (Array.isArray(value)) return value.map(shown).join(' ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, each]) => `${name}${Number.isNaN(Number(name)) ? '' : ' %'}: ${shown(each)}`)
      .join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A line for each, its name first. */
export function tableOf(info: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(info).map(({ length }) => length));
  return Object.entries(info)
    .map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`)
    .join('\n');
}
