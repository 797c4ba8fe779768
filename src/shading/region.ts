/** The narrowest and the flattest canvas that a view gives a picture, width by height. */
const MIN_ASPECT = 1 / 3;
const MAX_ASPECT = 3;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A part of a picture, in whole pixels of it. */
export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * Width by height of the canvas of a view of one slice: those of its picture, but never so narrow or flat that a slice of
 * one row could not be handled.
 */
export function canvasAspect({ width, height }: Size): number {
  return Math.min(MAX_ASPECT, Math.max(MIN_ASPECT, width / height));
}

/** The pixels of `length` that are seen, at least half of each, where `seen` of them fit around the middle. */
function seenAlong(length: number, seen: number, middle: number): readonly [from: number, count: number] | null {
  const from = Math.max(0, middle * length - seen / 2);
  const to = Math.min(length, middle * length + seen / 2);
  if (!(from < to)) return null;
  const first = Math.min(length - 1, Math.round(from));
  return [first, Math.max(1, Math.round(to) - first)];
}

/**
 * The part of a slice's picture that a view of that slice shows.
 * @param zoom 1 for the whole picture in the canvas.
 * @param center the point of the picture at the middle of the canvas, as shares of its edges.
 * @returns null where nothing of the picture is in the canvas
 */
export function shownRegion(picture: Size, zoom: number, center: readonly [x: number, y: number]): Region | null {
  const aspect = canvasAspect(picture);
  // What of the picture's pixels the canvas is wide and high.
  const width = Math.max(picture.width, picture.height * aspect) / zoom;
  const height = Math.max(picture.height, picture.width / aspect) / zoom;
  const across = seenAlong(picture.width, width, center[0]);
  const down = seenAlong(picture.height, height, center[1]);
  if (across === null || down === null) return null;
  return { left: across[0], top: down[0], width: across[1], height: down[1] };
}
