import type { Locator } from 'playwright-core';

/** RGBA, row by row from the top left. */
export interface CanvasPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A canvas' own pixels. */
export async function pixelsOf(locator: Locator): Promise<CanvasPixels> {
  const { width, height, base64 } = await locator.evaluate((node) => {
    const canvas = node as HTMLCanvasElement;
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no 2D context');
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const bytes = new Uint8Array(data.buffer) as unknown as { toBase64(): string }; // From Chromium 140 on.
    return { width: canvas.width, height: canvas.height, base64: bytes.toBase64() };
  });
  return { width, height, data: new Uint8Array(Buffer.from(base64, 'base64')) };
}
