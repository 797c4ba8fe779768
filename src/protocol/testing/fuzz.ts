import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isSlicescopeError } from '../errors';

/** Looked up once: in a test's own context a global costs more than the multiplication. */
const { floor, imul } = Math;

/** Random numbers that are the same in every run; `below(n)` is from 0 to n − 1. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b_79f5) | 0;
    let mixed = imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** How many inputs a decoder took and refused, and what they cost. */
export interface FuzzReport {
  readonly taken: number;
  readonly refused: number;
  /** The slowest thousand inputs, in milliseconds. */
  readonly slowestMs: number;
  /** Bytes in use at the end, more than after the first tenth. */
  readonly growth: number;
}

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * Give a decoder `count` inputs.
 * @throws Error that quotes the input, if the decoder throws anything but a `protocol-error`.
 */
export function fuzz<Input>(
  count: number,
  make: () => Input,
  decode: (input: Input) => unknown,
  describe: (input: Input) => string,
): FuzzReport {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // Most of the time would go into stacks that nobody reads.
  let [taken, refused, slowestMs, before] = [0, 0, 0, 0];
  let since = performance.now();
  for (let done = 0; done < count; done++) {
    if (done % 1000 === 0) {
      const now = performance.now();
      slowestMs = Math.max(slowestMs, now - since);
      since = now;
    }
    if (done === Math.floor(count / 10)) before = bytesInUse();
    const input = make();
    try {
      decode(input);
      taken += 1;
    } catch (error) {
      if (!isSlicescopeError(error, 'protocol-error')) throw new Error(describe(input), { cause: error });
      refused += 1;
    }
  }
  Error.stackTraceLimit = stackTraceLimit;
  return { taken, refused, slowestMs, growth: bytesInUse() - before };
}
