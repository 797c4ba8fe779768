import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { median } from './statistics.mjs';
import { SHAPE, fillSlice } from './volume.mjs';

const require = createRequire(import.meta.url);
const { PACKING } = require('slicescope/lib/kernel-server/encoding');
const { openVolume } = require('slicescope/lib/src/formats');
const { fromPlanes, toPlanes } = require('slicescope/lib/src/protocol');

const EXAMPLE = fileURLToPath(new URL('../examples/data/icbm152-t1.nii.gz', import.meta.url));
/** Lines, in megabits a second. */
export const LINES = [20, 100];
const SLICES = 5;

/** The bytes of numbers sorted by their place, and nothing else. */
function shuffle(data) {
  const [size, count] = [data.BYTES_PER_ELEMENT, data.length];
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const out = new Uint8Array(data.byteLength);
  for (let byte = 0; byte < size; byte += 1) {
    for (let i = 0, at = byte; i < count; i += 1, at += size) out[byte * count + i] = bytes[at];
  }
  return out;
}

const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const level1 = (bytes) => deflateRawSync(bytes, { level: 1 });
const brotli = (quality) => (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });

/** What is done to the voxels of a tile, and to the bytes that come of it; the last step back only where it costs. */
const CODECS = {
  packed: [toPlanes, (bytes) => deflateRawSync(bytes, PACKING), inflateRawSync],
  'deflate 1': [bytesOf, level1, inflateRawSync],
  'shuffled, deflate 1': [shuffle, level1, inflateRawSync],
  'shuffled differences, deflate 1': [toPlanes, level1, inflateRawSync],
  'the same, Huffman only': [
    toPlanes,
    (bytes) => deflateRawSync(bytes, { ...PACKING, strategy: constants.Z_HUFFMAN_ONLY }),
    inflateRawSync,
  ],
  ...Object.fromEntries(
    [1, 2, 3, 4].map((quality) => [
      `shuffled differences, brotli ${quality}`,
      [toPlanes, brotli(quality), brotliDecompressSync],
    ]),
  ),
};

/** Milliseconds of `action`, and what it returned. */
function timed(action) {
  const start = performance.now();
  const result = action();
  return [performance.now() - start, result];
}

/** The slices of a volume, through a codec: how much smaller, and how long at both ends. */
function measure(slices, [filter, compress, decompress], rounds) {
  const [encode, decode] = [[], []];
  let [raw, sent] = [0, 0];
  for (let round = 0; round <= rounds; round += 1) {
    for (const slice of slices) {
      const [encodeMs, bytes] = timed(() => compress(filter(slice.data, slice.components)));
      const header = { tile: slice, components: slice.components, dtype: slice.dtype };
      const [decodeMs] = timed(() => {
        const plain = decompress(bytes);
        if (filter === toPlanes) fromPlanes(header, plain);
      });
      if (round === 0) continue; // It warms up.
      encode.push(encodeMs);
      decode.push(decodeMs);
      raw += slice.data.byteLength;
      sent += bytes.byteLength;
    }
  }
  return { ratio: raw / sent, bytes: sent / encode.length, encodeMs: median(encode), decodeMs: median(decode) };
}

const lineMs = (bytes, megabits) => (8 * bytes) / (1000 * megabits);

function benchSlices() {
  const [width, height, depth] = SHAPE;
  return Array.from({ length: SLICES }, (_, at) => {
    const data = new Uint16Array(width * height);
    fillSlice(data, Math.floor(((at + 0.5) * depth) / SLICES));
    return { data, width, height, components: 1, dtype: 'uint16' };
  });
}

async function exampleSlices() {
  const volume = await openVolume(EXAMPLE);
  const { count } = volume.info(0).planes.xy;
  return Array.from({ length: SLICES }, (_, at) => volume.slice('xy', Math.floor(((at + 0.5) * count) / SLICES)));
}

/**
 * What a slice takes from the voxels at one end to those at the other, over each line, raw and in every
 * codec. Prints a table of all; the rows are of `packed`, by volume (`bench`, `t1`) and line.
 */
export async function comparePacking(rounds) {
  const rows = [];
  for (const [name, slices] of [
    ['bench', benchSlices()],
    ['t1', await exampleSlices()],
  ]) {
    const rawBytes = slices[0].data.byteLength;
    const codecs = Object.entries(CODECS).map(([codec, steps]) => {
      const { ratio, bytes, encodeMs, decodeMs } = measure(slices, steps, rounds);
      const totals = LINES.map((line) => encodeMs + lineMs(bytes, line) + decodeMs);
      return { codec, ratio, encodeMs, decodeMs, totals };
    });
    const raw = {
      codec: 'raw',
      ratio: 1,
      encodeMs: 0,
      decodeMs: 0,
      totals: LINES.map((line) => lineMs(rawBytes, line)),
    };
    console.table(
      [raw, ...codecs].map(({ codec, totals, ...numbers }) => ({
        [name]: codec,
        ...Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number(value.toFixed(2))])),
        ...Object.fromEntries(LINES.map((line, at) => [`${line} Mbit/s, ms`, Number(totals[at].toFixed(1))])),
      })),
    );
    LINES.forEach((line, at) => rows.push({ name, line, value: codecs[0].totals[at], baseline: raw.totals[at] }));
  }
  return rows;
}
