/** Where the pictures of a viewer are; see Viewer. */
const STAGE = '.slicescope-stage';
const PICTURES = '.slicescope-canvas';
/** Of more than this a smaller picture is made: what is in a notebook is read and sent whole. */
const MAX_PIXELS = 2 ** 21;

/** A viewer's pictures as one. */
export interface Still {
  readonly canvas: HTMLCanvasElement;
  /** As large as it is on the page, in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * What the stage of a viewer shows now, without its controls: all its canvases, where they lie, on its background.
 * Null where nothing is on the page.
 */
export function stillOf(viewer: HTMLElement): Still | null {
  const stage = viewer.querySelector(STAGE);
  const box = stage?.getBoundingClientRect();
  if (stage == null || box === undefined || box.width === 0 || box.height === 0) return null;
  const [width, height] = [Math.round(box.width), Math.round(box.height)];
  const pictures = [...stage.querySelectorAll<HTMLCanvasElement>(PICTURES)]
    .map((picture) => ({ picture, place: picture.getBoundingClientRect() }))
    .filter(({ picture, place }) => picture.width > 0 && picture.height > 0 && place.width > 0);
  const [first] = pictures;
  if (first === undefined) return null;
  const drawn = first.picture.width / first.place.width;
  const scale = Math.min(drawn, Math.sqrt(MAX_PIXELS / (width * height)));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.fillStyle = getComputedStyle(stage).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const { picture, place } of pictures) {
    const [left, top] = [Math.round((place.left - box.left) * scale), Math.round((place.top - box.top) * scale)];
    if (scale === drawn) context.drawImage(picture, left, top);
    else context.drawImage(picture, left, top, place.width * scale, place.height * scale);
  }
  return { canvas, width, height };
}
