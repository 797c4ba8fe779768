interface Size {
  readonly width: number;
  readonly height: number;
}

/** The height of the canvas, in CSS pixels, where the page is wide enough. */
const HEIGHT = 512;
/** The canvas is never narrower or flatter than this, so that a slice of one row can still be handled. */
const MIN_ASPECT = 1 / 3;
const MAX_ASPECT = 3;

/** The canvas' size in CSS pixels: of the picture's proportions, and no wider than the output. */
export function boxSize(picture: Size, available: number): Size {
  const aspect = Math.min(MAX_ASPECT, Math.max(MIN_ASPECT, picture.width / picture.height));
  const width = Math.max(1, Math.min(available, Math.round(HEIGHT * aspect)));
  return { width, height: Math.max(1, Math.round(width / aspect)) };
}

/** Canvas pixels a picture pixel takes at zoom 1, where the whole picture is in the canvas. */
function fitScale(picture: Size, canvas: Size): number {
  return Math.min(canvas.width / picture.width, canvas.height / picture.height);
}

/** Where the picture lies on the canvas, in canvas pixels from the top left; `center`, as shares of it, is in the middle. */
export function placePicture(
  picture: Size,
  canvas: Size,
  zoom: number,
  center: readonly [x: number, y: number],
): { left: number; top: number; width: number; height: number } {
  const scale = fitScale(picture, canvas) * zoom;
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: canvas.width / 2 - center[0] * width, top: canvas.height / 2 - center[1] * height, width, height };
}
