import { PLANES, PLANE_AXES, type Plane, type Triple, type ViewSettings, type ViewState } from '../protocol';
import { MAX_ZOOM, PLAIN_SETTINGS, clampIndex } from '../shading';
import { approached } from './camera';

const ZOOM_STEP = 1.25;

/** The settings after steps of zooming, around the middle of the canvas. */
export function zoomed({ zoom }: Pick<ViewSettings, 'zoom'>, steps: number): { readonly zoom: number } {
  return { zoom: Math.min(MAX_ZOOM, Math.max(1 / MAX_ZOOM, zoom * ZOOM_STEP ** steps)) };
}

/** The settings after steps of coming nearer: of zooming, or of the camera of the layout `volume`. */
export function nearer(state: ViewState, steps: number): Partial<ViewSettings> {
  return state.layout === 'volume' ? { camera: approached(state.camera, ZOOM_STEP ** steps) } : zoomed(state, steps);
}

/** The settings after a quarter turn clockwise of what is seen, which is flipped after its rotation. */
export function turned({ rotation, flip }: ViewSettings): Partial<ViewSettings> {
  const turn = flip[0] === flip[1] ? 1 : 3;
  return { rotation: ((rotation + turn) % 4) as ViewSettings['rotation'] };
}

/** The settings after a flip along one axis of the screen: 0 exchanges left and right, 1 top and bottom. */
export function flipped({ flip }: ViewSettings, axis: 0 | 1): Partial<ViewSettings> {
  return { flip: axis === 0 ? [!flip[0], flip[1]] : [flip[0], !flip[1]] };
}

/** The whole slice, unrotated. */
export const RESET: Partial<ViewSettings> = { rotation: 0, flip: [false, false], zoom: 1, center: [0.5, 0.5, 0.5] };

/** The settings with which all of what is looked at is seen, as it was at first. */
export function reset({ layout }: ViewState): Partial<ViewSettings> {
  return layout === 'volume' ? { camera: PLAIN_SETTINGS.camera } : RESET;
}

/** The slice of a plane that a view shows. */
export function indexIn({ plane: shown, index, position }: ViewSettings, plane: Plane): number {
  return plane === shown ? index : position[PLANE_AXES[plane][2]];
}

/** The settings with another slice of a plane: the nearest that there is. */
export function movedTo(state: ViewState, plane: Plane, index: number): Partial<ViewSettings> {
  const there = clampIndex(Math.round(index), state.volume.planes[plane].count);
  if (plane === state.plane) return { index: there };
  const normal = PLANE_AXES[plane][2];
  return { position: state.position.map((at, axis) => (axis === normal ? there : at)) as unknown as Triple };
}

/** The settings so many slices on. */
export function moved(state: ViewState, plane: Plane, slices: number): Partial<ViewSettings> {
  return movedTo(state, plane, indexIn(state, plane) + slices);
}

/** The settings so many frames on. */
export function frameMoved({ frame, volume }: ViewState, frames: number): Partial<ViewSettings> {
  return { frame: clampIndex(frame + frames, volume.frames) };
}

/** The plane after this one. */
export function nextPlane(plane: Plane): Plane {
  return PLANES[(PLANES.indexOf(plane) + 1) % PLANES.length] as Plane;
}
