import type { Plane, Triple, Window } from '../../src/protocol';
import { pictureSize, pointInPicture, renderSlice, rotated, type ColormapName } from '../../src/shading';
import type { Volume } from '../../src/volume';
import type { ViewerPage } from './viewer-page';

/** What a picture is to show; what is left out is as `show` has it. */
export interface Expected {
  readonly plane?: Plane;
  readonly index: number;
  readonly window?: Window;
  readonly colormap?: ColormapName;
  readonly rotation?: 0 | 1 | 2 | 3;
  readonly zoom?: number;
  readonly center?: Triple;
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Of 255. */
const TOLERANCE = 1;
/** Pixels whose middle is this near to the border of two voxels may show either: a GPU's grid is 1/16 pixel. */
const BORDER_PIXELS = 0.07;
const BORDER_VOXELS = 0.002;
const PATIENCE_MS = 30_000;
/** Jest takes a microsecond to look a global up: too long for what is called for each pixel. */
const { abs, floor, round } = Math;

/** For each pixel along an axis of the canvas: the voxel it shows, -1 outside the picture, -2 near a border. */
function voxelsAlong(pixels: number, start: number, length: number, voxels: number): Int32Array {
  const border = BORDER_VOXELS + (BORDER_PIXELS * voxels) / length;
  return Int32Array.from({ length: pixels }, (_, pixel) => {
    const at = ((pixel + 0.5 - start) / length) * voxels;
    if (at < -border || at > voxels + border) return -1;
    return abs(at - round(at)) < border ? -2 : floor(at);
  });
}

/**
 * How a canvas differs from the volume's own numbers through window and colour map, one line for each of the
 * first pixels that do; empty if it doesn't. Colours are compared premultiplied, as a canvas keeps them.
 */
export function differences(canvas: Pixels, volume: Volume, expected: Expected): string[] {
  return comparison(volume, expected)(canvas);
}

/** The same for several canvases. */
function comparison(volume: Volume, expected: Expected): (canvas: Pixels) => string[] {
  const { plane = 'xy', index, window = volume.defaultWindow, colormap = 'gray', rotation = 0 } = expected;
  const { zoom = 1 } = expected;
  const info = volume.info(0).planes[plane];
  const slice = { ...volume.slice(plane, index), spacing: [1, 1] as const };
  const voxels = renderSlice(slice, { window, colormap, orientation: info.orientation, rotation });
  const wanted = wordsOf(voxels);
  const turned = rotated(info.orientation, rotation);
  const picture = pictureSize(info, turned);
  const center = pointInPicture(expected.center ?? [0.5, 0.5, 0.5], plane, turned);
  return (canvas) => {
    const scale = zoom * Math.min(canvas.width / picture.width, canvas.height / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    const across = voxelsAlong(canvas.width, canvas.width / 2 - center[0] * width, width, voxels.width);
    const down = voxelsAlong(canvas.height, canvas.height / 2 - center[1] * height, height, voxels.height);
    let compared = 0;
    const found = wrongPixels(canvas, (x, y) => {
      const [row, column] = [down[y] as number, across[x] as number];
      if (row === -2 || column === -2) return null;
      compared++;
      return row < 0 || column < 0 ? 0 : (wanted[row * voxels.width + column] as number);
    });
    if (found.length === 0 && compared < (canvas.width * canvas.height) / 2) {
      found.push(`only ${String(compared)} pixels were compared`);
    }
    return found;
  };
}

/**
 * A line for each of the first pixels that are not the colour `wantAt` says, a word of `wordsOf`; of pixels that may have
 * any colour it says null.
 */
export function wrongPixels(
  canvas: Pixels,
  wantAt: (x: number, y: number) => number | null,
  isLike: (got: number, want: number) => boolean = isSame,
): string[] {
  const words = wordsOf(canvas);
  const found: string[] = [];
  let at = 0;
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const got = words[at++] as number;
      const want = wantAt(x, y);
      if (want === null || got === want || isLike(got, want)) continue;
      found.push(`(${String(x)}, ${String(y)}) is ${partsOf(got).join(' ')}, expected ${partsOf(want).join(' ')}`);
      if (found.length > 4) return found;
    }
  }
  return found;
}

/** The first pixels in which a canvas is not the picture, which lies in it from (left, top) on; around it there is nothing. */
export function unlikePicture(canvas: Pixels, picture: Pixels, left: number, top: number): string[] {
  const words = wordsOf(picture);
  const wantAt = (x: number, y: number): number => {
    const [column, row] = [x - left, y - top];
    const isInside = column >= 0 && row >= 0 && column < picture.width && row < picture.height;
    return isInside ? (words[row * picture.width + column] as number) : 0;
  };
  return wrongPixels(canvas, wantAt, isSameInCanvas);
}

/** Each pixel's colour as one number, of which the lowest byte is red: millions of them are compared. */
export function wordsOf({ data }: Pick<Pixels, 'data'>): Uint32Array {
  const { buffer, byteOffset, length } = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(buffer, byteOffset, length / 4);
}

/** An opaque gray, as in `wordsOf`. */
export function grayWord(level: number): number {
  return (0xff000000 | (level << 16) | (level << 8) | level) >>> 0;
}

function partsOf(word: number): number[] {
  return [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
}

export function colorAt({ width, data }: Pixels, x: number, y: number): number[] {
  const at = 4 * (y * width + x);
  return [data[at] as number, data[at + 1] as number, data[at + 2] as number, data[at + 3] as number];
}

function isSame(got: number, want: number): boolean {
  const [gotAlpha, wantAlpha] = [got >>> 24, want >>> 24];
  if (abs(gotAlpha - wantAlpha) > TOLERANCE) return false;
  for (let shift = 0; shift < 24; shift += 8) {
    const difference = ((got >>> shift) & 255) * gotAlpha - ((want >>> shift) & 255) * wantAlpha;
    if (abs(difference) > 255 * TOLERANCE) return false;
  }
  return true;
}

/** As `isSame`, of a picture whose own parts are rounded: in 8 bits and premultiplied, as a canvas has them. */
function isSameInCanvas(got: number, want: number): boolean {
  const [gotAlpha, wantAlpha] = [got >>> 24, want >>> 24];
  if (abs(gotAlpha - wantAlpha) > TOLERANCE) return false;
  for (let shift = 0; shift < 24; shift += 8) {
    const kept = (word: number, alpha: number): number => round((((word >>> shift) & 255) * alpha) / 255);
    if (abs(kept(got, gotAlpha) - kept(want, wantAlpha)) > TOLERANCE) return false;
  }
  return true;
}

/** Wait until the viewer's canvas shows this, by value. */
export async function expectPicture(
  viewer: ViewerPage,
  volume: Volume,
  expected: Expected,
  patience = PATIENCE_MS,
): Promise<void> {
  await viewer.shows(expected.index, expected.plane ?? 'xy', patience);
  const deadline = Date.now() + patience;
  const differencesOf = comparison(volume, expected);
  for (;;) {
    const found = differencesOf(await viewer.pixels());
    if (found.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${JSON.stringify(expected)}:\n${found.join('\n')}`);
    await viewer.root.page().waitForTimeout(20);
  }
}
