import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { ARRAY_OF, DTYPES, type Shape } from '../../protocol';
import { bytesIn, type OnFraction } from '../format';
import { leftOut } from '../left-out';
import type { Content, Plain, WriteOptions, Writer } from '../writer';
import { directoryOf, headBytes, headOf } from './directory';
import { TITLE, channelsLeftOut, omeUnit, omeXml } from './write-ome';

/** Pixels that are in hand at a time. */
const BOX_BYTES = 2 ** 24;
/** Pixels that are packed together. */
const STRIP_BYTES = 2 ** 18;
/** Above this a file is BigTIFF: offsets have 32 bits, and directories and what deflate adds need room. */
const MOST_CLASSIC_BYTES = 2 ** 32 - 2 ** 27;
/** Bytes of a directory and its strips at most, besides the description. */
const DIRECTORY_BYTES = 1024;

/** A page that has been written: where its strips lie, and their bytes. */
interface WrittenPage {
  readonly offsets: number[];
  readonly counts: number[];
}

/** How pages are cut. */
interface Cut {
  readonly rowBytes: number;
  /** Rows of a strip. */
  readonly rows: number;
  /** Rows, and slices, that are read at a time. */
  readonly boxRows: number;
  readonly boxSlices: number;
}

function cutOf({ shape, dtype, components }: Plain, isPacked: boolean): Cut {
  const [width, height, depth] = shape;
  const rowBytes = width * components * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const within = (bytes: number): number => Math.max(1, Math.floor(bytes / rowBytes));
  const rows = Math.min(height, within(isPacked ? STRIP_BYTES : BOX_BYTES));
  const boxRows = Math.min(height, Math.max(1, Math.floor(within(BOX_BYTES) / rows)) * rows);
  return {
    rowBytes,
    rows,
    boxRows,
    boxSlices: boxRows < height ? 1 : Math.min(depth, Math.max(1, Math.floor(within(BOX_BYTES) / height))),
  };
}

/** A file that grows at its end. */
class Growing {
  readonly #file: FileHandle;
  size: number;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** @returns where it lies. */
  async add(bytes: Uint8Array): Promise<number> {
    const at = this.size;
    let written = 0;
    while (written < bytes.length) {
      written += (await this.#file.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
    }
    this.size += bytes.length;
    return at;
  }
}

/** Write one box of pixels, and note where each strip of its pages lies. */
async function addBox(
  file: Growing,
  bytes: Buffer,
  cut: Cut,
  boxRows: number,
  pages: readonly WrittenPage[],
  level: number,
): Promise<void> {
  const strips: (readonly [WrittenPage, Buffer])[] = [];
  const pageBytes = boxRows * cut.rowBytes;
  for (const [at, page] of pages.entries()) {
    for (let row = 0; row < boxRows; row += cut.rows) {
      const start = at * pageBytes + row * cut.rowBytes;
      strips.push([page, bytes.subarray(start, start + Math.min(cut.rows, boxRows - row) * cut.rowBytes)]);
    }
  }
  if (level === 0) {
    // As it lies in memory.
    const start = await file.add(bytes);
    for (const [{ offsets, counts }, strip] of strips) {
      offsets.push(start + strip.byteOffset - bytes.byteOffset);
      counts.push(strip.length);
    }
    return;
  }
  const packed = await Promise.all(strips.map(([, strip]) => promisify(deflate)(strip, { level })));
  const start = await file.add(Buffer.concat(packed));
  let at = start;
  for (const [index, { length }] of packed.entries()) {
    const [{ offsets, counts }] = strips[index] as (typeof strips)[number];
    offsets.push(at);
    counts.push(length);
    at += length;
  }
}

async function addPixels(
  file: Growing,
  content: Content,
  cut: Cut,
  level: number,
  onFraction: OnFraction,
): Promise<WrittenPage[]> {
  const [width, height, depth] = content.shape;
  const pages: WrittenPage[] = [];
  const parts = content.channels * content.frames;
  for (let part = 0; part < parts; part += 1) {
    const place = { channel: part % content.channels, frame: Math.floor(part / content.channels) };
    for (let z = 0; z < depth; z += cut.boxSlices) {
      const slices = Math.min(cut.boxSlices, depth - z);
      const here = Array.from({ length: slices }, (): WrittenPage => ({ offsets: [], counts: [] }));
      pages.push(...here);
      for (let y = 0; y < height; y += cut.boxRows) {
        const rows = Math.min(cut.boxRows, height - y);
        const from: Shape = [0, y, z];
        const values = await content.values(place, from, [width, rows, slices]);
        await addBox(file, bytesIn(values), cut, rows, here, level);
        onFraction((part + (z + (slices * (y + rows)) / height) / depth) / parts);
      }
    }
  }
  return pages;
}

/** @param mostClassicBytes above which a file is BigTIFF. */
export async function writeTiff(
  content: Content,
  target: string,
  { compression = 0 }: WriteOptions,
  onFraction: OnFraction,
  mostClassicBytes: number = MOST_CLASSIC_BYTES,
): Promise<void> {
  const cut = cutOf(content, compression > 0);
  const [width, height, depth] = content.shape;
  const { components, dtype } = content;
  const layout = { width, height, components, dtype, rows: cut.rows, isPacked: compression > 0, perCentimetre: null };
  const pageCount = depth * content.channels * content.frames;
  const stripBytes = 16 * Math.ceil(height / cut.rows);
  const xml = omeXml(content);
  const isBig = xml.length + pageCount * (height * cut.rowBytes + DIRECTORY_BYTES + stripBytes) > mostClassicBytes;
  const handle = await open(target, 'wx');
  try {
    const file = new Growing(handle, headBytes(isBig));
    const pages = await addPixels(file, content, cut, compression, onFraction);
    await file.add(Buffer.alloc(-file.size & 7));
    const first = file.size;
    let directories: Buffer[] = [];
    let bytes = 0;
    for (const [at, page] of pages.entries()) {
      const isLast = at === pages.length - 1;
      const description = at === 0 ? xml : null;
      const fields = { ...layout, ...page, description };
      const directory = directoryOf(fields, file.size + bytes, isBig, isLast ? null : 0);
      directories.push(directory);
      bytes += directory.length;
      if (bytes < BOX_BYTES && at < pages.length - 1) continue;
      await file.add(Buffer.concat(directories));
      [directories, bytes] = [[], 0];
    }
    await handle.write(headOf(first, isBig), 0, headBytes(isBig), 0);
  } finally {
    await handle.close();
  }
}

/** What of a volume OME-TIFF does not hold. */
function check(plain: Plain): readonly string[] {
  const notes = leftOut(plain, TITLE, ['spacing', 'channelInfo', 'frameTimes']);
  return [...notes, ...channelsLeftOut(plain), ...omeUnit(plain).notes];
}

/** OME-TIFF: a page is a slice. */
export const tiff: Writer = {
  name: 'tiff',
  title: 'TIFF (.tif, .tiff)',
  endings: ['.tif', '.tiff', '.ome.tif', '.ome.tiff'],
  isStore: false,
  dtypes: DTYPES,
  heeds: ['compression'],
  holdsRescale: () => false,
  check,
  write: (content, target, options, onFraction) => writeTiff(content, target, options, onFraction),
};
