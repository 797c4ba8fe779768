import {
  ByteType,
  DataTexture,
  FloatType,
  IntType,
  NearestFilter,
  RGBAIntegerFormat,
  RGFormat,
  RedIntegerFormat,
  ShortType,
  UnsignedByteType,
  UnsignedIntType,
  UnsignedShortType,
  Vector2,
  type PixelFormatGPU,
  type PixelFormat,
  type TextureDataType,
} from 'three';
import type { DType, VoxelArray } from '../../protocol';
import { drawnColors } from '../../shading';
import type { Tile } from '../slice-cache';
import { withApron } from './apron';
import type { Sampling } from './shader';

interface TextureKind {
  readonly sampling: Sampling;
  readonly format: PixelFormat;
  readonly type: TextureDataType;
  readonly internalFormat: PixelFormatGPU;
}

const COLOR: TextureKind = {
  sampling: 'color',
  format: RGBAIntegerFormat,
  type: UnsignedByteType,
  internalFormat: 'RGBA8UI',
};
const FLOAT: TextureKind = { sampling: 'float', format: RGFormat, type: FloatType, internalFormat: 'RG32F' };

function integer(sampling: Sampling, type: TextureDataType, internalFormat: PixelFormatGPU): TextureKind {
  return { sampling, format: RedIntegerFormat, type, internalFormat };
}

const KINDS: { readonly [D in DType]: TextureKind } = {
  uint8: integer('unsigned', UnsignedByteType, 'R8UI'),
  int8: integer('signed', ByteType, 'R8I'),
  uint16: integer('unsigned', UnsignedShortType, 'R16UI'),
  int16: integer('signed', ShortType, 'R16I'),
  uint32: integer('unsigned', UnsignedIntType, 'R32UI'),
  int32: integer('signed', IntType, 'R32I'),
  float32: FLOAT,
  float64: FLOAT,
};

export function kindOf(dtype: DType, components: number): TextureKind {
  return components === 1 ? KINDS[dtype] : COLOR;
}

/** Colours as RGBA of 8 bits; floats as pairs of 32-bit floats (shader.ts); integers as they are. */
function texels(stored: VoxelArray, { components, dtype }: Tile): VoxelArray {
  const data = components === 1 ? stored : drawnColors(stored);
  if (components === 3) {
    const rgba = new Uint8Array((data.length / 3) * 4).fill(255);
    for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
      for (let channel = 0; channel < 3; channel++) rgba[to + channel] = data[from + channel] ?? 0;
    }
    return rgba;
  }
  if (dtype !== 'float32' && dtype !== 'float64') return data;
  const pairs = new Float32Array(2 * data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? NaN;
    const high = Math.fround(value);
    pairs[2 * at] = high;
    if (Number.isFinite(high)) pairs[2 * at + 1] = value - high;
  }
  return pairs;
}

/** The tiles around a tile (apron.ts), whose pixels at the border are in its texture too; null where none are. */
export type Neighbours = readonly (Tile | undefined)[] | null;

/** A texture of one tile's size and kind; `fill` gives it another tile of the same. */
export class TileTexture {
  readonly texture: DataTexture;
  readonly sampling: Sampling;
  /** Texels around the tile that are of its neighbours. */
  readonly inset: Vector2;
  #tile: Tile;
  #neighbours: Neighbours;

  constructor(tile: Tile, neighbours: Neighbours) {
    const { sampling, format, type, internalFormat } = kindOf(tile.dtype, tile.components);
    this.#tile = tile;
    this.#neighbours = neighbours;
    this.sampling = sampling;
    const inset = neighbours === null ? 0 : 1;
    this.inset = new Vector2(inset, inset);
    const [width, height] = [tile.rect.width + 2 * inset, tile.rect.height + 2 * inset];
    this.texture = new DataTexture(this.#texels(), width, height, format, type);
    this.texture.internalFormat = internalFormat;
    this.texture.minFilter = NearestFilter;
    this.texture.magFilter = NearestFilter;
    this.texture.unpackAlignment = 1;
    this.texture.needsUpdate = true;
  }

  /** Whether `tile` now is in the texture; false if it needs one of another size or kind. */
  fill(tile: Tile, neighbours: Neighbours): boolean {
    const isSame = neighbours?.every((other, at) => other === this.#neighbours?.[at]) ?? this.#neighbours === null;
    if (tile === this.#tile && isSame) return true;
    const { rect, components, dtype } = this.#tile;
    const fits = tile.rect.width === rect.width && tile.rect.height === rect.height && tile.components === components;
    if (!fits || dtype !== tile.dtype || (neighbours === null) !== (this.#neighbours === null)) return false;
    this.#tile = tile;
    this.#neighbours = neighbours;
    this.texture.image.data = this.#texels();
    this.texture.needsUpdate = true;
    return true;
  }

  #texels(): VoxelArray {
    const data = this.#neighbours === null ? this.#tile.data : withApron(this.#tile, this.#neighbours);
    return texels(data, this.#tile);
  }

  dispose(): void {
    this.texture.dispose();
  }
}
