import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * The volume that every contestant holds: uint16, 12 bits used, x fastest. Nested ellipsoids with texture
 * and noise, so that a slice packs about as well as a scanner's. Slice z carries its own number in its
 * corner, so that a page's pixels tell which slice they are of: 8 blocks of 16 × 16 voxels, one a bit,
 * lowest bit first, and under them the same bits inverted, so that a blank or half-drawn canvas is none.
 */
export const SHAPE = [512, 512, 256];
export const WINDOW = [0, 4095];
export const VOLUME_BYTES = 512 * 512 * 256 * 2;
const BLOCK = 16;
const MAX = 4095;

/** A pseudo-random sequence in [0, 1), the same in every run. */
function randomSequence(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Fill `slice` with the voxels of slice `z`. */
export function fillSlice(slice, z) {
  const [width, height, depth] = SHAPE;
  const random = randomSequence(z + 1);
  const dz = (z - depth / 2) / (depth * 0.55);
  for (let y = 0; y < height; y += 1) {
    const dy = (y - height / 2) / (height * 0.42);
    for (let x = 0; x < width; x += 1) {
      const dx = (x - width / 2) / (width * 0.36);
      const radius = dx * dx + dy * dy + dz * dz;
      const noise = random() + random() - 1;
      let value = 80 + 80 * noise;
      if (radius < 1) {
        const folds = Math.sin(x * 0.11 + 3 * Math.sin(y * 0.05 + z * 0.04)) * Math.cos(y * 0.09 - z * 0.03);
        value = (radius > 0.85 ? 3200 : 1500) + 600 * folds + 420 * noise;
      }
      slice[y * width + x] = Math.max(0, Math.min(MAX, value));
    }
  }
  for (let bit = 0; bit < 8; bit += 1) {
    const set = ((z >> bit) & 1) === 1;
    for (let y = 0; y < 2 * BLOCK; y += 1) {
      const start = y * width + bit * BLOCK;
      slice.fill(set === y < BLOCK ? MAX : 0, start, start + BLOCK);
    }
  }
}

/** Write the volume to `path`, little-endian and without a header. */
export function writeVolume(path) {
  const file = openSync(path, 'w');
  const slice = new Uint16Array(SHAPE[0] * SHAPE[1]);
  for (let z = 0; z < SHAPE[2]; z += 1) {
    fillSlice(slice, z);
    writeSync(file, slice);
  }
  closeSync(file);
}
