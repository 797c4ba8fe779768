import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { release } from '../release';
import { unpack, type Packing } from './unpack';

/** Of zarrita's codecs, what is needed of them here. */
interface Codec {
  readonly kind: 'bytes_to_bytes';
  readonly decode: (bytes: Uint8Array) => Promise<Uint8Array>;
}
interface Chunk {
  readonly dataType: string;
  readonly shape: readonly number[];
}
type Codecs = Map<string, () => { readonly fromConfig: (configuration: unknown, chunk: Chunk) => Codec }>;

/** @param chunkBytes as many as there are after all that was packed is unpacked. */
type Unpack = (bytes: Uint8Array, chunkBytes: number) => Promise<Uint8Array>;

/** What one packing may add to what another one has packed already. */
const MORE_BYTES = 2 ** 16;

type NodeUnpack = (bytes: Uint8Array, options: zlib.ZlibOptions) => Promise<Uint8Array>;

/** By Node, in threads that it has. */
function byNode(decompress: NodeUnpack): Unpack {
  return (bytes, chunkBytes) => {
    // In one piece, which is not copied.
    const chunkSize = Math.max(zlib.constants.Z_MIN_CHUNK, chunkBytes);
    return decompress(bytes, { chunkSize, maxOutputLength: chunkBytes + MORE_BYTES });
  };
}

function byUs(packing: Packing): Unpack {
  return (bytes, chunkBytes) => unpack(packing, bytes, chunkBytes + MORE_BYTES);
}

/** Node has it from 22.15 on. */
const { zstdDecompress } = zlib as { readonly zstdDecompress?: typeof zlib.gunzip };

const UNPACK: Readonly<Record<string, Unpack>> = {
  blosc: byUs('blosc'),
  gzip: byNode(promisify(zlib.gunzip)),
  lz4: byUs('lz4'),
  zlib: byNode(promisify(zlib.inflate)),
  zstd: zstdDecompress === undefined ? byUs('zstd') : byNode(promisify(zstdDecompress)),
};

/** Have zarrita unpack chunks in the fastest way there is. A chunk that unpacks to too much is an error. */
export function setCodecs(registry: unknown): void {
  const codecs = registry as Codecs;
  for (const [name, act] of Object.entries(UNPACK)) {
    const codec = {
      fromConfig: (_: unknown, { dataType, shape }: Chunk): Codec => {
        const elementBytes = Number(/^[a-z]+(\d+)$/.exec(dataType)?.[1] ?? 64) / 8;
        const chunkBytes = shape.reduce((product, each) => product * each, elementBytes);
        const decode = async (bytes: Uint8Array): Promise<Uint8Array> => {
          const unpacked = await act(bytes, chunkBytes);
          release(bytes);
          return unpacked;
        };
        return { kind: 'bytes_to_bytes', decode };
      },
    };
    for (const key of [name, `numcodecs.${name}`]) codecs.set(key, () => codec);
  }
}
