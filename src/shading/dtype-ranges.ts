import type { DType } from '../protocol';

/** The least and the greatest finite value of each dtype. */
export const DTYPE_RANGES: { readonly [D in DType]: readonly [least: number, most: number] } = {
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  float32: [-3.4028234663852886e38, 3.4028234663852886e38],
  float64: [-Number.MAX_VALUE / 4, Number.MAX_VALUE / 4],
};

/** Whether its values are whole numbers. */
export function isWhole(dtype: DType): boolean {
  return !dtype.startsWith('float');
}
