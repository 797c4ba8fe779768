/** A label map as a DICOM segmentation (PS3.3 A.51): a mask for each segment and slice that has voxels of it. */
import { unsupported, type OnFraction } from '../format';
import { absolutePaths } from '../locate';
import { writeAll, writeFileWith } from '../write-values';
import type { Content, WriteOptions } from '../writer';
import { head } from './data-set';
import { segmentationHeader, type SegmentFrame } from './segmentation-header';
import { sourceOf, type SourceSeries } from './source-series';
import { namedValues } from './write';

/** Bytes of pixels in a file: their length has 32 bits. */
const MOST_BYTES = 2 ** 32 - 2;
/** Bytes that are written at a time, about. */
const PIECE_BYTES = 4 * 1_048_576;
/** Segments that a note names. */
const MOST_NAMED = 20;

type Values = Uint8Array | Uint16Array;

export async function write(
  content: Content,
  target: string,
  { over, deidentify = false }: WriteOptions,
  onFraction: OnFraction,
  onNote?: (note: string) => void,
): Promise<void> {
  const source = await sourceOf(absolutePaths(over ?? ''), content);
  if (source.images.some((image) => image.path === content.path))
    throw unsupported(content.path, 'it is a file of the series that the label map was drawn on; choose another path');
  const values = (await content.values({ frame: 0, channel: 0 })) as Values;
  const present = presentIn(values, source);
  const labels = [...new Set([...namedValues(content), ...present.flatMap((slice) => [...slice])])].sort(
    (a, b) => a - b,
  );
  const frames = labels.flatMap((label, at) =>
    present.flatMap((slice, z): SegmentFrame[] => (slice.has(label) ? [{ label, segment: at + 1, z }] : [])),
  );
  if (frames.length === 0)
    throw unsupported(content.path, 'all of its voxels are 0, and a segmentation has segments; write another format');
  const [width, height] = source.grid.shape;
  const bits = frames.length * width * height;
  const length = 2 * Math.ceil(bits / 16);
  if (length > MOST_BYTES) {
    const what = `${String(frames.length)} masks take ${String(length)} bytes, of at most ${String(MOST_BYTES)}`;
    throw unsupported(content.path, `${what}; save fewer labels`);
  }
  const header = segmentationHeader({ content, source, labels, frames, deidentify });
  await writeFileWith(target, (file) => {
    writeAll(file, header);
    writeAll(file, head(0x7fe0_0010, 'OB', length));
    const packer = new BitPacker((bytes) => writeAll(file, bytes));
    for (const [done, frame] of frames.entries()) {
      putFrame(packer, values, source, frame);
      onFraction((done + 1) / frames.length);
    }
    packer.end();
  });
  if (labels.some((label, at) => label !== at + 1)) onNote?.(renumbered(labels));
}

function renumbered(labels: readonly number[]): string {
  const each = labels.map((label, at) => `${String(label)} is segment ${String(at + 1)}`).slice(0, MOST_NAMED);
  const list = `${each.join(', ')}${labels.length > MOST_NAMED ? ', ...' : ''}`;
  return `DICOM SEG numbers segments from 1 on, without gaps: ${list}.`;
}

/** The labels on each slice of the series. */
function presentIn(values: Values, { grid, place }: SourceSeries): readonly ReadonlySet<number>[] {
  const { from, size, start, steps } = place;
  return Array.from({ length: grid.shape[2] }, (_, z) => {
    const found = new Set<number>();
    if (z < from[2] || z >= from[2] + size[2]) return found;
    let last = 0;
    for (let y = from[1]; y < from[1] + size[1]; y++) {
      let at = start + from[0] * steps[0] + y * steps[1] + z * steps[2];
      for (let x = 0; x < size[0]; x++, at += steps[0]) {
        const value = values[at] as number;
        if (value === last) continue;
        last = value;
        if (value !== 0) found.add(value);
      }
    }
    return found;
  });
}

function putFrame(packer: BitPacker, values: Values, { grid, place }: SourceSeries, { label, z }: SegmentFrame): void {
  const { from, size, start, steps } = place;
  const [width, height] = grid.shape;
  for (let y = 0; y < height; y++) {
    if (y < from[1] || y >= from[1] + size[1]) {
      packer.skip(width);
      continue;
    }
    packer.skip(from[0]);
    let at = start + from[0] * steps[0] + y * steps[1] + z * steps[2];
    for (let x = 0; x < size[0]; x++, at += steps[0]) packer.put(values[at] === label);
    packer.skip(width - from[0] - size[0]);
  }
}

/** Bits one after the other, the lowest of a byte first; a frame may begin within a byte (PS3.5 8.1.1). */
class BitPacker {
  readonly #write: (bytes: Uint8Array) => void;
  #bytes = new Uint8Array(PIECE_BYTES);
  /** Bits in `#bytes`. */
  #at = 0;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  put(isSet: boolean): void {
    if (isSet) this.#bytes[this.#at >> 3] = (this.#bytes[this.#at >> 3] as number) | (1 << (this.#at & 7));
    this.#at += 1;
    if (this.#at === 8 * PIECE_BYTES) this.#flush();
  }

  /** So many zeros. */
  skip(count: number): void {
    for (let left = count; left > 0;) {
      const now = Math.min(left, 8 * PIECE_BYTES - this.#at);
      this.#at += now;
      left -= now;
      if (this.#at === 8 * PIECE_BYTES) this.#flush();
    }
  }

  /** Fill the last word. */
  end(): void {
    this.#at = 16 * Math.ceil(this.#at / 16);
    this.#flush();
  }

  #flush(): void {
    this.#write(this.#bytes.subarray(0, this.#at >> 3));
    this.#bytes.fill(0);
    this.#at = 0;
  }
}
