import {
  DataTexture,
  DoubleSide,
  GLSL3,
  LinearSRGBColorSpace,
  Mesh,
  NearestFilter,
  OrthographicCamera,
  PlaneGeometry,
  RawShaderMaterial,
  Scene,
  Vector2,
  Vector4,
  WebGLRenderer,
  type Camera,
  type WebGLRenderTarget,
} from 'three';
import type { DType, Orientation, Window } from '../../protocol';
import { colormapTable, type ColormapName } from '../../shading';
import type { Slice, Tile } from '../slice-cache';
import { VERTEX_SHADER, fragmentShader, type Sampling } from './shader';
import { TileTexture } from './slice-texture';
import { placeTile } from './place-tile';

/** What decides a picture, besides the slice. */
export interface Look {
  readonly window: Window;
  readonly colormap: ColormapName;
  /** Rotation included. */
  readonly orientation: Orientation;
  /** The size of the canvas, in pixels. */
  readonly canvas: { readonly width: number; readonly height: number };
  /** Where the slice's picture lies on the canvas, in pixels from its top left. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const INTEGER_RANGE: Partial<Record<DType, readonly [number, number]>> = {
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
};

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
  readonly #materials: Map<Sampling, RawShaderMaterial> = new Map();
  readonly #colors: Map<ColormapName, DataTexture> = new Map();
  readonly #onRestored: Set<() => void> = new Set();

  constructor() {
    this.#gl = new WebGLRenderer({ canvas: this.#canvas, antialias: false, alpha: true, depth: true, stencil: false });
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

  /**
   * Draw the tiles of a slice, each over those before it. The bitmap is the drawing buffer itself: nothing is
   * copied.
   */
  draw(textures: readonly (readonly [Tile, TileTexture])[], slice: Slice, look: Look): ImageBitmap {
    this.#resize(look.canvas);
    this.#paint(textures, slice, look);
    return this.#canvas.transferToImageBitmap();
  }

  /** Draw the tiles of a slice on a texture. */
  drawInto(
    target: WebGLRenderTarget,
    textures: readonly (readonly [Tile, TileTexture])[],
    slice: Slice,
    look: Look,
  ): void {
    this.#gl.setRenderTarget(target);
    this.#paint(textures, slice, look);
    this.#gl.setRenderTarget(null);
  }

  /** Draw what is in a scene, as it hides each other. */
  drawScene(scene: Scene, camera: Camera, canvas: Look['canvas']): ImageBitmap {
    this.#resize(canvas);
    this.#gl.clear();
    this.#gl.render(scene, camera);
    return this.#canvas.transferToImageBitmap();
  }

  #resize({ width, height }: Look['canvas']): void {
    if (this.#canvas.width !== width || this.#canvas.height !== height) this.#gl.setSize(width, height, false);
  }

  #paint(textures: readonly (readonly [Tile, TileTexture])[], slice: Slice, look: Look): void {
    this.#camera.right = look.canvas.width;
    this.#camera.bottom = look.canvas.height;
    this.#camera.updateProjectionMatrix();
    this.#gl.clear();
    for (const [tile, texture] of textures) {
      this.#plane.material = this.#material(texture, tile, slice, look);
      this.#gl.render(this.#scene, this.#camera);
    }
  }

  get isLost(): boolean {
    return this.#gl.getContext().isContextLost();
  }

  #material(texture: TileTexture, tile: Tile, slice: Slice, look: Look): RawShaderMaterial {
    const { sampling } = texture;
    let material = this.#materials.get(sampling);
    if (material === undefined) {
      const names = [
        ...['slice', 'colors', 'box', 'extent', 'size', 'transpose', 'flip'],
        ...['width', 'perWidth', 'offset', 'base'],
      ];
      material = new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: VERTEX_SHADER,
        fragmentShader: fragmentShader(sampling),
        uniforms: Object.fromEntries(names.map((name) => [name, { value: null }])),
        side: DoubleSide,
        depthTest: false,
        depthWrite: false,
      });
      this.#materials.set(sampling, material);
    }
    const { box, extent } = placeTile(tile, slice, look);
    const values = {
      slice: texture.texture,
      colors: this.#colorTexture(look.colormap),
      box: new Vector4(...box),
      extent: new Vector2(...extent),
      size: new Vector2(tile.rect.width, tile.rect.height),
      transpose: look.orientation.transpose,
      flip: [Number(look.orientation.flipX), Number(look.orientation.flipY)],
      ...windowUniforms(tile.dtype, tile.window ?? look.window),
    };
    for (const [name, value] of Object.entries(values)) {
      const uniform = material.uniforms[name];
      if (uniform !== undefined) uniform.value = value;
    }
    return material;
  }

  #colorTexture(name: ColormapName): DataTexture {
    let texture = this.#colors.get(name);
    if (texture === undefined) {
      texture = new DataTexture(colormapTable(name), 256, 1);
      texture.minFilter = NearestFilter;
      texture.magFilter = NearestFilter;
      texture.needsUpdate = true;
      this.#colors.set(name, texture);
    }
    return texture;
  }
}

/** The window's low end and width, in the parts that the shader needs them in to be exact. */
function windowUniforms(dtype: DType, [low, high]: Window): Readonly<Record<string, unknown>> {
  const width = high - low;
  const perWidth = 1 / width;
  const range = INTEGER_RANGE[dtype];
  if (range === undefined) {
    const base = Math.fround(low);
    return { base: new Vector2(base, low - base), offset: 0, width, perWidth };
  }
  const base = Math.max(range[0], Math.min(range[1], Math.floor(low)));
  return { base, offset: base - low, width, perWidth };
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

/** What one output draws: its own textures, on the page's renderer. */
export class SliceLayer {
  /** By where their tiles lie, so that the next slice's tile of the same place takes the same texture. */
  #textures: Map<string, TileTexture> = new Map();

  draw(slice: Slice, look: Look): ImageBitmap {
    return pageRenderer().draw(this.#upload(slice), slice, look);
  }

  /** The same, on a texture. */
  drawInto(target: WebGLRenderTarget, slice: Slice, look: Look): void {
    pageRenderer().drawInto(target, this.#upload(slice), slice, look);
  }

  #upload(slice: Slice): (readonly [Tile, TileTexture])[] {
    const before = this.#textures;
    this.#textures = new Map();
    const drawn = slice.layers
      .flatMap(({ tiles }) => tiles)
      .map((tile) => {
        const { level, rect } = tile;
        const place = [...level, rect.x, rect.y].join(' ');
        let texture = before.get(place);
        if (texture?.fill(tile) === true) before.delete(place);
        else texture = new TileTexture(tile);
        this.#textures.set(place, texture);
        return [tile, texture] as const;
      });
    for (const unused of before.values()) unused.dispose();
    return drawn;
  }

  dispose(): void {
    for (const texture of this.#textures.values()) texture.dispose();
    this.#textures.clear();
  }
}
