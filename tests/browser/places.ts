import type { Locator } from 'playwright-core';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}
export type Point = readonly [x: number, y: number];

/** Where an element is on the page, in CSS pixels. */
export async function rectOf(locator: Locator): Promise<Rect> {
  const rect = await locator.boundingBox();
  if (rect === null) throw new Error(`${String(locator)} is not on the page.`);
  return rect;
}

/**
 * Where the points of a picture are that fills a canvas at zoom 1, in the canvas' middle: the function takes a point in
 * pixels of the picture, and returns one in those of the rectangle.
 */
export function placeIn({ x = 0, y = 0, width, height }: Partial<Rect> & Size, picture: Size): (...at: Point) => Point {
  const scale = Math.min(width / picture.width, height / picture.height);
  const [left, top] = [x + (width - scale * picture.width) / 2, y + (height - scale * picture.height) / 2];
  return (across, down) => [left + across * scale, top + down * scale];
}
