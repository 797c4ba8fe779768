import {
  CustomBlending,
  DataTexture,
  DoubleSide,
  GLSL3,
  LessDepth,
  NearestFilter,
  NoBlending,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  Vector2,
  Vector4,
} from 'three';
import { DTYPE_RANGES, type DType, type Window } from '../../protocol';
import { PALETTE_WIDTH, colormapTable, isCategorical, type LayerLook, type Palette } from '../../shading';
import type { LayerSlice, Tile } from '../slice-cache';
import { placeTile, type Placed } from './place-tile';
import { fragmentShader, vertexShader, type Mode } from './shader';
import type { TileTexture } from './slice-texture';

const UNIFORMS = [
  ...['slice', 'colors', 'box', 'edge', 'slope', 'size', 'inset', 'transpose'],
  ...['width', 'perWidth', 'steps', 'offset', 'base', 'opacity'],
];

/** Tables of colours of labels that are kept for the next picture. */
const MOST_PALETTES = 16;

/** How what is drawn meets what is there: `replace` it, lie `over` it, or be added to it. */
export type Blend = 'replace' | LayerLook['blend'];

/** One tile of a layer, in its texture. */
export interface DrawnTile {
  readonly tile: Tile;
  readonly texture: TileTexture;
}

/** What decides a picture, besides the slice. */
export interface Look extends Placed {
  /** Of the volumes that are drawn, in this order. */
  readonly layers: readonly LayerLook[];
  /** The size of the canvas, in pixels. */
  readonly canvas: { readonly width: number; readonly height: number };
}

/** The page's shader programs, one for each kind of texture and interpolation, and the colour maps' textures. */
export class Materials {
  readonly #materials: Map<string, RawShaderMaterial> = new Map();
  readonly #colors: Map<string, DataTexture> = new Map();
  /** Of labels with colours of their own. */
  readonly #palettes: Map<Palette, DataTexture> = new Map();

  /**
   * What draws a tile. The blending is exact in 8 bits, as `shading` defines it: colours are premultiplied. Where
   * `isOnce`, what was drawn of this layer before is not drawn over.
   */
  of(
    { tile, texture }: DrawnTile,
    layer: LayerSlice,
    look: LayerLook,
    placed: Look,
    blend: Blend,
    isOnce: boolean,
  ): RawShaderMaterial {
    const mode = modeOf(look, tile);
    const isPlain = mode === 'nearest' && blend === 'replace' && look.opacity === 1;
    const isGray = look.colormap === 'gray' && !look.invert;
    const material = this.#material(texture, isPlain ? (isGray ? 'gray' : 'plain') : mode);
    material.blending = blend === 'replace' ? NoBlending : CustomBlending;
    material.blendDst = blend === 'add' ? OneFactor : OneMinusSrcAlphaFactor;
    material.depthTest = isOnce;
    material.depthWrite = isOnce;
    const { box, edge, slope } = placeTile(tile, layer, placed);
    const values = {
      slice: texture.texture,
      colors: this.#colorTexture(look),
      box: new Vector4(...box),
      // WebGL counts rows from below.
      edge: new Vector2(edge[0], placed.canvas.height - edge[1]),
      slope: new Vector2(slope[0], -slope[1]),
      size: new Vector2(tile.rect.width, tile.rect.height),
      inset: texture.inset,
      transpose: placed.orientation.transpose,
      opacity: look.opacity,
      ...windowUniforms(tile.dtype, tile.window ?? look.window),
    };
    for (const [name, value] of Object.entries(values)) {
      const uniform = material.uniforms[name];
      if (uniform !== undefined) uniform.value = value;
    }
    return material;
  }

  #material({ sampling }: TileTexture, mode: Mode): RawShaderMaterial {
    const key = `${sampling} ${mode}`;
    let material = this.#materials.get(key);
    if (material === undefined) {
      material = new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: vertexShader(mode),
        fragmentShader: fragmentShader(sampling, mode),
        uniforms: Object.fromEntries(UNIFORMS.map((name) => [name, { value: null }])),
        side: DoubleSide,
        blendSrc: OneFactor,
        depthFunc: LessDepth,
      });
      this.#materials.set(key, material);
    }
    return material;
  }

  #colorTexture({ colormap, invert, palette }: LayerLook): DataTexture {
    if (palette !== null) return this.#paletteTexture(palette);
    const key = `${colormap} ${String(invert)}`;
    const known = this.#colors.get(key) ?? colorTexture(colormapTable(colormap, invert));
    this.#colors.set(key, known);
    return known;
  }

  #paletteTexture(palette: Palette): DataTexture {
    const known = this.#palettes.get(palette);
    if (known !== undefined) return known;
    const texture = colorTexture(palette.table);
    this.#palettes.set(palette, texture);
    const [oldest] = this.#palettes;
    if (oldest !== undefined && this.#palettes.size > MOST_PALETTES) {
      this.#palettes.delete(oldest[0]);
      oldest[1].dispose();
    }
    return texture;
  }
}

/** Colours in rows of 256. */
function colorTexture(table: Uint8Array): DataTexture {
  const texture = new DataTexture(table, PALETTE_WIDTH, table.length / (4 * PALETTE_WIDTH));
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  texture.needsUpdate = true;
  return texture;
}

/** How a tile's texels become fragments. */
export function modeOf(
  { interpolation, colormap, palette }: LayerLook,
  { components }: Pick<Tile, 'components'>,
): Mode {
  if (components !== 1 || !isCategorical(colormap)) return interpolation;
  return palette === null ? 'labels' : 'places';
}

/**
 * The window's low end and width, in the parts that the shader needs them in to be exact; and the steps from the first
 * colour to the last, which are negative where low is the greater end.
 */
function windowUniforms(dtype: DType, [low, high]: Window): Readonly<Record<string, unknown>> {
  const width = Math.abs(high - low);
  const scale = { width, perWidth: 1 / width, steps: low < high ? 255 : -255 };
  if (dtype.startsWith('float')) {
    const base = Math.fround(low);
    return { base: new Vector2(base, low - base), offset: 0, ...scale };
  }
  const [least, most] = DTYPE_RANGES[dtype];
  const base = Math.max(least, Math.min(most, Math.floor(low)));
  return { base, offset: base - low, ...scale };
}
