import sharp from 'sharp';

/** A PNG's pixels as RGBA, row by row, and how many channels the file itself has. */
export async function readPng(
  png: string | Uint8Array,
): Promise<{ width: number; height: number; channels: number; data: Uint8Array }> {
  const { format, channels } = await sharp(png).metadata();
  if (format !== 'png') throw new Error(`expected a PNG, got ${format}`);
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels, data: new Uint8Array(data) };
}
