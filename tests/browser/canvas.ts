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
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    if (context === null) throw new Error('no 2D context');
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let at = 0; at < data.length; at += 32_768) {
      text += String.fromCharCode(...data.subarray(at, at + 32_768));
    }
    return { width: canvas.width, height: canvas.height, base64: btoa(text) };
  });
  return { width, height, data: new Uint8Array(Buffer.from(base64, 'base64')) };
}
