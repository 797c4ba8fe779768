import { ARRAY_OF, type DType, type VoxelArray } from '../protocol';

/** Of each of the two bands in a loop's memory: both stay in the first cache. */
export const BAND_BYTES = 0x4000;

/** SIMD instructions on the lanes of a dtype: greater than, less than, and not equal. */
const LANES: Readonly<Record<DType, readonly [greater: number, less: number, unequal: number]>> = {
  int8: [0x27, 0x25, 0x24],
  uint8: [0x28, 0x26, 0x24],
  int16: [0x31, 0x2f, 0x2e],
  uint16: [0x32, 0x30, 0x2e],
  int32: [0x3b, 0x39, 0x38],
  uint32: [0x3c, 0x3a, 0x38],
  float32: [0x44, 0x43, 0x42],
  float64: [0x4a, 0x49, 0x48],
};

/** A loop in WebAssembly, which compares 16 bytes at once; JavaScript takes ten times as long. */
interface Loop {
  readonly kept: VoxelArray;
  readonly values: VoxelArray;
  /** Replace those of the first bytes' values in `kept` to which the one in `values` is to be preferred. */
  readonly keep: (bytes: number) => void;
}

/** Not in the standard library's types; those of browsers and of Node have it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => {
    readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly keep: Loop['keep'] };
  };
};

/**
 * The module, its instructions in the order of its text form. `kept` is at 0 in its memory, `values` at BAND_BYTES.
 * @param isBetter what compares a value to the one that is kept.
 * @param isUnequal what finds a NaN: it is not equal to itself.
 */
function compiled(isBetter: number, isUnequal: number): object {
  const loop = [
    ...[2, 1, 0x7f, 2, 0x7b], // (local $at i32) (local $value v128) (local $kept v128)
    ...[0x03, 0x40], // loop
    ...[0x20, 1], //   local.get $at
    ...[0x20, 1, 0xfd, 0x00, 4, 0x80, 0x80, 1, 0x22, 2], //   (local.tee $value (v128.load offset=0x4000 (local.get $at)))
    ...[0x20, 1, 0xfd, 0x00, 4, 0, 0x22, 3], //   (local.tee $kept (v128.load (local.get $at)))
    ...[0x20, 2, 0x20, 3, 0xfd, isBetter], //   (gt|lt (local.get $value) (local.get $kept))
    ...[0x20, 3, 0x20, 3, 0xfd, isUnequal], //   (ne (local.get $kept) (local.get $kept))
    ...[0xfd, 0x50, 0xfd, 0x52], //   v128.or, v128.bitselect
    ...[0xfd, 0x0b, 4, 0], //   v128.store
    ...[0x20, 1, 0x41, 16, 0x6a, 0x22, 1], //   (local.tee $at (i32.add (local.get $at) (i32.const 16)))
    ...[0x20, 0, 0x49, 0x0d, 0], //   (br_if 0 (i32.lt_u (local.get $bytes)))
    ...[0x0b, 0x0b], // end
  ];
  const text = (name: string): number[] => [name.length, ...Array.from(name, (letter) => letter.charCodeAt(0))];
  const section = (id: number, content: readonly number[]): number[] => [id, content.length, ...content];
  return new WebAssembly.Module(
    Uint8Array.from([
      ...[...text('\0asm').slice(1), 1, 0, 0, 0],
      ...section(1, [1, 0x60, 1, 0x7f, 0]), // (type (func (param $bytes i32)))
      ...section(3, [1, 0]), // (func (type 0))
      ...section(5, [1, 0, 1]), // (memory 1)
      ...section(7, [2, ...text('memory'), 2, 0, ...text('keep'), 0, 0]), // (export …)
      ...section(10, [1, loop.length, ...loop]),
    ]),
  );
}

const loops: Map<string, Loop> = new Map();

function loopOf(dtype: DType, isMax: boolean): Loop {
  const key = `${dtype} ${String(isMax)}`;
  let loop = loops.get(key);
  if (loop === undefined) {
    const [greater, less, unequal] = LANES[dtype];
    const { memory, keep } = new WebAssembly.Instance(compiled(isMax ? greater : less, unequal)).exports;
    const band = (at: number): VoxelArray =>
      new ARRAY_OF[dtype](memory.buffer, at, BAND_BYTES / ARRAY_OF[dtype].BYTES_PER_ELEMENT);
    loop = { kept: band(0), values: band(BAND_BYTES), keep };
    loops.set(key, loop);
  }
  return loop;
}

/** Keep in `target` the greater, or the lesser, of its values and `values`, of which there are as many. NaN gives way to any. */
export function keep(target: VoxelArray, values: VoxelArray, dtype: DType, isMax: boolean): void {
  const loop = loopOf(dtype, isMax);
  const { length } = loop.kept;
  for (let at = 0; at < target.length; at += length) {
    const band = target.subarray(at, at + length);
    loop.kept.set(band);
    loop.values.set(values.subarray(at, at + length));
    loop.keep(band.byteLength);
    band.set(band.length === length ? loop.kept : loop.kept.subarray(0, band.length));
  }
}
