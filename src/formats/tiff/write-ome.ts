import type { DType } from '../../protocol';
import { colorsLeftOut, inUnitOf, timesOf, type InUnit } from '../left-out';
import type { Plain } from '../writer';

const TYPES: Readonly<Record<DType, string>> = {
  ...{ uint8: 'uint8', uint16: 'uint16', uint32: 'uint32', int8: 'int8', int16: 'int16', int32: 'int32' },
  ...{ float32: 'float', float64: 'double' },
};

/** What notes call the format. */
export const TITLE = 'OME-TIFF';

/** Units of lengths that OME-XML has; https://www.openmicroscopy.org/Schemas/OME/2016-06/ */
const UNITS = ['px', 'pm', 'Å', 'nm', 'µm', 'mm', 'cm', 'dm', 'm', 'km', 'in'] as const;
/** Of lengths that are none. */
const NO_UNIT = 'pixel';

/** Lengths of a volume as OME-XML has them. */
export function omeUnit(plain: Plain): InUnit {
  return inUnitOf(plain, TITLE, UNITS, 'µm');
}

const SCHEMA = 'http://www.openmicroscopy.org/Schemas/OME/2016-06';

/** OME-XML of a volume, in ASCII: its pages are slices, then channels, then frames. */
export function omeXml(plain: Plain): string {
  const { shape, dtype, components, channels, frames } = plain;
  const { spacing, unit } = omeUnit(plain);
  const [width, height, depth] = shape;
  const unitName = unit === null || unit === 'px' ? NO_UNIT : unit;
  const times = timesOf(plain);
  const isFromZero = times?.start === 0;
  const sizes = { X: width, Y: height, Z: depth, C: channels * components, T: frames };
  const pixels = {
    ID: 'Pixels:0',
    DimensionOrder: 'XYZCT',
    Type: TYPES[dtype],
    ...(components === 1 ? {} : { Interleaved: 'true' }),
    ...Object.fromEntries(Object.entries(sizes).map(([axis, size]) => [`Size${axis}`, size])),
    ...Object.fromEntries(['X', 'Y', 'Z'].map((axis, at) => [`PhysicalSize${axis}`, spacing[at] as number])),
    ...Object.fromEntries(['X', 'Y', 'Z'].map((axis) => [`PhysicalSize${axis}Unit`, unitName])),
    ...(isFromZero ? { TimeIncrement: times.step, TimeIncrementUnit: 's' } : {}),
  };
  const planes = (isFromZero ? null : plain.frameTimes) ?? [];
  const content = [
    ...Array.from({ length: channels }, (_, at) => channelElement(plain, at)),
    element('TiffData', { IFD: 0, PlaneCount: depth * channels * frames }, ''),
    ...planes.map((time, TheT) => element('Plane', { TheZ: 0, TheC: 0, TheT, DeltaT: time, DeltaTUnit: 's' }, '')),
  ].join('');
  const image = element('Image', { ID: 'Image:0' }, element('Pixels', pixels, content));
  const names = { xmlns: SCHEMA, 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance' };
  const where = { 'xsi:schemaLocation': `${SCHEMA} ${SCHEMA}/ome.xsd`, Creator: 'slicescope' };
  return `<?xml version="1.0" encoding="UTF-8"?>${element('OME', { ...names, ...where }, image)}`;
}

function channelElement({ components, channelInfo }: Plain, at: number): string {
  const { name = '', color = null } = channelInfo?.[at] ?? {};
  const said = {
    ID: `Channel:0:${String(at)}`,
    SamplesPerPixel: components,
    ...(name === '' ? {} : { Name: name }),
    // Red, green, blue and opacity are the bytes of a signed number.
    ...(color === null ? {} : { Color: (Number.parseInt(color.slice(1), 16) << 8) | 0xff }),
  };
  return element('Channel', said, '');
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, content: string): string {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${said.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

/** Characters that XML can't hold. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Sentences about what OME-XML does not say of channels, or our reader would not take from it. */
export function channelsLeftOut(plain: Plain): string[] {
  const { channelInfo, channels } = plain;
  const all = channelInfo ?? [];
  const isWhite = channels > 1 && all.every(({ color }) => color === null || color === '#ffffff');
  return [
    ...(all.some(({ window }) => window !== null)
      ? [`${TITLE} has no place for windows of channels, which the volume has.`]
      : []),
    ...(all.some(({ visible }) => !visible)
      ? [`${TITLE} has no place for channels that are switched off, as some are.`]
      : []),
    ...(all.some(({ name }) => name.search(NOT_IN_XML) >= 0)
      ? [`${TITLE} has no place for some characters in names of channels: they are left out.`]
      : []),
    ...colorsLeftOut(plain),
    ...(isWhite && all.some(({ color }) => color !== null)
      ? ['Volume.open takes channels that are all white for channels without a colour.']
      : []),
  ];
}

/** A text as the value of an attribute, in ASCII. Characters that XML can't hold are left out. */
function escaped(text: string): string {
  return Array.from(text.replace(NOT_IN_XML, ''))
    .map((character) => (/[\w .,:;/#()=+-]/.test(character) ? character : `&#${String(character.codePointAt(0))};`))
    .join('');
}
