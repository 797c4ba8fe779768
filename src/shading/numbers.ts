/** Above this, and below its inverse, numbers are written with an exponent. */
const LARGEST = 1e6;
const MINUS = '−';

function signed(text: string): string {
  return text.replace('-', MINUS).replace('e+', 'e').replace('e-', `e${MINUS}`);
}

/** A value exactly as it is: the shortest text that is read as the same 64-bit number. */
export function exactNumber(value: number, dtype?: string): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  return signed(dtype === 'float32' ? shortestFloat32(value) : String(value));
}

/** The shortest decimal that single precision can't tell from the value. */
function shortestFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

/** A number with as many decimals as tell it from another that is `step` away. */
export function roundedNumber(value: number, step: number): string {
  const size = Math.max(Math.abs(value), Math.abs(step));
  if (!Number.isFinite(value) || !(step > 0)) return exactNumber(value);
  if (size >= LARGEST || step < 1 / LARGEST) {
    const digits = Math.max(0, Math.min(15, Math.ceil(Math.log10(Math.max(1, Math.abs(value) / step)))));
    const [mantissa, exponent] = value.toExponential(digits).split('e') as [string, string];
    return signed(value === 0 ? '0' : `${String(Number(mantissa))}e${exponent}`);
  }
  const decimals = Math.max(0, Math.min(12, Math.ceil(-Math.log10(step) - 1e-9)));
  const text = value.toFixed(decimals);
  return signed(Number(text) === 0 ? text.replace('-', '') : text);
}

/** The largest of 1, 2, 5 × 10ⁿ that is not above `most`. */
export function niceBelow(most: number): number {
  const unit = 10 ** Math.floor(Math.log10(most));
  // A power of ten is not exact, and `most` may be meant to be just one of these.
  const share = (most / unit) * (1 + 1e-12);
  const factor = share >= 5 ? 5 : share >= 2 ? 2 : 1;
  // 3 × 10⁻¹ is not 0.3, but the text of it is.
  return Number((factor * unit).toPrecision(3));
}

/** How many numbers a bar of colours has, about. */
export const COLOR_BAR_TICKS = 4;

/** Round numbers from low to high, about `count` of them, ascending. */
export function ticks(low: number, high: number, count: number): { readonly values: number[]; readonly step: number } {
  const fine = niceBelow((high - low) / Math.max(1, count));
  const step = (high - low) / fine > 2 * count ? 2 * fine : fine;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) =>
    Number(((first + at) * step).toPrecision(12)),
  );
  return { values, step };
}
