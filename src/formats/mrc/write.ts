import type { DType, VoxelArray } from '../../protocol';
import { checkCounts, inUnitOf, leftOut, type InUnit } from '../left-out';
import { bytesIn } from '../format';
import { IS_LITTLE_ENDIAN, piecesOf, writeAll, writeFileWith } from '../write-values';
import type { Content, Plain, Writer } from '../writer';

const TITLE = 'MRC';
const HEADER_BYTES = 1024;

/** By mode; https://www.ccpem.ac.uk/mrc-format/mrc2014/ */
const MODES: ReadonlyMap<DType, number> = new Map([
  ['int8', 0],
  ['int16', 1],
  ['float32', 2],
  ['uint16', 6],
]);

/** What the header says of all values. */
class Statistics {
  #count = 0;
  #sum = 0;
  #squares = 0;
  #least = Infinity;
  #most = -Infinity;

  add(values: VoxelArray): void {
    let [sum, squares, least, most] = [0, 0, this.#least, this.#most];
    for (const value of values) {
      sum += value;
      squares += value * value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    this.#count += values.length;
    this.#sum += sum;
    this.#squares += squares;
    [this.#least, this.#most] = [least, most];
  }

  /** Numbers below their order say that they are not known, as where a value is none. */
  get known(): { readonly ends: readonly [least: number, most: number, mean: number]; readonly rms: number } {
    const mean = this.#sum / this.#count;
    const rms = Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean));
    if (!Number.isFinite(rms)) return { ends: [0, -1, -2], rms: -1 };
    return { ends: [this.#least, this.#most, mean], rms };
  }
}

/** Its place is a distance and an origin: a direction takes no part in it. */
function lengthsOf(plain: Plain): InUnit {
  return inUnitOf({ ...plain, direction: null }, TITLE, ['Å'], 'Å');
}

function headerOf(plain: Plain, statistics: Statistics): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const integers = (at: number, ...values: readonly number[]): void =>
    values.forEach((value, i) => view.setInt32(at + 4 * i, value, IS_LITTLE_ENDIAN));
  const floats = (at: number, ...values: readonly number[]): void =>
    values.forEach((value, i) => view.setFloat32(at + 4 * i, value, IS_LITTLE_ENDIAN));
  const { shape, dtype } = plain;
  const { spacing, origin, unit } = lengthsOf(plain);
  // A cell of size 0 says that distances are not known.
  const isKnown = unit !== null || spacing.some((each) => each !== 1);
  const { ends, rms } = statistics.known;
  integers(0, ...shape, MODES.get(dtype) ?? 0);
  integers(28, ...shape);
  floats(40, ...shape.map((size, axis) => (isKnown ? size * (spacing[axis] as number) : 0)), 90, 90, 90);
  integers(64, 1, 2, 3);
  floats(76, ...ends);
  integers(88, shape[2] > 1 ? 1 : 0); // A volume, or a picture.
  integers(108, 20_140);
  floats(196, ...origin);
  header.write('MAP ', 208, 'latin1');
  header.fill(IS_LITTLE_ENDIAN ? 0x44 : 0x11, 212, 214);
  floats(216, rms);
  return header;
}

async function write(content: Content, target: string, onFraction: (fraction: number) => void): Promise<void> {
  await writeFileWith(target, async (file) => {
    const statistics = new Statistics();
    writeAll(file, Buffer.alloc(HEADER_BYTES));
    for await (const values of piecesOf(content, onFraction)) {
      statistics.add(values);
      writeAll(file, bytesIn(values));
    }
    writeAll(file, headerOf(content, statistics), 0);
  });
}

/** MRC2014. */
export const mrc: Writer = {
  name: 'mrc',
  title: TITLE,
  endings: ['.mrc', '.map', '.rec'],
  isStore: false,
  dtypes: [...MODES.keys()],
  heeds: [],
  holdsRescale: () => false,
  check: (plain, path) => {
    checkCounts(plain, path, TITLE, { frames: false, colors: [] });
    return [...leftOut(plain, TITLE, ['spacing', 'origin']), ...lengthsOf(plain).notes];
  },
  write: (content, target, _, onFraction) => write(content, target, onFraction),
};
