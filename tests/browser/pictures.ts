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
const PATIENCE_MS = 10_000;
/** Jest takes a microsecond to look a global up: too long for what is called for each pixel. */
const { abs, floor, round } = Math;
/** The pixel where there is no picture. */
const NOTHING = Uint8Array.of(0, 0, 0, 0);

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
  const { plane = 'xy', index, window = volume.defaultWindow, colormap = 'gray', rotation = 0 } = expected;
  const { zoom = 1 } = expected;
  const info = volume.info(0).planes[plane];
  const slice = { ...volume.slice(plane, index), spacing: [1, 1] as const };
  const voxels = renderSlice(slice, { window, colormap, orientation: info.orientation, rotation });
  const turned = rotated(info.orientation, rotation);
  const picture = pictureSize(info, turned);
  const center = pointInPicture(expected.center ?? [0.5, 0.5, 0.5], plane, turned);
  const scale = zoom * Math.min(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const across = voxelsAlong(canvas.width, canvas.width / 2 - center[0] * width, width, voxels.width);
  const down = voxelsAlong(canvas.height, canvas.height / 2 - center[1] * height, height, voxels.height);
  const found: string[] = [];
  let compared = 0;
  for (let y = 0; y < canvas.height; y++) {
    const row = down[y] as number;
    if (row === -2) continue;
    for (let x = 0; x < canvas.width; x++) {
      const column = across[x] as number;
      if (column === -2) continue;
      compared++;
      const isOutside = row < 0 || column < 0;
      const [want, from] = isOutside ? [NOTHING, 0] : [voxels.data, 4 * (row * voxels.width + column)];
      if (isSame(canvas.data, 4 * (y * canvas.width + x), want, from)) continue;
      const [got, wanted] = [colorAt(canvas, x, y), [...want.slice(from, from + 4)]];
      found.push(`(${String(x)}, ${String(y)}) is ${got.join(' ')}, expected ${wanted.join(' ')}`);
      if (found.length > 4) return found;
    }
  }
  if (compared < (canvas.width * canvas.height) / 2) found.push(`only ${String(compared)} pixels were compared`);
  return found;
}

export function colorAt({ width, data }: Pixels, x: number, y: number): number[] {
  const at = 4 * (y * width + x);
  return [data[at] as number, data[at + 1] as number, data[at + 2] as number, data[at + 3] as number];
}

/** Whether two pixels look the same, each given by where its red is. There are hundreds of thousands: nothing is allocated. */
function isSame(got: ArrayLike<number>, at: number, want: ArrayLike<number>, from: number): boolean {
  const [gotAlpha, wantAlpha] = [got[at + 3] as number, want[from + 3] as number];
  if (abs(gotAlpha - wantAlpha) > TOLERANCE) return false;
  for (let channel = 0; channel < 3; channel++) {
    const difference = (got[at + channel] as number) * gotAlpha - (want[from + channel] as number) * wantAlpha;
    if (abs(difference) > 255 * TOLERANCE) return false;
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
  for (;;) {
    const found = differences(await viewer.pixels(), volume, expected);
    if (found.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${JSON.stringify(expected)}:\n${found.join('\n')}`);
    await viewer.root.page().waitForTimeout(20);
  }
}
