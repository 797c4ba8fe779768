/** The sizes in a block's header; https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst */
const HEADER_BYTES = 16;
const UNPACKED_AT = 4;
const PACKED_AT = 12;

/** @throws Error where a block is not as long as it says, or is larger than a chunk may be when it is unpacked. */
export function checkBlosc(bytes: Uint8Array, mostBytes: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = bytes.length < HEADER_BYTES ? HEADER_BYTES : view.getUint32(PACKED_AT, true);
  if (bytes.length < packed) {
    throw new Error(`a Blosc block of ${String(packed)} bytes, of which ${String(bytes.length)} are there`);
  }
  const unpacked = view.getUint32(UNPACKED_AT, true);
  if (unpacked > mostBytes) {
    throw new Error(
      `a Blosc block that is ${String(unpacked)} bytes when it is unpacked; a chunk has at most ${String(mostBytes)}`,
    );
  }
}

/** Of zarrita's codecs, what is needed of them here. */
interface Codec {
  readonly decode: (data: Uint8Array) => unknown;
}
type Codecs = Map<string, () => Promise<{ readonly fromConfig: (...how: unknown[]) => Codec }>>;

/** Have zarrita look at Blosc's blocks before they are unpacked: its unpacker reads on behind those that are cut short. */
export function checkBloscIn(registry: unknown, mostBytes: number): void {
  const codecs = registry as Codecs;
  for (const name of ['blosc', 'numcodecs.blosc']) {
    const open = codecs.get(name);
    if (open === undefined) continue;
    codecs.set(name, async () => {
      const { fromConfig } = await open();
      return { fromConfig: (...how) => checked(fromConfig(...how), mostBytes) };
    });
  }
}

function checked(codec: Codec, mostBytes: number): Codec {
  const decode = (data: Uint8Array): unknown => {
    checkBlosc(data, mostBytes);
    return codec.decode(data);
  };
  return Object.assign(Object.create(codec) as Codec, { decode });
}
