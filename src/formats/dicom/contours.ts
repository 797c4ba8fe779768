/** The contours of a structure set, structure by structure (PS3.3 C.8.8.6). Only those of one are kept at a time. */
import { isSlicescopeError, messageOf, type Triple } from '../../protocol';
import { corrupt, openFile, readInto, unsupported } from '../format';
import { withoutEnd } from '../text-end';
import { encodingOf } from './elements';
import { CONTOURS } from './header';
import type { StructureSet } from './structure-set';
import { ElementWalker, type Extent } from './walk';

/** Bytes of a file at most: it is in memory while its contours are read. */
const MOST_BYTES = 2 ** 30;
const CLOSED: readonly string[] = ['CLOSED_PLANAR', 'CLOSEDPLANAR_XOR'];
const OPEN: readonly string[] = ['POINT', 'OPEN_PLANAR', 'OPEN_NONPLANAR'];
const BACKSLASH = 0x5c;

/** A structure as it is drawn. */
export interface DrawnStructure {
  readonly number: number;
  /** Red, green and blue from 0 to 255 (ROIDisplayColor); null where it is not said. */
  readonly color: Triple | null;
  /** How many contours it has. */
  readonly count: number;
  readonly contours: Extent | null;
}

/** Points of a closed contour: x, y and z of each in LPS, in mm. */
export type ContourPoints = Float64Array;

export class ContourReader {
  readonly structures: readonly DrawnStructure[];
  readonly #path: string;
  readonly #bytes: Buffer;
  readonly #walker: ElementWalker;

  private constructor({ file, names }: StructureSet, bytes: Buffer) {
    this.#path = file.path;
    this.#bytes = bytes;
    this.#walker = new ElementWalker(bytes, encodingOf(file.transferSyntax));
    const { dataOffset, length } = file.dataSet.elements[CONTOURS] as { dataOffset: number; length: number };
    this.structures = this.#followed(() => {
      const all = this.#walker.sequence(dataOffset, length === 0xffff_ffff ? null : length);
      return Array.from(this.#walker.items(all), (item) => this.#structureIn(item));
    });
    const seen = new Set<number>();
    for (const { number } of this.structures) {
      const what = `it has contours of the structure ${String(number)}`;
      if (!names.has(number)) throw corrupt(this.#path, `${what}, which it does not describe (ReferencedROINumber)`);
      if (seen.has(number)) throw corrupt(this.#path, `${what} twice (ReferencedROINumber)`);
      seen.add(number);
    }
  }

  /** @throws SlicescopeError `file-corrupt`, `unsupported-format`, `file-unreadable`. */
  static async open(set: StructureSet): Promise<ContourReader> {
    const { path, bytes: size, unpacked } = set.file;
    if (unpacked !== null)
      return new ContourReader(set, Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.length));
    if (size > MOST_BYTES)
      throw unsupported(path, `${String(size)} bytes of contours, of at most ${String(MOST_BYTES)}`);
    const file = await openFile(path);
    try {
      const bytes = Buffer.alloc(size);
      return new ContourReader(set, bytes.subarray(0, await readInto(file, bytes, 0)));
    } finally {
      await file.close();
    }
  }

  /**
   * The closed contours of a structure, and how many others it has.
   * @throws SlicescopeError `file-corrupt`, `unsupported-format`.
   */
  contoursOf(structure: DrawnStructure | undefined): {
    readonly closed: readonly ContourPoints[];
    readonly open: number;
  } {
    const { number, contours } = structure ?? { contours: null };
    if (contours === null) return { closed: [], open: 0 };
    return this.#followed(() => {
      const closed: ContourPoints[] = [];
      let open = 0;
      let at = 0;
      for (const item of this.#walker.items(contours)) {
        const points = this.#pointsIn(item, `contour ${String(at)} of structure ${String(number)}`);
        if (points === null) open += 1;
        else closed.push(points);
        at += 1;
      }
      return { closed, open };
    });
  }

  #structureIn(item: Extent): DrawnStructure {
    let number: number | null = null;
    let color: Triple | null = null;
    let contours: Extent | null = null;
    for (const element of this.#walker.elements(item)) {
      if (element.tag === 0x3006_0084) number = Number(this.#text(element) || NaN);
      if (element.tag === 0x3006_002a) color = colorOf(this.#numbers(element));
      if (element.tag === 0x3006_0040) contours = { start: element.start, end: element.end };
    }
    if (number === null || !Number.isInteger(number))
      throw corrupt(this.#path, 'it has contours of no structure (ReferencedROINumber)');
    const count = contours === null ? 0 : this.#walker.count(contours);
    return { number, color, count, contours };
  }

  /** Null for an open contour. @param which it is, in sentences. */
  #pointsIn(item: Extent, which: string): ContourPoints | null {
    const values = new Map<number, Extent>();
    for (const element of this.#walker.elements(item)) values.set(element.tag, element);
    const type = this.#text(values.get(0x3006_0042));
    if (OPEN.includes(type)) return null;
    if (!CLOSED.includes(type)) {
      const what = `${which} is of the type ${JSON.stringify(type)} (ContourGeometricType)`;
      const sentence = `${what}, expected ${[...CLOSED, ...OPEN].join(', ')}`;
      throw type === '' ? corrupt(this.#path, sentence) : unsupported(this.#path, sentence);
    }
    const offset = values.get(0x3006_0045);
    if (offset !== undefined && this.#numbers(offset).some((each) => each !== 0))
      throw unsupported(this.#path, `${which} is moved (ContourOffsetVector); move its points`);
    const data = values.get(0x3006_0050) ?? { start: 0, end: 0 };
    const [found, said] = [this.#count(data), values.get(0x3006_0046)];
    const expected = said === undefined ? found / 3 : Number(this.#text(said));
    if (found === 0 || found !== 3 * expected || !Number.isInteger(expected)) {
      const what = `${which} has ${String(found)} numbers (ContourData)`;
      const points = said === undefined ? 'its points' : `its ${String(expected)} points (NumberOfContourPoints)`;
      throw corrupt(this.#path, `${what}, expected three for each of ${points}`);
    }
    const points = this.#numbers(data);
    if (!points.every(Number.isFinite))
      throw corrupt(this.#path, `${which} has points that are no numbers (ContourData)`);
    return points;
  }

  #text(extent: Extent | undefined): string {
    if (extent === undefined) return '';
    return withoutEnd(this.#bytes.toString('latin1', extent.start, extent.end), '\0').trim();
  }

  /** A text of numbers without what pads it. */
  #padded({ start, end }: Extent): Buffer {
    const bytes = this.#bytes.subarray(start, end);
    return bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes;
  }

  /** How many numbers there are, with backslashes between them. */
  #count(extent: Extent): number {
    const bytes = this.#padded(extent);
    let count = bytes.length === 0 ? 0 : 1;
    for (const byte of bytes) if (byte === BACKSLASH) count += 1;
    return count;
  }

  /** NaN for what is no number. */
  #numbers(extent: Extent): Float64Array {
    const bytes = this.#padded(extent);
    const numbers = new Float64Array(this.#count(extent));
    let from = 0;
    for (let at = 0; at < numbers.length; at++) {
      const to = at === numbers.length - 1 ? bytes.length : bytes.indexOf(BACKSLASH, from);
      const text = bytes.toString('latin1', from, to).trim();
      numbers[at] = text === '' ? NaN : Number(text);
      from = to + 1;
    }
    return numbers;
  }

  /** @throws SlicescopeError `file-corrupt` for elements that cannot be followed; what `follow` throws of its own. */
  #followed<T>(follow: () => T): T {
    try {
      return follow();
    } catch (error) {
      if (isSlicescopeError(error)) throw error;
      throw corrupt(this.#path, `its contours cannot be followed (${messageOf(error)})`, error);
    }
  }
}

function colorOf([red = NaN, green = NaN, blue = NaN]: Float64Array): Triple | null {
  const color = [red, green, blue] as const;
  return color.every((each) => Number.isInteger(each) && each >= 0 && each <= 255) ? color : null;
}
