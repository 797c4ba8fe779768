import { halfBits } from '../../volume';

/** Bits of 16-bit floats, as zarrita needs an array of them: most releases of Node.js have no Float16Array. */
class HalfBits extends Uint16Array {
  override fill(value: number, start?: number, end?: number): this {
    return super.fill(halfBits(value), start, end);
  }
}

/** Let zarrita open arrays of 16-bit floats. What it reads of them is used as bits. */
export function setHalfFloats(): void {
  const scope = globalThis as { Float16Array?: unknown };
  scope.Float16Array ??= HalfBits;
}
