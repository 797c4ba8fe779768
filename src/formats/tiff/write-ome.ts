import type { DType } from '../../protocol';
import type { Plain } from '../writer';

const TYPES: Readonly<Record<DType, string>> = {
  ...{ uint8: 'uint8', uint16: 'uint16', uint32: 'uint32', int8: 'int8', int16: 'int16', int32: 'int32' },
  ...{ float32: 'float', float64: 'double' },
};

/** Units of lengths that OME-XML has, of those that volumes have; https://www.openmicroscopy.org/Schemas/OME/2016-06/ */
const UNITS = new Set(['pm', 'Å', 'nm', 'µm', 'mm', 'cm', 'dm', 'm', 'km', 'in']);
/** Where lengths are none, or in a unit that OME-XML does not have. */
const NO_UNIT = 'pixel';

/** Whether OME-XML can say lengths in this unit; `px` is no length. */
export function hasUnit(unit: string): boolean {
  return unit === 'px' || UNITS.has(unit);
}

const SCHEMA = 'http://www.openmicroscopy.org/Schemas/OME/2016-06';

/** OME-XML of a volume, in ASCII: its pages are slices, then channels, then frames. */
export function omeXml(plain: Plain): string {
  const { shape, dtype, components, channels, frames, spacing, unit } = plain;
  const [width, height, depth] = shape;
  const unitName = UNITS.has(unit) ? unit : NO_UNIT;
  const sizes = { X: width, Y: height, Z: depth, C: channels * components, T: frames };
  const pixels = {
    ID: 'Pixels:0',
    DimensionOrder: 'XYZCT',
    Type: TYPES[dtype],
    ...(components === 1 ? {} : { Interleaved: 'true' }),
    ...Object.fromEntries(Object.entries(sizes).map(([axis, size]) => [`Size${axis}`, size])),
    ...Object.fromEntries(['X', 'Y', 'Z'].map((axis, at) => [`PhysicalSize${axis}`, spacing[at] as number])),
    ...Object.fromEntries(['X', 'Y', 'Z'].map((axis) => [`PhysicalSize${axis}Unit`, unitName])),
  };
  const channel = (at: number): string =>
    element('Channel', { ID: `Channel:0:${String(at)}`, SamplesPerPixel: components }, '');
  const content = [
    ...Array.from({ length: channels }, (_, at) => channel(at)),
    element('TiffData', { IFD: 0, PlaneCount: depth * channels * frames }, ''),
  ].join('');
  const image = element('Image', { ID: 'Image:0' }, element('Pixels', pixels, content));
  const names = { xmlns: SCHEMA, 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance' };
  const where = { 'xsi:schemaLocation': `${SCHEMA} ${SCHEMA}/ome.xsd`, Creator: 'slicescope' };
  return `<?xml version="1.0" encoding="UTF-8"?>${element('OME', { ...names, ...where }, image)}`;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, content: string): string {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${said.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

/** The most of a text that is kept: a name is for people. */
const MOST_CHARACTERS = 256;

/** A text as the value of an attribute, in ASCII. Characters that XML can't hold are left out. */
function escaped(text: string): string {
  return Array.from(text)
    .slice(0, MOST_CHARACTERS)
    .filter((character) => /[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(character))
    .map((character) => (/[\w .,:;/#()=+-]/.test(character) ? character : `&#${String(character.codePointAt(0))};`))
    .join('');
}
