import { basename, extname } from 'node:path';
import { SlicescopeError, checkNames, quote } from '../protocol';
import { STORED_TYPES, VOLUME_OPTIONS } from '../volume';
import type { Format } from './format';
import { checkSize, readHead, readVolume, type VoxelBytes } from './voxels';

/** A file of voxels and nothing else, or with a header of known length in front. */
export const raw: Format = {
  name: 'raw',
  title: 'raw voxels with a description',
  matches: () => false,
  read: async ({ paths: [path], raw: described }, onFraction) => {
    if (described === undefined) {
      const message = `${path}: raw voxels need { raw: { shape, dtype } }, which says how they lie in the file`;
      throw new SlicescopeError('invalid-argument', message, { argument: 'raw' });
    }
    checkNames(described, ['shape', 'dtype', 'offset', 'littleEndian', ...VOLUME_OPTIONS], `${path}: raw`);
    const { shape, dtype, offset = 0, littleEndian = true, ...options } = described;
    if (!Number.isSafeInteger(offset) || offset < 0) {
      const message = `${path}: raw.offset is ${quote(offset)}, expected the number of bytes before the voxels`;
      throw new SlicescopeError('invalid-argument', message, { argument: 'raw' });
    }
    const sizes: readonly unknown[] = Array.isArray(shape) ? shape : [];
    const isShape = sizes.length === 3 && sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 1);
    if (!isShape || !STORED_TYPES.includes(dtype)) {
      const message = `${path}: raw has shape ${quote(shape)} and dtype ${quote(dtype)}, expected such as [512, 512, 300] and 'uint16'`;
      throw new SlicescopeError('invalid-argument', message, { argument: 'raw' });
    }
    const { isPacked, most } = await readHead(path, 2);
    const { components = 1, channels = 1, frames = 1 } = options;
    const count = shape.reduce((product, each) => product * each, components * channels * frames);
    const voxels: VoxelBytes = { path, offset, isPacked, dtype, littleEndian, count };
    checkSize(voxels, most);
    return await readVolume(voxels, shape, { name: basename(path, extname(path)), ...options }, onFraction);
  },
};
