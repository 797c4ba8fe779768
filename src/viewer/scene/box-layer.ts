import {
  BufferAttribute,
  BufferGeometry,
  Camera,
  DoubleSide,
  GLSL3,
  LineSegments,
  LinearMipmapLinearFilter,
  Matrix4,
  Mesh,
  NearestFilter,
  NoBlending,
  RawShaderMaterial,
  Scene,
  WebGLRenderTarget,
  type IUniform,
} from 'three';
import type { Plane, Triple } from '../../protocol';
import type { Box, SliceInBox } from '../../shading';
import type { Slice } from '../slice-cache';
import type { Look } from './materials';
import { pageRenderer } from './renderer';
import { SliceLayer } from './slice-layer';

/** One slice in a box. */
export interface BoxSlice {
  readonly slice: Slice;
  /** Of the picture that lies on the slice's rectangle. */
  readonly look: Look;
  readonly place: SliceInBox;
}

const VERTEX = `
in vec3 position;
in vec2 uv;
uniform mat4 matrix;
out vec2 place;
void main() {
  place = uv;
  gl_Position = matrix * vec4(position, 1.0);
}`;

/** What is transparent hides nothing that is behind it. */
const PICTURE = `
precision highp float;
uniform sampler2D picture;
in vec2 place;
out vec4 color;
void main() {
  color = texture(picture, place);
  if (color.a == 0.0) discard;
}`;

const LINE = `
precision highp float;
in vec2 place;
out vec4 color;
void main() {
  color = vec4(0.55, 0.55, 0.55, 1.0);
}`;

function material(fragmentShader: string, uniforms: Record<string, IUniform>): RawShaderMaterial {
  return new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader,
    uniforms,
    side: DoubleSide,
    blending: NoBlending,
  });
}

/** One slice's picture, and the rectangle that it lies on. */
class Sheet {
  readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  readonly #layer: SliceLayer = new SliceLayer();
  readonly #target: WebGLRenderTarget = new WebGLRenderTarget(1, 1, {
    magFilter: NearestFilter,
    minFilter: LinearMipmapLinearFilter,
    generateMipmaps: true,
  });
  #drawn: { readonly slice: Slice; readonly look: string } | null = null;

  constructor(matrix: IUniform<Matrix4>) {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(new Float32Array(12), 3));
    // The picture's first row is at the top of its texture.
    geometry.setAttribute('uv', new BufferAttribute(Float32Array.of(0, 1, 1, 1, 0, 0, 1, 0), 2));
    geometry.setIndex([0, 1, 2, 2, 1, 3]);
    this.mesh = new Mesh(geometry, material(PICTURE, { matrix, picture: { value: this.#target.texture } }));
    this.mesh.frustumCulled = false;
  }

  put({ slice, look, place }: BoxSlice): void {
    const { corner, columns, rows } = place;
    const positions = this.mesh.geometry.getAttribute('position');
    for (let at = 0; at < 4; at++) {
      const along = (axis: 0 | 1 | 2): number => corner[axis] + (at % 2) * columns[axis] + (at >> 1) * rows[axis];
      positions.setXYZ(at, along(0), along(1), along(2));
    }
    positions.needsUpdate = true;
    const described = JSON.stringify(look);
    if (slice === this.#drawn?.slice && described === this.#drawn.look) return;
    this.#target.setSize(look.canvas.width, look.canvas.height);
    this.#layer.drawInto(this.#target, slice, look);
    this.#drawn = { slice, look: described };
  }

  forget(): void {
    this.#drawn = null;
  }

  dispose(): void {
    this.#layer.dispose();
    this.#target.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

/** The slices of a volume in its box, as one output draws them. */
export class BoxLayer {
  readonly #scene: Scene = new Scene();
  readonly #matrix: IUniform<Matrix4> = { value: new Matrix4() };
  readonly #sheets: Map<Plane, Sheet> = new Map();
  readonly #frame: LineSegments<BufferGeometry, RawShaderMaterial>;

  constructor() {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(new Float32Array(72), 3));
    this.#frame = new LineSegments(geometry, material(LINE, { matrix: this.#matrix }));
    this.#frame.frustumCulled = false;
    this.#scene.add(this.#frame);
  }

  /** Draw the slices as they hide each other. `matrix`: from the box' space to the canvas, 16 numbers column by column. */
  draw(
    slices: readonly BoxSlice[],
    { edges }: Box,
    matrix: readonly number[],
    canvas: { readonly width: number; readonly height: number },
  ): ImageBitmap {
    this.#matrix.value.fromArray(matrix);
    this.#putFrame(edges);
    for (const slice of slices) this.#sheet(slice.slice.plane).put(slice);
    return pageRenderer().drawScene(this.#scene, UNUSED_CAMERA, canvas);
  }

  /** The context was lost: nothing that was drawn is there. */
  forget(): void {
    for (const sheet of this.#sheets.values()) sheet.forget();
  }

  dispose(): void {
    for (const sheet of this.#sheets.values()) sheet.dispose();
    this.#frame.geometry.dispose();
    this.#frame.material.dispose();
  }

  #sheet(plane: Plane): Sheet {
    let sheet = this.#sheets.get(plane);
    if (sheet === undefined) {
      sheet = new Sheet(this.#matrix);
      this.#sheets.set(plane, sheet);
      this.#scene.add(sheet.mesh);
    }
    return sheet;
  }

  /** The twelve edges of the box. */
  #putFrame(edges: readonly [Triple, Triple, Triple]): void {
    const positions = this.#frame.geometry.getAttribute('position');
    let vertex = 0;
    for (const along of [0, 1, 2] as const) {
      const [one, other] = ([0, 1, 2] as const).filter((axis) => axis !== along) as [0 | 1 | 2, 0 | 1 | 2];
      for (const [a, b, c] of CORNERS) {
        const at = (axis: 0 | 1 | 2): number => a * edges[one][axis] + b * edges[other][axis] + c * edges[along][axis];
        positions.setXYZ(vertex++, at(0), at(1), at(2));
      }
    }
    positions.needsUpdate = true;
  }
}

/** From edge to edge of two axes, both ends along the third. */
const CORNERS = [-0.5, 0.5].flatMap((a) => [-0.5, 0.5].flatMap((b) => [-0.5, 0.5].map((c) => [a, b, c] as const)));

/** three wants one; the shaders have a matrix of their own. */
const UNUSED_CAMERA: Camera = new Camera();
