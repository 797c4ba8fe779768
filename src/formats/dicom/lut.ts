import type { DataSet } from 'dicom-parser';
import { corrupt } from '../format';

/** A lookup table: what the stored value `first` stands for, and those after it; values beyond are as the nearest. */
export interface Lut {
  readonly first: number;
  readonly values: Uint16Array;
}

/**
 * A table: of a value representation it says itself whether its first number is signed.
 * @throws SlicescopeError `file-corrupt`.
 */
export function lutIn(path: string, table: DataSet, name: string, isSigned: boolean): Lut {
  const said = table.uint16('x00283002', 0) ?? 0;
  const count = said === 0 ? 65_536 : said; // 16 bits cannot say it.
  const { vr } = table.elements.x00283002 ?? {};
  const isFirstSigned = vr === 'SS' || (vr !== 'US' && isSigned);
  const first = isFirstSigned ? table.int16('x00283002', 1) : table.uint16('x00283002', 1);
  const bits = table.uint16('x00283002', 2) ?? 16;
  const data = table.elements.x00283006;
  if (data === undefined || first === undefined || data.length < count * (bits > 8 ? 2 : 1)) {
    throw corrupt(path, `its ${name} says ${String(count)} values, and has fewer`);
  }
  const isWide = data.length >= 2 * count;
  const values = Uint16Array.from({ length: count }, (_, at) =>
    isWide ? (table.uint16('x00283006', at) ?? 0) : (table.byteArray[data.dataOffset + at] ?? 0),
  );
  return { first, values };
}
