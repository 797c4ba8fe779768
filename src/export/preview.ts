import type { PreviewSettings, VoxelArray } from '../protocol';
import { colorIndex, drawnColors } from '../shading';
import { loadSharp } from './sharp';

/** What a preview is made of. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Row by row. */
  readonly data: VoxelArray;
}

/**
 * A small lossy picture of a part of a slice, for a line on which its values would take long: grays are
 * indices into a colour map, NaN is transparent; colours are as they are. The window is of stored values.
 * JPEG where all is gray, which takes a quarter of WebP's time; WebP for colours and where something is transparent.
 */
export async function encodePreview(
  { width, height, components, data }: Pixels,
  { window, quality }: PreviewSettings,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { bytes, channels } =
    components === 1 ? grays(data, window) : { bytes: drawnColors(data), channels: components as 3 | 4 };
  const picture = sharp(bytes, { raw: { width, height, channels } });
  if (channels === 1) return await picture.toColourspace('b-w').jpeg({ quality }).toBuffer();
  // The least effort: more of it takes twice the time for a few bytes less.
  return await picture.webp({ quality, effort: 0 }).toBuffer();
}

/** Gray and, where there is a NaN, alpha. */
function grays(data: VoxelArray, window: PreviewSettings['window']): { bytes: Uint8Array; channels: 1 | 2 } {
  const gray = new Uint8Array(data.length);
  let hasNaN = false;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    gray[i] = colorIndex(value, window);
    if (value !== value) hasNaN = true; // NaN
  }
  if (!hasNaN) return { bytes: gray, channels: 1 };
  const bytes = new Uint8Array(2 * data.length);
  for (let i = 0; i < data.length; i++) {
    bytes[2 * i] = gray[i] as number;
    bytes[2 * i + 1] = Number.isNaN(data[i]) ? 0 : 255;
  }
  return { bytes, channels: 2 };
}
