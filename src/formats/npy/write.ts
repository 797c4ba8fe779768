import { DTYPES, type DType } from '../../protocol';
import { unsupported } from '../format';
import { leftOut } from '../left-out';
import { IS_LITTLE_ENDIAN, writeAll, writeFileWith, writeValues } from '../write-values';
import type { Plain, Writer } from '../writer';

const NUMPY: Readonly<Record<DType, string>> = {
  ...{ uint8: 'u1', int8: 'i1', uint16: 'u2', int16: 'i2', uint32: 'u4', int32: 'i4', float32: 'f4', float64: 'f8' },
};

/**
 * What a .npy file begins with; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @param shape of the array, its last axis fastest.
 */
export function npyHead(dtype: DType, shape: readonly number[]): Buffer {
  const order = dtype.endsWith('8') ? '|' : IS_LITTLE_ENDIAN ? '<' : '>';
  const header = `{'descr': '${order}${NUMPY[dtype]}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  // The values begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${header.padEnd(length - 1)}\n`, 'latin1');
  head.writeUInt16LE(length, 8);
  return head;
}

/** The slowest one first. */
function axesOf({ frames, channels, shape: [width, height, depth], components }: Plain) {
  const axes: (readonly [name: string, size: number])[] = [
    ['frames', frames],
    ['channels', channels],
  ];
  axes.splice(0, 2, ...axes.filter(([, size]) => size > 1), ['z', depth], ['y', height], ['x', width]);
  return components > 1 ? [...axes, ['colours', components] as const] : axes;
}

export const npy: Writer = {
  name: 'npy',
  title: 'NumPy',
  endings: ['.npy'],
  isStore: false,
  dtypes: DTYPES,
  heeds: [],
  holdsRescale: () => false,
  check: (plain, path) => {
    if (plain.components > 1 && plain.dtype !== 'uint8') {
      throw unsupported(path, `an array of ${plain.dtype} is not known for colours; write .ome.tif or .nrrd`);
    }
    const notes = leftOut(plain, 'NumPy', []);
    const names = axesOf(plain).map(([name]) => name);
    if (plain.channels > 1) {
      const what = plain.frames > 1 ? 'does not open it' : 'takes the first one for frames';
      notes.push(`The axes of the array are ${names.join(', ')}: Volume.open ${what}.`);
    }
    const isLikeColors = plain.dtype === 'uint8' && plain.components === 1 && [3, 4].includes(plain.shape[0]);
    if (isLikeColors) notes.push(`Volume.open takes a last axis of ${String(plain.shape[0])} for colours.`);
    return notes;
  },
  write: (content, target, _, onFraction) =>
    writeFileWith(target, async (file) => {
      writeAll(
        file,
        npyHead(
          content.dtype,
          axesOf(content).map(([, size]) => size),
        ),
      );
      await writeValues(file, content, onFraction);
    }),
};
