/**
 * The elements of a sequence one after the other. dicom-parser makes objects of all of them at once. If a file has many
 * contours, these take many times its memory.
 */
import { LONG } from './prefix';

const UNDEFINED = 0xffff_ffff;
const ITEM = 0xfffe_e000;
const ITEM_END = 0xfffe_e00d;
const SEQUENCE_END = 0xfffe_e0dd;
/** Sequences in sequences. */
const MOST_DEPTH = 32;

/** How elements lie in a file. */
export interface Encoding {
  /** Whether they have value representations. */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** Bytes from `start` to before `end`. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** An element's tag, such as 0x30060050, and where its value is. */
export interface WalkedElement extends Extent {
  readonly tag: number;
}

export class ElementWalker {
  readonly #view: DataView;
  readonly #encoding: Encoding;

  constructor(bytes: Uint8Array, encoding: Encoding) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#encoding = encoding;
  }

  /**
   * The value of a sequence.
   * @param length null where the sequence says itself where it ends.
   * @throws RangeError, Error for bytes that cannot be followed.
   */
  sequence(start: number, length: number | null): Extent {
    const end = length === null ? this.#sequenceEnd(start, this.#encoding.explicit, 0) - 8 : start + length;
    return this.#within({ start, end });
  }

  /** @throws RangeError, Error for bytes that cannot be followed. */
  *items({ start, end }: Extent): Generator<Extent> {
    for (let at = start; at < end;) {
      const { tag, length } = this.#delimiter(at);
      if (tag !== ITEM) throw new Error(`expected an item at byte ${String(at)}`);
      const isOpen = length === UNDEFINED;
      const next = isOpen ? this.#itemEnd(at + 8, this.#encoding.explicit, 0) : at + 8 + length;
      const item = { start: at + 8, end: isOpen ? next - 8 : next };
      if (item.end > end) throw new Error(`an item that is longer than its sequence at byte ${String(at)}`);
      yield item;
      at = next;
    }
  }

  /** How many items a sequence has. */
  count(sequence: Extent): number {
    const items = this.items(sequence);
    let count = 0;
    while (items.next().done !== true) count += 1;
    return count;
  }

  /** @throws RangeError, Error for bytes that cannot be followed. */
  *elements({ start, end }: Extent): Generator<WalkedElement> {
    for (let at = start; at < end;) {
      const { tag, length, value, isUnknown } = this.#head(at, this.#encoding.explicit);
      const isOpen = length === UNDEFINED;
      const next = isOpen ? this.#sequenceEnd(value, this.#encoding.explicit && !isUnknown, 0) : value + length;
      const element = { tag, start: value, end: isOpen ? next - 8 : next };
      if (next > end) throw new Error(`an element that is longer than its item at byte ${String(at)}`);
      yield element;
      at = next;
    }
  }

  #within(extent: Extent): Extent {
    if (extent.end <= this.#view.byteLength) return extent;
    throw new Error(`truncated, its last sequence ends at byte ${String(extent.end)}`);
  }

  #tag(at: number): number {
    const { littleEndian } = this.#encoding;
    return this.#view.getUint16(at, littleEndian) * 65_536 + this.#view.getUint16(at + 2, littleEndian);
  }

  /** The begin or the end of an item or of a sequence: a tag and a length. */
  #delimiter(at: number): { readonly tag: number; readonly length: number } {
    return { tag: this.#tag(at), length: this.#view.getUint32(at + 4, this.#encoding.littleEndian) };
  }

  #head(at: number, explicit: boolean) {
    const { littleEndian } = this.#encoding;
    const tag = this.#tag(at);
    const isDelimiter = tag >>> 16 === 0xfffe;
    if (!explicit || isDelimiter)
      return { tag, length: this.#view.getUint32(at + 4, littleEndian), value: at + 8, isUnknown: false };
    const vr = String.fromCharCode(this.#view.getUint8(at + 4), this.#view.getUint8(at + 5));
    return LONG.has(vr)
      ? { tag, length: this.#view.getUint32(at + 8, littleEndian), value: at + 12, isUnknown: vr === 'UN' }
      : { tag, length: this.#view.getUint16(at + 6, littleEndian), value: at + 8, isUnknown: false };
  }

  /** Behind the end of a sequence without a length. */
  #sequenceEnd(start: number, explicit: boolean, depth: number): number {
    if (depth > MOST_DEPTH) throw new Error(`more than ${String(MOST_DEPTH)} sequences in each other`);
    for (let at = start; ;) {
      const { tag, length } = this.#delimiter(at);
      if (tag === SEQUENCE_END) return at + 8;
      if (tag !== ITEM) throw new Error(`expected an item at byte ${String(at)}`);
      at = length === UNDEFINED ? this.#itemEnd(at + 8, explicit, depth) : at + 8 + length;
    }
  }

  /** Behind the end of an item without a length. */
  #itemEnd(start: number, explicit: boolean, depth: number): number {
    for (let at = start; ;) {
      const { tag, length, value, isUnknown } = this.#head(at, explicit);
      if (tag === ITEM_END) return at + 8;
      // A sequence of unknown kind has no value representations in it (PS3.5 6.2.2).
      at = length === UNDEFINED ? this.#sequenceEnd(value, explicit && !isUnknown, depth + 1) : value + length;
    }
  }
}
