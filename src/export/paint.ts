import type { Picture } from '../shading';

/** An area of one picture's pixels: from its left and top, so wide and high. */
export type Rect = readonly [left: number, top: number, width: number, height: number];

export function blank(width: number, height: number): Picture {
  return { width, height, data: new Uint8Array(4 * width * height) };
}

/** Give an area of a picture one opaque colour. */
export function fill({ width, height, data }: Picture, area: Rect, color: readonly [number, number, number]): void {
  const [left, top, across, down] = area;
  const pixels = new Uint32Array(data.buffer);
  const [pixel = 0] = new Uint32Array(Uint8Array.of(...color, 255).buffer);
  for (let y = Math.max(0, top); y < Math.min(height, top + down); y++) {
    pixels.fill(pixel, y * width + Math.max(0, left), y * width + Math.min(width, left + across));
  }
}

/** Put a picture on another, whose pixels there are replaced. */
export function put(picture: Picture, { width, height, data }: Picture, left: number, top: number): void {
  for (let y = 0; y < height; y++) {
    const row = data.subarray(4 * y * width, 4 * (y + 1) * width);
    picture.data.set(row, 4 * ((top + y) * picture.width + left));
  }
}

/** Draw a picture over another; what lies beyond its edges is left out. Where it is transparent nothing changes. */
export function drawOver(picture: Picture, over: Picture, left: number, top: number): void {
  for (let y = Math.max(0, -top); y < Math.min(over.height, picture.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(over.width, picture.width - left); x++) {
      mix(over.data, 4 * (y * over.width + x), picture.data, 4 * ((top + y) * picture.width + left + x));
    }
  }
}

/** Put a colour on another one, neither premultiplied. */
function mix(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  const alpha = (source[from + 3] as number) / 255;
  if (alpha === 0) return;
  const kept = ((target[to + 3] as number) / 255) * (1 - alpha);
  for (let channel = 0; channel < 3; channel++) {
    const sum = (source[from + channel] as number) * alpha + (target[to + channel] as number) * kept;
    target[to + channel] = Math.round(sum / (alpha + kept));
  }
  target[to + 3] = Math.round(255 * (alpha + kept));
}
