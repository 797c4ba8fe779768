import { DTYPES, type DType } from '../../protocol';
import { besideOf, dataNameOf } from '../data-file';
import type { OnFraction } from '../format';
import { checkCounts, inUnitOf, leftOut, timesOf } from '../left-out';
import { writePacked } from '../write-packed';
import { IS_LITTLE_ENDIAN, writeAll, writeFileWith, writeValues } from '../write-values';
import type { Content, Plain, WriteOptions, Writer } from '../writer';
import { valuesFileOf } from './index';

const TITLE = 'MetaImage';

/** https://itk.org/Wiki/ITK/MetaIO/Documentation */
const TYPES: Readonly<Record<DType, string>> = {
  ...{ uint8: 'MET_UCHAR', int8: 'MET_CHAR', uint16: 'MET_USHORT', int16: 'MET_SHORT' },
  ...{ uint32: 'MET_UINT', int32: 'MET_INT', float32: 'MET_FLOAT', float64: 'MET_DOUBLE' },
};
/** The units that MetaIO knows. */
const UNITS: Readonly<Record<string, string>> = { mm: 'mm', cm: 'cm', µm: 'um' };
/** Places for the packed size, which is known when all is written. */
const SIZE_PLACES = 20;

/** The lines of a header but the last, which says where the values are. */
function fieldsOf(plain: Plain, packedBytes: number | null): string[] {
  const { shape, frames, components, dtype, direction } = plain;
  const { spacing, origin, unit } = inUnitOf(plain, TITLE, Object.keys(UNITS), 'mm');
  const isTimed = frames > 1;
  const times = timesOf(plain);
  const behind = (values: readonly number[], last: number): string =>
    [...values, ...(isTimed ? [last] : [])].map(String).join(' ');
  // Row i is where axis i points: the columns of the volume's own.
  const rows = [0, 1, 2].map((axis) => [0, 1, 2].map((row) => (direction?.[3 * row + axis] ?? 0) + 0));
  const matrix = [...rows.map((row) => behind(row, 0)), ...(isTimed ? ['0 0 0 1'] : [])].join(' ');
  const isPacked = packedBytes !== null;
  return [
    'ObjectType = Image',
    `NDims = ${isTimed ? '4' : '3'}`,
    'BinaryData = True',
    `BinaryDataByteOrderMSB = ${IS_LITTLE_ENDIAN ? 'False' : 'True'}`,
    `CompressedData = ${isPacked ? 'True' : 'False'}`,
    ...(isPacked ? [`CompressedDataSize = ${String(packedBytes).padEnd(SIZE_PLACES)}`] : []),
    ...(direction === null ? [] : [`TransformMatrix = ${matrix}`]),
    `Offset = ${behind(origin, times?.start ?? 0)}`,
    `CenterOfRotation = ${behind([0, 0, 0], 0)}`,
    ...(unit === null ? [] : [`DistanceUnits = ${UNITS[unit] ?? '?'}`]),
    `ElementSpacing = ${behind(spacing, times?.step ?? 1)}`,
    `DimSize = ${behind(shape, frames)}`,
    ...(components === 1 ? [] : [`ElementNumberOfChannels = ${String(components)}`]),
    `ElementType = ${TYPES[dtype]}`,
  ];
}

async function write(
  content: Content,
  target: string,
  { compression: level = 0 }: WriteOptions,
  onFraction: OnFraction,
): Promise<void> {
  const dataName = /\.mhd$/i.test(target) ? dataNameOf(target, level === 0 ? '.raw' : '.zraw') : null;
  const header = (packedBytes: number): Buffer => {
    const lines = fieldsOf(content, level === 0 ? null : packedBytes);
    return Buffer.from(`${[...lines, `ElementDataFile = ${dataName ?? 'LOCAL'}`].join('\n')}\n`);
  };
  const writeInto = (data: string, isHeaded: boolean): Promise<number> =>
    writeFileWith(data, async (file) => {
      if (isHeaded) writeAll(file, header(0));
      if (level > 0) {
        const bytes = await writePacked(file, { kind: 'zlib', level }, null, content, onFraction);
        if (isHeaded) writeAll(file, header(bytes), 0);
        return bytes;
      }
      await writeValues(file, content, onFraction);
      return 0;
    });
  if (dataName === null) {
    await writeInto(target, true);
    return;
  }
  const bytes = await writeInto(besideOf(target, dataName), false);
  await writeFileWith(target, (file) => writeAll(file, header(bytes)));
}

/**
 * MetaImage, with its values behind the header or in a file beside it. ITK ignores a rescale there, so
 * real values are written.
 */
export const metaimage: Writer = {
  name: 'metaimage',
  title: TITLE,
  endings: ['.mha', '.mhd'],
  isStore: false,
  dtypes: DTYPES,
  heeds: ['compression'],
  holdsRescale: () => false,
  valuesFile: valuesFileOf,
  check: (plain, path) => {
    checkCounts(plain, path, TITLE, { frames: true, colors: ['uint8'] });
    return [
      ...leftOut(plain, TITLE, ['spacing', 'origin', 'direction']),
      ...inUnitOf(plain, TITLE, Object.keys(UNITS), 'mm').notes,
    ];
  },
  write,
};
