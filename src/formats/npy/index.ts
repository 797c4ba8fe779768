import { basename } from 'node:path';
import type { Shape } from '../../protocol';
import type { StoredType, Volume } from '../../volume';
import { fileHeader, type FileHeader } from '../file-header';
import { corrupt, unsupported, type Format, type OnFraction } from '../format';
import { checkName, checkSize, readHead, readVolume, type VoxelBytes } from '../voxels';

const MAGIC = [0x93, ...Buffer.from('NUMPY')];
/** A longer header is of no array of numbers; NumPy itself reads no longer one unless it trusts the file. */
const MOST_HEADER_BYTES = 10_000;

const DTYPES: Readonly<Record<string, StoredType>> = {
  ...{ b1: 'uint8', u1: 'uint8', i1: 'int8', u2: 'uint16', i2: 'int16', u4: 'uint32', i4: 'int32' },
  ...{ u8: 'uint64', i8: 'int64', f2: 'float16', f4: 'float32', f8: 'float64' },
};

/** What the header of an array says. */
export interface ArrayHeader {
  /** Bytes before the values. */
  readonly offset: number;
  readonly dtype: StoredType;
  readonly littleEndian: boolean;
  /** As `Volume` has them: x first. */
  readonly shape: Shape;
  readonly frames: number;
  readonly components: 1 | 3 | 4;
}

export function isNpy(head: Uint8Array): boolean {
  return MAGIC.every((byte, at) => head[at] === byte);
}

/** The header's text, and where the values begin. */
function textOf(head: Uint8Array, path: string): { readonly text: string; readonly offset: number } {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const version = head[6] ?? 0;
  if (version > 3) throw unsupported(path, `its version is ${String(version)}; what can be read is 1 to 3`);
  const isLong = version > 1;
  const start = isLong ? 12 : 10;
  if (head.length < start) throw corrupt(path, 'truncated in its header');
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > MOST_HEADER_BYTES) {
    throw corrupt(path, `its header says that it has ${String(length)} bytes, of at most ${String(MOST_HEADER_BYTES)}`);
  }
  if (head.length < start + length) throw corrupt(path, 'truncated in its header');
  return { text: Buffer.from(head.subarray(start, start + length)).toString('latin1'), offset: start + length };
}

/** What the header of an array says, by NumPy's names. */
export function npyHeader(head: Uint8Array, path: string): FileHeader {
  const fields = textOf(head, path).text.matchAll(/'(\w+)':\s*('[^']*'|\([^)]*\)|\w+)/g);
  return fileHeader([...fields].map(([, name = '', value]) => [name, value]));
}

/**
 * Read the header of a .npy file; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @param path stands in errors.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format`.
 */
export function parseNpyHeader(head: Uint8Array, path: string): ArrayHeader {
  const { text, offset } = textOf(head, path);
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (order === undefined || sizes === undefined) {
    throw corrupt(
      path,
      `its header is ${JSON.stringify(text.trim().slice(0, 60))}, expected descr, fortran_order and shape`,
    );
  }
  const type = /^([<>|=])([a-z]\d+)$/i.exec(descr ?? '');
  const dtype = type === null ? undefined : DTYPES[type[2] as string];
  if (dtype === undefined) {
    const what = descr ?? 'of records';
    throw unsupported(
      path,
      `an array ${what}, which no dtype stands for; save it as another, such as astype('float32')`,
    );
  }
  const dims = sizes.split(',').map((each) => each.trim().replace(/L$/, ''));
  const shape = dims.filter((each) => each !== '').map(Number);
  const fastestFirst = order === 'True' ? shape : [...shape].reverse();
  return {
    offset,
    dtype,
    littleEndian: type?.[1] !== '>',
    ...axesOf(fastestFirst, order === 'False' && type?.[2] === 'u1', path),
  };
}

export type Axes = Pick<ArrayHeader, 'shape' | 'frames' | 'components'>;

/** z, y and x are an array's last axes in C's order, its first in Fortran's; colours come after x, time before z. */
export function axesOf(sizes: readonly number[], mayBeColor: boolean, path: string): Axes {
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw corrupt(path, `its header says shape ${[...sizes].reverse().join(' × ')}`);
  }
  const [first = 1] = sizes;
  const isColor = mayBeColor && sizes.length >= 3 && (first === 3 || first === 4);
  const [width = 1, height = 1, depth = 1, frames = 1, ...others] = isColor ? sizes.slice(1) : sizes;
  if (others.some((size) => size > 1)) {
    throw unsupported(
      path,
      `an array of ${String(sizes.length)} axes, of which at most z, y and x, time and colours are shown`,
    );
  }
  return { shape: [width, height, depth], frames, components: isColor ? first : 1 };
}

/** @param from where the values are: in a file, or in a file in a zip. */
export async function readNpy(
  head: Uint8Array,
  from: Pick<VoxelBytes, 'path' | 'isPacked' | 'unpacked'> & { readonly most: number; readonly name: string },
  onFraction: OnFraction,
): Promise<Volume> {
  const { most, name, ...bytes } = from;
  const { offset, dtype, littleEndian, shape, frames, components } = parseNpyHeader(head, bytes.path);
  const count = shape[0] * shape[1] * shape[2] * frames * components;
  const voxels: VoxelBytes = { ...bytes, offset, dtype, littleEndian, count };
  checkSize(voxels, most);
  return await readVolume(voxels, shape, { frames, components, name }, onFraction);
}

export const npy: Format = {
  name: 'npy',
  title: 'NumPy (.npy, .npz)',
  matches: (head) => isNpy(head),
  read: async ({ paths: [path] }, onFraction) => {
    const { bytes, isPacked, most } = await readHead(path, 2 * MOST_HEADER_BYTES);
    checkName(path, isPacked);
    const name = basename(path).replace(/(\.npy)?(\.gz)?$/i, '');
    return await readNpy(bytes, { path, isPacked, most, name }, onFraction);
  },
  header: async ({ paths: [path] }) => npyHeader((await readHead(path, 2 * MOST_HEADER_BYTES)).bytes, path),
};
