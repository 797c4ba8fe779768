import type { Plane } from '../protocol';
import { canvasAspect } from '../shading';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The room that a viewer has for its pictures, in CSS pixels. */
export interface Room {
  readonly width: number;
  /** Null where the pictures are as high as they usually are; else they fill the room. */
  readonly height: number | null;
}

/** The height of the canvas, in CSS pixels, where the page is wide enough. */
const HEIGHT = 512;

/** The canvas' size in CSS pixels: of the picture's proportions, and no wider than the output. */
export function boxSize(picture: Size, available: number): Size {
  const aspect = canvasAspect(picture);
  const width = Math.max(1, Math.min(available, Math.round(HEIGHT * aspect)));
  return { width, height: Math.max(1, Math.round(width / aspect)) };
}

/** Where the picture of a plane is shown. */
export interface PaneFrame {
  /** Of the pane, in CSS pixels. */
  readonly box: Size;
  /** Of the picture at scale 1. */
  readonly picture: Size;
  /** CSS pixels that a pixel of the picture takes at zoom 1; null where the whole of it fits into the pane. */
  readonly scale: number | null;
}

/** The one pane of the layout `slice`. */
export function soloFrame(picture: Size, { width, height }: Room): PaneFrame {
  return { box: height === null ? boxSize(picture, width) : { width, height }, picture, scale: null };
}

/** The picture of the layout `volume`. */
export function boxFrame({ width, height }: Room): Size {
  const side = Math.max(1, Math.min(HEIGHT, width));
  return height === null ? { width: side, height: side } : { width, height };
}

/** The usual height of three panes together, and the gap between two, in CSS pixels. */
const TRIO_HEIGHT = 640;
const GAP = 3;
/** No pane is narrower or flatter than this, in CSS pixels. */
const MIN_PANE = 48;

/** The largest scale at which two panes of these lengths fit side by side. */
function scaleOfPair(one: number, other: number, total: number): number {
  const [long, short] = one > other ? [one, other] : [other, one];
  const scale = total / (long + short);
  return scale * short >= MIN_PANE ? scale : Math.max(1, total - MIN_PANE) / long;
}

/**
 * The panes of the three planes: xy at the top left, xz below it, which has its columns, and yz beside that, which has
 * its rows. All are to one scale; `pictures` have the same pixel.
 */
export function trioFrames({ xy, xz, yz }: Readonly<Record<Plane, Size>>, room: Room): Record<Plane, PaneFrame> {
  const [left, right] = [Math.max(xy.width, xz.width), yz.width];
  const [top, bottom] = [xy.height, Math.max(xz.height, yz.height)];
  const scale = Math.min(
    scaleOfPair(left, right, room.width - GAP),
    scaleOfPair(top, bottom, (room.height ?? TRIO_HEIGHT) - GAP),
  );
  const length = (pixels: number): number => Math.max(MIN_PANE, Math.floor(pixels * scale));
  const frame = (picture: Size, width: number, height: number): PaneFrame => ({
    box: { width: length(width), height: length(height) },
    picture,
    scale,
  });
  return { xy: frame(xy, left, top), xz: frame(xz, left, bottom), yz: frame(yz, right, bottom) };
}

/** Canvas pixels a picture pixel takes at zoom 1, where the whole picture is in the canvas. */
function fitScale(picture: Size, canvas: Size): number {
  return Math.min(canvas.width / picture.width, canvas.height / picture.height);
}

/** The same as placePicture, at a scale of canvas pixels for each of the picture. */
export function placeAtScale(
  picture: Size,
  canvas: Size,
  scale: number,
  center: readonly [x: number, y: number],
): { left: number; top: number; width: number; height: number } {
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: canvas.width / 2 - center[0] * width, top: canvas.height / 2 - center[1] * height, width, height };
}

/** Where the picture lies on the canvas, in canvas pixels from the top left; `center`, as shares of it, is in the middle. */
export function placePicture(
  picture: Size,
  canvas: Size,
  zoom: number,
  center: readonly [x: number, y: number],
): { left: number; top: number; width: number; height: number } {
  return placeAtScale(picture, canvas, fitScale(picture, canvas) * zoom, center);
}
