/** What ANALYZE 7.5 says otherwise than NIfTI, which has taken over its header. @module */
import type { Rescale } from '../../protocol';
import type { VolumeOptions } from '../../volume';
import { shownUnit } from '../lengths';
import { spacingOf } from '../text-header';

/** Numbers that NIfTI has too. ANALYZE's colours lie in planes, or not, as programs like it. */
export const ANALYZE_DATATYPES: ReadonlySet<number> = new Set([2, 4, 8, 16, 64]);

/** Where its fields are. */
const AT = {
  unit: 56,
  distances: [80, 84, 88],
  factor: 112,
  offset: 116,
  real: [124, 128],
  stored: [140, 144],
} as const;
const UNIT_BYTES = 4;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** In the header's own unit, without an orientation: programs disagree about which side is left. */
export function analyzeGeometryOf(
  bytes: Uint8Array,
  littleEndian: boolean,
  sizes: readonly number[],
  path: string,
): VolumeOptions {
  const view = viewOf(bytes);
  const distances = AT.distances.map((at, axis) => {
    const distance = Math.abs(view.getFloat32(at, littleEndian));
    return distance === 0 && (sizes[axis] ?? 1) === 1 ? 1 : distance;
  });
  const said = Buffer.from(bytes.subarray(AT.unit, AT.unit + UNIT_BYTES)).toString('latin1');
  const [unit = 'mm'] = /^[a-zµ]+/i.exec(said) ?? [];
  return { spacing: spacingOf(distances, path), unit: shownUnit(unit) };
}

/**
 * As SPM and nibabel have it: a factor and an offset, or else the real values of the greatest and the
 * least stored one.
 */
export function analyzeRescaleOf(bytes: Uint8Array, littleEndian: boolean): Rescale | null {
  const view = viewOf(bytes);
  const [slope, intercept, ...real] = [AT.factor, AT.offset, ...AT.real].map((at) => view.getFloat32(at, littleEndian));
  const [most, least] = real as [number, number];
  if (slope !== undefined && Number.isFinite(slope) && slope !== 0) {
    return { slope, intercept: Number.isFinite(intercept) ? (intercept ?? 0) : 0 };
  }
  const [largest, smallest] = AT.stored.map((at) => view.getInt32(at, littleEndian)) as [number, number];
  const factor = (most - least) / (largest - smallest);
  return Number.isFinite(factor) && factor !== 0 ? { slope: factor, intercept: most - factor * largest } : null;
}
