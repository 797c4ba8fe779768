import {
  DTYPE_RANGES,
  SlicescopeError,
  areWhole,
  quote,
  realRange,
  storedPadding,
  type Padding,
  type PixelKind,
  type ValueKind,
  type VoxelArray,
  type Window,
} from '../protocol';
import { realOrder } from './rescale';
import { order, percentileOf, rangeOf, windowFor, windowOfRange, type Ordered } from './statistics';

type StatisticsKind = PixelKind & ValueKind & { readonly padding: Padding | null };

/** The statistics of a volume's values: each is computed when it is first asked for, of the real values, and kept. */
export class ValueStatistics {
  readonly #data: VoxelArray;
  readonly #kind: StatisticsKind;
  readonly #padding: Padding | null;
  #range: readonly [number, number] | null = null;
  #ordered: Ordered | null = null;
  #autoWindow: Window | null = null;

  constructor(data: VoxelArray, kind: StatisticsKind) {
    this.#data = data;
    this.#kind = kind;
    this.#padding = storedPadding(kind.padding, kind);
  }

  /** As `Volume.range`. */
  get range(): readonly [min: number, max: number] {
    return (this.#range ??= realRange(rangeOf(this.#data, this.#kind.dtype, this.#padding), this.#kind.rescale));
  }

  /** As `Volume.percentiles`. */
  percentiles(percents: readonly number[]): number[] {
    for (const percent of percents) {
      if (!(percent >= 0 && percent <= 100)) {
        throw new SlicescopeError(
          'invalid-argument',
          `percentiles: ${quote(percent)} percent, expected a number from 0 to 100`,
          { argument: 'percents' },
        );
      }
    }
    return percents.map((percent) => percentileOf(this.#order(), percent));
  }

  /** As `Volume.autoWindow`. */
  get autoWindow(): Window {
    if (this.#kind.components !== 1) return DTYPE_RANGES[this.#kind.dtype];
    return (this.#autoWindow ??= windowFor(this.#order(), () => this.range, areWhole(this.#kind)));
  }

  /** As `Volume.rangeWindow`. */
  get rangeWindow(): Window {
    return this.#kind.components === 1
      ? windowOfRange(this.range, areWhole(this.#kind))
      : DTYPE_RANGES[this.#kind.dtype];
  }

  /** The values are others now. */
  forget(): void {
    this.#range = null;
    this.#ordered = null;
    this.#autoWindow = null;
  }

  #order(): Ordered {
    return (this.#ordered ??= realOrder(order(this.#data, this.#kind.dtype, this.#padding), this.#kind.rescale));
  }
}
