import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Volume, type VolumeOptions } from '../../src/volume';
import type { DType, Shape } from '../../src/protocol';

/** A volume whose values are `value(x, y, z)`, or for RGB and RGBA as many numbers. */
export function volumeOf(
  dtype: DType,
  shape: Shape,
  value: (x: number, y: number, z: number) => number | readonly number[],
  options: VolumeOptions = {},
): Volume {
  const volume = Volume.alloc(shape, dtype, options);
  const [width, height, depth] = shape;
  let at = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (const element of [value(x, y, z)].flat()) volume.data[at++] = element;
      }
    }
  }
  return volume;
}

/** Numbers from 0 to 1 without a pattern, the same in every run. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Put a volume where cells can `load(name)` it: the same values on both sides. */
export function stage({ folder }: { readonly folder: string }, name: string, volume: Volume): Volume {
  const { dtype } = volume;
  const { shape, data, ...rest } = volume.toRecord();
  const options = { ...rest, name };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ dtype, shape, options }));
  writeFileSync(join(folder, `${name}.raw`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return volume;
}
