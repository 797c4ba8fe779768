import { checkBlosc } from './blosc';

/** How the bytes of a chunk are packed, of those ways that not every Node knows. */
export type Packing = 'blosc' | 'lz4' | 'zstd';

type Unpack = (bytes: Uint8Array, mostBytes: number) => Uint8Array | Promise<Uint8Array>;

const UNPACKERS: Readonly<Record<Packing, () => Promise<Unpack>>> = {
  async blosc() {
    const { default: Blosc } = await import('numcodecs/blosc');
    const codec = Blosc.fromConfig({});
    return (bytes, mostBytes) => {
      checkBlosc(bytes, mostBytes);
      return codec.decode(bytes);
    };
  },
  async lz4() {
    const { default: LZ4 } = await import('numcodecs/lz4');
    const codec = LZ4.fromConfig({});
    return (bytes, mostBytes) => {
      checkLz4(bytes, mostBytes);
      return codec.decode(bytes);
    };
  },
  async zstd() {
    const { ZSTDDecoder } = await import('zstddec');
    const decoder = new ZSTDDecoder();
    await decoder.init();
    return (bytes, mostBytes) => {
      const unpacked = decoder.decode(bytes, mostBytes);
      // That is how it says what it can't unpack.
      if (unpacked.length > 0) return unpacked;
      throw new Error(`a Zstandard frame that is broken, or more than ${String(mostBytes)} bytes when it is unpacked`);
    };
  },
};

/** numcodecs puts the size of what it packs with LZ4 before it. */
function checkLz4(bytes: Uint8Array, mostBytes: number): void {
  const unpacked = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (unpacked > 0 && unpacked <= mostBytes) return;
  throw new Error(
    `an LZ4 block that is ${String(unpacked)} bytes when it is unpacked; a chunk has at most ${String(mostBytes)}`,
  );
}

const opened: Map<Packing, Promise<Unpack>> = new Map();

/**
 * Unpack, on this thread.
 * @throws Error where it is broken, or more than `mostBytes` when it is unpacked.
 */
export async function unpack(packing: Packing, bytes: Uint8Array, mostBytes: number): Promise<Uint8Array> {
  const found = opened.get(packing) ?? UNPACKERS[packing]();
  opened.set(packing, found);
  return await (
    await found
  )(bytes, mostBytes);
}
