import {
  LinearSRGBColorSpace,
  Mesh,
  OrthographicCamera,
  PlaneGeometry,
  Scene,
  WebGLRenderer,
  type Camera,
  type WebGLRenderTarget,
} from 'three';
import type { LayerLook } from '../../shading';
import type { LayerSlice } from '../slice-cache';
import { Materials, type DrawnTile, type Look } from './materials';

/** One volume's part of a picture, uploaded. */
export interface DrawnLayer {
  readonly slice: LayerSlice;
  readonly look: LayerLook;
  /** Each over those before it: the finer ones come later. */
  readonly tiles: readonly DrawnTile[];
}

/**
 * The one WebGL context of a page: a textured plane under an orthographic camera, drawn for one output at
 * a time and handed over to its canvas. Browsers keep about 16 contexts and drop the oldest; this takes one.
 */
class PageRenderer {
  readonly #canvas: OffscreenCanvas = new OffscreenCanvas(1, 1);
  readonly #gl: WebGLRenderer;
  readonly #scene: Scene = new Scene();
  readonly #camera: OrthographicCamera = new OrthographicCamera(0, 1, 0, 1, -1, 1); // Canvas pixels, y down.
  readonly #plane: Mesh;
  readonly #materials: Materials = new Materials();
  readonly #onRestored: Set<() => void> = new Set();

  constructor() {
    this.#gl = new WebGLRenderer({ canvas: this.#canvas, antialias: false, alpha: false, depth: true, stencil: false });
    this.#gl.outputColorSpace = LinearSRGBColorSpace;
    this.#gl.setPixelRatio(1);
    this.#gl.setClearColor(0x000000, 0);
    this.#plane = new Mesh(new PlaneGeometry(1, 1));
    this.#plane.frustumCulled = false;
    this.#scene.add(this.#plane);
    this.#gl.autoClear = false;
    this.#canvas.addEventListener('webglcontextrestored', () => {
      for (const redraw of [...this.#onRestored]) redraw();
    });
  }

  /** Call `redraw` after the context was lost and is back; returns what stops it. */
  onRestored(redraw: () => void): () => void {
    this.#onRestored.add(redraw);
    return () => this.#onRestored.delete(redraw);
  }

  /** Draw the layers of a slice, each on those before it. The bitmap is the drawing buffer itself: nothing is copied. */
  draw(layers: readonly DrawnLayer[], look: Look): ImageBitmap {
    this.#resize(look.canvas);
    this.#drawLayers(layers, look);
    return this.#canvas.transferToImageBitmap();
  }

  /** The same on a texture of the size of `look.canvas`, whose last row is the uppermost. */
  drawInto(target: WebGLRenderTarget, layers: readonly DrawnLayer[], look: Look): void {
    this.#gl.setRenderTarget(target);
    this.#drawLayers(layers, look);
    this.#gl.setRenderTarget(null);
  }

  /** Draw what is in a scene; what is nearer hides what is farther away. */
  drawScene(scene: Scene, camera: Camera, canvas: Look['canvas']): ImageBitmap {
    this.#resize(canvas);
    this.#gl.clear();
    this.#gl.render(scene, camera);
    return this.#canvas.transferToImageBitmap();
  }

  get isLost(): boolean {
    return this.#gl.getContext().isContextLost();
  }

  #resize({ width, height }: Look['canvas']): void {
    if (this.#canvas.width !== width || this.#canvas.height !== height) this.#gl.setSize(width, height, false);
  }

  #drawLayers(layers: readonly DrawnLayer[], look: Look): void {
    this.#camera.right = look.canvas.width;
    this.#camera.bottom = look.canvas.height;
    this.#camera.updateProjectionMatrix();
    this.#gl.clear(true, false, false);
    for (const [at, layer] of layers.entries()) {
      // On nothing, finer tiles take the place of coarser ones. On something they must not be drawn over each other.
      const blend = at === 0 ? 'replace' : layer.look.blend;
      const isOnce = blend !== 'replace' && layer.tiles.length > 1;
      if (isOnce) this.#gl.clear(false, true, false);
      for (const tile of isOnce ? [...layer.tiles].reverse() : layer.tiles) {
        this.#plane.material = this.#materials.of(tile, layer.slice, layer.look, look, blend, isOnce);
        this.#gl.render(this.#scene, this.#camera);
      }
    }
  }
}

let renderer: PageRenderer | null = null;

/**
 * The page's renderer, made when it is first needed.
 * @throws Error where the browser has no WebGL 2.
 */
export function pageRenderer(): PageRenderer {
  renderer ??= new PageRenderer();
  return renderer;
}

/** Make the context before the first slice is here; a browser that can't is told of at the first drawing. */
export function warmUp(): void {
  try {
    pageRenderer();
  } catch {
    // Viewer says so when it draws.
  }
}
