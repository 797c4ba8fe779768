import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { GeoTIFF, GeoTIFFImage, ImageFileDirectory } from 'geotiff' with { 'resolution-mode': 'import' };
import { corrupt, openFile, unsupported } from '../format';

type BaseSource = Parameters<typeof GeoTIFF.fromSource>[0];
/** An object as geotiff's sources are. */
type Source = Pick<BaseSource, keyof BaseSource>;

const MOST_PAGES = 1_000_000;
/** Types of fields that may be numbers of bytes, by their number in the file: bytes of one. */
const COUNT_BYTES: Readonly<Record<number, 2 | 4 | 8>> = { 3: 2, 4: 4, 13: 4, 16: 8, 18: 8 };

/**
 * A file as geotiff reads it: the directories of all pages, one after the other. This thread reads
 * them, as it has nothing else to do: 256 of them take 15 ms of processor time, and 30 through Node's
 * threads. Beyond the end are zeros, as geotiff has it.
 */
function sourceOf({ fd }: FileHandle, size: number, path: string): Source {
  const read = (offset: number, length: number): ArrayBuffer => {
    // A directory is read in pieces of 4 KB at most, and a list or a text as a whole, however long it is said to be.
    if (length > 2 ** 16 && offset + length > size) throw corrupt(path, 'truncated, what it says lies past its end');
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

/** A TIFF file that is open. */
export class TiffFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
  readonly littleEndian: boolean;
  readonly #tiff: GeoTIFF;

  private constructor(path: string, handle: FileHandle, size: number, tiff: GeoTIFF) {
    this.path = path;
    this.handle = handle;
    this.size = size;
    this.#tiff = tiff;
    this.littleEndian = tiff.littleEndian;
  }

  /** It must be closed. */
  static async open(path: string): Promise<TiffFile> {
    const { GeoTIFF } = await import('geotiff');
    const handle = await openFile(path);
    try {
      const { size } = await handle.stat();
      return new TiffFile(path, handle, size, await GeoTIFF.fromSource(sourceOf(handle, size, path)));
    } catch (cause) {
      await handle.close();
      throw cause;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  async first(): Promise<GeoTIFFImage> {
    return await this.#tiff.getImage(0);
  }

  /** The pages, whose directories are a chain in the file. A chain that comes back to itself would never end. */
  async images(): Promise<GeoTIFFImage[]> {
    const images: GeoTIFFImage[] = [];
    const seen = new Set<number>();
    for (let at = 0; ; at += 1) {
      const image = await this.#tiff.getImage(at);
      images.push(image);
      if (!(image.getWidth() >= 1)) throw corrupt(this.path, `its page ${String(at)} has no width (ImageWidth)`);
      const next = image.getFileDirectory().nextIFDByteOffset;
      if (next === 0) return images;
      if (seen.has(next)) throw corrupt(this.path, 'its directories are a loop');
      if (images.length === MOST_PAGES) throw unsupported(this.path, `more than ${String(MOST_PAGES)} pages`);
      seen.add(next);
    }
  }

  /** A page that is not in the chain: of a coarser level (`SubIFDs`). To be asked for when the chain has been read. */
  async imageAt(offset: number): Promise<GeoTIFFImage> {
    // geotiff makes pages of its own list only.
    const at = this.#tiff.ifdRequests.length;
    this.#tiff.ifdRequests[at] = this.#tiff.parser.parseFileDirectoryAt(offset);
    return await this.#tiff.getImage(at);
  }

  /**
   * A list of offsets, counts or colours. If it lies apart from its directory, geotiff takes it for
   * little-endian.
   */
  async list(directory: ImageFileDirectory, name: keyof typeof TAGS): Promise<readonly number[]> {
    if (!directory.hasTag(name)) return [];
    const apart = [...directory.deferredArrays.keys()].find((tag) => tag === TAGS[name] || tag === name);
    if (apart === undefined) return Array.from((await directory.loadValue(name)) as ArrayLike<number>, Number);
    const { arrayOffset, fieldType, length } = directory.deferredArrays.get(apart) as {
      arrayOffset: number;
      fieldType: number;
      length: number;
    };
    const bytes = COUNT_BYTES[fieldType];
    if (bytes === undefined) throw corrupt(this.path, `its ${name} are of the type ${String(fieldType)}`);
    if (arrayOffset + length * bytes > this.size) throw corrupt(this.path, `truncated, its ${name} lie past its end`);
    const view = new DataView(new ArrayBuffer(length * bytes));
    readSync(this.handle.fd, view, 0, view.byteLength, arrayOffset);
    return Array.from({ length }, (_, at) => {
      if (bytes === 2) return view.getUint16(at * 2, this.littleEndian);
      if (bytes === 4) return view.getUint32(at * 4, this.littleEndian);
      return Number(view.getBigUint64(at * 8, this.littleEndian));
    });
  }
}

const TAGS = {
  StripOffsets: 273,
  StripByteCounts: 279,
  TileOffsets: 324,
  TileByteCounts: 325,
  SubIFDs: 330,
  ColorMap: 320,
} as const;
