import { crc32, gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../protocol';
import { niftiFile } from './nifti-file';

/** What is wrong, the file, and how it is refused. */
export type Case = readonly [what: string, name: string, bytes: () => Uint8Array, code: ErrorCode, sentence: string];

/** NIfTI-2, 2 × 3 × 4 uint8; `change` writes over its header. */
export function nifti2File(change: (view: DataView) => void = () => undefined): Uint8Array {
  const file = new Uint8Array(544 + 24);
  const view = new DataView(file.buffer);
  view.setInt32(0, 540, true);
  file.set([...Buffer.from('n+2\0\r\n\x1a\n', 'latin1')], 4);
  view.setInt16(12, 2, true);
  view.setInt16(14, 8, true);
  [3, 2, 3, 4].forEach((size, i) => {
    view.setBigInt64(16 + 8 * i, BigInt(size), true);
  });
  [1, 1, 1, 1].forEach((size, i) => {
    view.setFloat64(104 + 8 * i, size, true);
  });
  view.setBigInt64(168, 544n, true);
  change(view);
  return file;
}

/** A NIfTI-1 file whose header is written over. */
export function changed(change: (view: DataView) => void): Uint8Array {
  const file = niftiFile();
  change(new DataView(file.buffer));
  return file;
}

/** A NIfTI-1 file with one extension that says it has `size` bytes, and has 16. */
export function withExtension(size: number): Uint8Array {
  const file = new Uint8Array(368 + 60);
  file.set(niftiFile().subarray(0, 352));
  const view = new DataView(file.buffer);
  view.setFloat32(108, 368, true);
  view.setUint8(348, 1);
  view.setInt32(352, size, true);
  return file;
}

/** A .npy file with this header. */
export function npyFile(header: string, bytes = new Uint8Array(24)): Uint8Array {
  const padded = `${header.padEnd(117)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${padded}`, 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, bytes]);
}

/** A .npy file, version 2, whose header says that it has 4 GB. */
export function npyFileOfLongHeader(): Uint8Array {
  const head = Buffer.from(`\x93NUMPY\x02\x00\x00\x00\x00\x00{'descr': '<i2'`, 'latin1');
  head.writeUInt32LE(0xffff_fff0, 8);
  return head;
}

export function npyHeader(descr: string, shape: string): string {
  return `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;
}

/** A zip of one deflated file; its sizes may be lies. */
export function zipFile(name: string, bytes: Uint8Array, said = bytes.length): Uint8Array {
  // A gzip stream is ten bytes, then what deflate makes, then eight.
  const deflated = gzipSync(bytes, { level: 9 }).subarray(10, -8);
  const entry = (signature: number, middle: number): Buffer => {
    const head = Buffer.alloc(middle === 0 ? 30 : 46);
    head.writeUInt32LE(signature, 0);
    const at = middle === 0 ? 4 : 6;
    head.writeUInt16LE(20, at);
    head.writeUInt16LE(8, at + 4);
    head.writeUInt32LE(crc32(bytes), at + 10);
    head.writeUInt32LE(deflated.length, at + 14);
    head.writeUInt32LE(said, at + 18);
    head.writeUInt16LE(name.length, at + 22);
    return Buffer.concat([head, Buffer.from(name)]);
  };
  const local = entry(0x04034b50, 0);
  const central = entry(0x02014b50, 1);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length + deflated.length, 16);
  return Buffer.concat([local, deflated, central, end]);
}

/** An NRRD of 2 × 3 × 4 uint8 with more fields, or other ones. */
export function nrrdFile(fields: Readonly<Record<string, string>> = {}, bytes = new Uint8Array(24)): Uint8Array {
  const all = { type: 'uchar', dimension: '3', sizes: '2 3 4', encoding: 'raw', ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`NRRD0004\n${lines.join('\n')}\n\n`), bytes]);
}

/** A MetaImage of 2 × 3 × 4 uint8 with other fields. */
export function metaFile(fields: Readonly<Record<string, string>> = {}, bytes = new Uint8Array(24)): Uint8Array {
  const { ElementDataFile = 'LOCAL', ...others } = fields;
  const all = {
    ObjectType: 'Image',
    NDims: '3',
    DimSize: '2 3 4',
    ElementType: 'MET_UCHAR',
    ...others,
    ElementDataFile,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), bytes]);
}

/** An MRC file of 2 × 3 × 4 int8; `change` writes over its header. */
export function mrcFile(change: (view: DataView) => void = () => undefined): Uint8Array {
  const file = new Uint8Array(1024 + 24);
  const view = new DataView(file.buffer);
  [2, 3, 4].forEach((size, i) => {
    view.setInt32(4 * i, size, true);
  });
  file.set(Buffer.from('MAP DD'), 208);
  change(view);
  return file;
}
