import { PLANES, PLANE_AXES, type Axis, type Plane, type Triple, type ViewSettings, type ViewState } from '../protocol';
import { axisEnds, boxOf, isSeenThrough, layersOf, sliceInBox, type Box, type DrawnLayer } from '../shading';
import { orbited } from './camera';
import type { Needs } from './detail';
import { element } from './dom';
import { boxFrame, type Room, type Size } from './layout';
import { pictureDrawn } from './pace';
import { BoxLayer, Orbit, type Look } from './scene';
import type { Slice } from './slice-cache';
import { text } from './text';
import { boxLetters, type BoxLetter } from './values/box-letters';

/** Radians that an arrow key goes around the box. */
const KEY_STEP = Math.PI / 24;
/** Pixels along the longer edge of the picture that lies on a slice: what every browser can draw on. */
const MOST_PIXELS = 2048;
const UPRIGHT = { transpose: false, flipX: false, flipY: false } as const;

const KEYS: Readonly<Partial<Record<string, readonly [right: number, above: number]>>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** What the picture of a box knows of its viewer. */
export interface BoxHost {
  state(): ViewState;
  change(patch: Partial<ViewSettings>): void;
  sliceOf(plane: Plane): Slice | null;
}

/**
 * The slices of the three planes where they are in the volume's box, seen from the state's camera, with letters around
 * it. The picture changes as a whole: until all three slices of a volume are here, the last picture stays. Shift with the arrow keys goes around.
 */
export class BoxPane {
  readonly element: HTMLElement = element('div', 'slicescope-pane slicescope-box');
  readonly canvas: HTMLCanvasElement = element('canvas', 'slicescope-canvas');
  readonly #host: BoxHost;
  readonly #target: ImageBitmapRenderingContext;
  readonly #layer: BoxLayer = new BoxLayer();
  readonly #letters: readonly HTMLElement[] = Array.from({ length: 6 }, () => element('span', 'slicescope-edge'));
  #orbit: { readonly hand: Orbit; readonly up: string } | null = null;
  #size: Size = { width: 1, height: 1 };
  #shown: ReadonlyMap<Plane, Slice> = new Map();
  #drawn = '';

  constructor(host: BoxHost) {
    this.#host = host;
    const target = this.canvas.getContext('bitmaprenderer');
    if (target === null) throw new Error('This browser can’t draw on a canvas.');
    this.#target = target;
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'img');
    this.canvas.onkeydown = (event) => {
      const step = event.shiftKey ? KEYS[event.key] : undefined;
      if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      const { camera, volume } = host.state();
      const [right, above] = step;
      host.change({ camera: orbited(camera, boxOf(volume).up, right * KEY_STEP, above * KEY_STEP) });
    };
    this.element.append(this.canvas, ...this.#letters);
  }

  /** Take the room that there is. */
  arrange(room: Room): void {
    this.#size = boxFrame(room);
    this.element.style.width = `${String(this.#size.width)}px`;
    this.element.style.height = `${String(this.#size.height)}px`;
  }

  /** What the picture can show of a plane at the distance from which the whole box is seen, so that a nearer look asks for nothing. */
  needsOf(plane: Plane): Needs {
    const { volume } = this.#host.state();
    const info = volume.planes[plane];
    const { width, height } = info;
    const longest = Math.max(...volume.shape.map((voxels, axis) => voxels * (volume.spacing[axis] as number)));
    const perUnit = (Math.min(this.#size.width, this.#size.height) * window.devicePixelRatio) / longest;
    return {
      scale: [perUnit * info.spacing[0], perUnit * info.spacing[1]],
      region: { x: 0, y: 0, width, height },
    };
  }

  shownOf(plane: Plane): Slice | null {
    return this.#shown.get(plane) ?? null;
  }

  /** Whether the picture is the state's, and as good as it gets. */
  get isSettled(): boolean {
    const { position, frame } = this.#host.state();
    const [x, y, z] = position;
    const index = { xy: z, xz: y, yz: x };
    return PLANES.every((plane) => {
      const slice = this.#host.sliceOf(plane);
      const isShown = slice !== null && slice === this.shownOf(plane) && slice.quality === 'exact';
      return isShown && slice.index === index[plane] && slice.frame === frame;
    });
  }

  draw(): void {
    const state = this.#host.state();
    const slices = PLANES.flatMap((plane) => this.#host.sliceOf(plane) ?? []);
    if (slices.length < PLANES.length) return;
    const box = boxOf(state.volume);
    const ratio = window.devicePixelRatio;
    const canvas = { width: Math.round(this.#size.width * ratio), height: Math.round(this.#size.height * ratio) };
    const hand = this.#handOf(box);
    hand.look(state.camera);
    const matrix = hand.matrix(canvas.width / canvas.height);
    const boxSlices = slices.map((slice) => ({
      slice,
      look: this.#lookOf(state, slice),
      place: sliceInBox(box, slice.plane, slice.index, state.volume.planes[slice.plane].count),
    }));
    const drawn = JSON.stringify([canvas, box, matrix, boxSlices.map(({ look }) => look)]);
    if (drawn === this.#drawn && slices.every((slice) => slice === this.shownOf(slice.plane))) return;
    if (this.canvas.width !== canvas.width || this.canvas.height !== canvas.height) {
      [this.canvas.width, this.canvas.height] = [canvas.width, canvas.height];
    }
    this.#target.transferFromImageBitmap(this.#layer.draw(boxSlices, box, matrix, canvas));
    pictureDrawn();
    this.#drawn = drawn;
    this.#shown = new Map(slices.map((slice) => [slice.plane, slice]));
    for (const { plane, index } of slices) this.element.dataset[`shown${plane.toUpperCase()}`] = String(index);
    this.#putLetters(
      boxLetters(axisEnds(state.volume.planes), {
        box,
        eye: state.camera.position,
        matrix,
        slices: this.#shownAt(state),
        isSeenThrough: (normal, point) => this.#isSeenThrough(state, normal, point),
      }),
    );
  }

  /** Say what the picture shows to those that can't see it. */
  describe(): void {
    if (this.#drawn === '') return;
    const state = this.#host.state();
    const name = state.volume.name === '' ? text('Volume') : state.volume.name;
    const label = text('%1, the slices of the three planes at %2 in its box', name, state.position.join(', '));
    if (this.canvas.getAttribute('aria-label') !== label) this.canvas.setAttribute('aria-label', label);
  }

  /** The pictures are lost. */
  forget(): void {
    this.#layer.forget();
    this.#drawn = '';
  }

  dispose(): void {
    this.#orbit?.hand.dispose();
    this.#layer.dispose();
    this.element.remove();
  }

  /** The hand that goes around with this way up. */
  #handOf({ up }: Box): Orbit {
    const described = up.join(' ');
    if (this.#orbit?.up !== described) {
      this.#orbit?.hand.dispose();
      const hand = new Orbit(this.canvas, up, (camera) => {
        this.#host.change({ camera });
      });
      this.#orbit = { hand, up: described };
    }
    return this.#orbit.hand;
  }

  /** Of the picture that lies on a slice: a voxel takes as many pixels as the canvas can show of it from near. */
  #lookOf(state: ViewState, { width, height, plane }: Slice): Look {
    const { scale } = this.needsOf(plane);
    const along = (voxels: number, pixels: number): number => {
      const wanted = state.interpolation === 'nearest' ? 1 : Math.ceil(2 * pixels);
      return Math.max(1, Math.min(MOST_PIXELS, voxels * Math.max(1, wanted)));
    };
    const canvas = { width: along(width, scale[0]), height: along(height, scale[1]) };
    return { layers: layersOf(state), orientation: UPRIGHT, canvas, left: 0, top: 0, ...canvas };
  }

  /** Where the slices in the picture lie, as shares of the volume's edges. */
  #shownAt({ volume }: ViewState): Triple {
    const [xy, xz, yz] = PLANES.map((plane) => ((this.shownOf(plane)?.index ?? 0) + 0.5) / volume.planes[plane].count);
    return [yz, xz, xy] as unknown as Triple;
  }

  /** Of a coarser level, where a slice has several. What a preview shows through a window is opaque. */
  #isSeenThrough(state: ViewState, normal: Axis, point: Triple): boolean {
    const plane = PLANES.find((each) => PLANE_AXES[each][2] === normal) as Plane;
    const [first, second] = PLANE_AXES[plane];
    const slices = this.shownOf(plane)?.layers ?? [];
    const layers = layersOf(state).flatMap((look): DrawnLayer[] => {
      const [tile] = slices.find(({ layer }) => layer === look.layer)?.tiles ?? [];
      if (tile === undefined) return [];
      const { rect, components, data } = tile;
      return [{ slice: { width: rect.width, height: rect.height, components, data }, look }];
    });
    const isPreview = slices.some(({ tiles }) => tiles[0]?.window != null);
    return !isPreview && isSeenThrough(layers, [point[first], point[second]]);
  }

  #putLetters(letters: readonly BoxLetter[]): void {
    for (const [which, { letter, at }] of letters.entries()) {
      const place = this.#letters[which] as HTMLElement;
      place.hidden = at === null;
      if (at === null) continue;
      if (place.textContent !== letter) place.textContent = letter;
      const [x, y] = [at[0] * this.#size.width, at[1] * this.#size.height];
      place.style.transform = `translate(${String(x)}px, ${String(y)}px) translate(-50%, -50%)`;
    }
  }
}
