/** Small NIfTI-1 files for the tests, written byte by byte. */
export interface NiftiFields {
  /** dim[1] and on; dim[0] is their number. */
  dims?: readonly number[];
  /** NIfTI's own code. */
  datatype?: number;
  /** Bits a voxel; without it those of the datatype. */
  bitpix?: number;
  /** The voxels, in the byte order of the file. */
  voxels?: Uint8Array;
  littleEndian?: boolean;
  /** Distances, and of a fourth axis its step. */
  pixdim?: readonly number[];
  /** The first place along the fourth axis. */
  toffset?: number;
  /** xyzt_units; without it millimetres. */
  units?: number;
  slope?: number;
  intercept?: number;
  /** cal_min and cal_max. */
  cal?: readonly [number, number];
  /** Three rows of an affine from indices to RAS. */
  sform?: readonly (readonly [number, number, number, number])[];
  magic?: string;
  voxOffset?: number;
}

/** By NIfTI's code. */
const BITS: Readonly<Record<number, number>> = {
  ...{ 2: 8, 4: 16, 8: 32, 16: 32, 64: 64, 128: 24, 256: 8, 512: 16, 768: 32, 2304: 32 },
};

export function niftiFile(fields: NiftiFields = {}): Uint8Array {
  const { dims = [3, 4, 5], voxels = new Uint8Array(60), littleEndian = true, pixdim = [1, 1, 1] } = fields;
  const file = new Uint8Array(352 + voxels.length);
  const view = new DataView(file.buffer);
  view.setInt32(0, 348, littleEndian);
  [dims.length, ...dims].forEach((size, i) => {
    view.setInt16(40 + 2 * i, size, littleEndian);
  });
  const datatype = fields.datatype ?? 2;
  view.setInt16(70, datatype, littleEndian);
  view.setInt16(72, fields.bitpix ?? BITS[datatype] ?? 0, littleEndian);
  [1, ...pixdim].forEach((size, i) => {
    view.setFloat32(76 + 4 * i, size, littleEndian);
  });
  view.setFloat32(108, fields.voxOffset ?? 352, littleEndian);
  view.setFloat32(112, fields.slope ?? 0, littleEndian);
  view.setFloat32(116, fields.intercept ?? 0, littleEndian);
  view.setUint8(123, fields.units ?? 2);
  view.setFloat32(136, fields.toffset ?? 0, littleEndian);
  view.setFloat32(124, fields.cal?.[1] ?? 0, littleEndian);
  view.setFloat32(128, fields.cal?.[0] ?? 0, littleEndian);
  if (fields.sform !== undefined) {
    view.setInt16(254, 1, littleEndian);
    fields.sform.flat().forEach((value, i) => {
      view.setFloat32(280 + 4 * i, value, littleEndian);
    });
  }
  const magic = fields.magic ?? 'n+1\0';
  for (let i = 0; i < magic.length; i++) view.setUint8(344 + i, magic.charCodeAt(i));
  file.set(voxels, 352);
  return file;
}

/** The bytes of numbers, each written by `set`, a method of DataView such as setInt16. */
export function bytesOf(
  values: readonly number[],
  set: 'setInt8' | 'setUint8' | 'setInt16' | 'setUint16' | 'setInt32' | 'setUint32' | 'setFloat32' | 'setFloat64',
  littleEndian = true,
): Uint8Array {
  const size = Number(/\d+/.exec(set)?.[0]) / 8;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view[set](i * size, value, littleEndian);
  });
  return bytes;
}
