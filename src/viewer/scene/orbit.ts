import { PerspectiveCamera, Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Camera, Triple } from '../../protocol';
import { FARTHEST, NEAREST } from '../camera';

/** Degrees from the lower to the upper edge of the picture, as the eye sees them. */
const FIELD_OF_VIEW = 45;
/** In units of the box' longest side. */
const CLIP: readonly [near: number, far: number] = [0.01, 50];

function tripleOf({ x, y, z }: Vector3): Triple {
  return [x, y, z];
}

/**
 * The hand on the picture of a box: drag goes around it, drag with the right button or with Shift, Ctrl or Meta moves
 * it, and the wheel comes nearer once the canvas has the focus, or with Ctrl; else the notebook scrolls. `onChange` has
 * each camera that comes of it; nothing goes on by itself when the hand has let go.
 */
export class Orbit {
  readonly #camera: PerspectiveCamera = new PerspectiveCamera(FIELD_OF_VIEW, 1, ...CLIP);
  readonly #controls: OrbitControls;
  readonly #abort: AbortController = new AbortController();
  /** While the camera is set from elsewhere. */
  #isTold = false;

  constructor(canvas: HTMLCanvasElement, up: Triple, onChange: (camera: Camera) => void) {
    this.#camera.up.set(...up); // The controls take it once.
    // Before the controls' own listener, which takes every wheel there is.
    const onWheel = (event: WheelEvent): void => {
      this.#controls.enableZoom = document.activeElement === canvas || event.ctrlKey;
    };
    canvas.addEventListener('wheel', onWheel, { signal: this.#abort.signal, capture: true });
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.minDistance = NEAREST;
    this.#controls.maxDistance = FARTHEST;
    this.#controls.addEventListener('change', () => {
      if (this.#isTold) return;
      onChange({ position: tripleOf(this.#camera.position), target: tripleOf(this.#controls.target) });
    });
  }

  /** Look from where a state's camera is. */
  look({ position, target }: Camera): void {
    const [to, at] = [new Vector3(...position), new Vector3(...target)];
    if (this.#camera.position.equals(to) && this.#controls.target.equals(at)) return;
    this.#isTold = true;
    this.#camera.position.copy(to);
    this.#controls.target.copy(at);
    this.#controls.update();
    this.#isTold = false;
  }

  /** What takes a point of the box' space to a canvas of this width by its height: 16 numbers, column by column. */
  matrix(aspect: number): readonly number[] {
    this.#camera.aspect = aspect;
    this.#camera.updateProjectionMatrix();
    this.#camera.updateMatrixWorld();
    return this.#camera.projectionMatrix.clone().multiply(this.#camera.matrixWorldInverse).toArray();
  }

  dispose(): void {
    this.#abort.abort();
    this.#controls.dispose();
  }
}
