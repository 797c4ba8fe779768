import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { GeoTIFF } from 'geotiff' with { 'resolution-mode': 'import' };

type BaseSource = Parameters<typeof GeoTIFF.fromSource>[0];
/** An object as geotiff's sources are. */
type Source = Pick<BaseSource, keyof BaseSource>;

/**
 * A file as geotiff reads it: a directory of each page, one after the other. They are read on this thread, which does nothing
 * else meanwhile: 256 of them through Node's threads take 30 ms of processor time, and so 15. What lies past the end is zeros, as geotiff has it.
 */
export function sourceOf({ fd }: FileHandle): Source {
  const read = (offset: number, length: number): ArrayBuffer => {
    const bytes = new Uint8Array(length);
    readSync(fd, bytes, 0, length, offset);
    return bytes.buffer;
  };
  return {
    fetch: (slices) => Promise.resolve(slices.map(({ offset, length }) => read(offset, length))),
    fetchSlice: ({ offset, length }) => Promise.resolve({ offset, length, data: read(offset, length) }),
    fileSize: null,
    close: () => Promise.resolve(),
  };
}
