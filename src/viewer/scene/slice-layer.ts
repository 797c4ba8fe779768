import type { WebGLRenderTarget } from 'three';
import type { LayerLook } from '../../shading';
import type { LayerSlice, Slice, Tile } from '../slice-cache';
import { around } from './apron';
import { labelTile } from './label-tile';
import { modeOf, type Look } from './materials';
import { pageRenderer, type DrawnLayer } from './renderer';
import { TileTexture, type Neighbours } from './slice-texture';

/** What one output draws: its own textures, on the page's renderer. */
export class SliceLayer {
  /** By where their tiles lie, so that the next slice's tile of the same place takes the same texture. */
  #textures: Map<string, TileTexture> = new Map();

  /** Draw what of the slice has a look in `look.layers`. */
  draw(slice: Slice, look: Look): ImageBitmap {
    return pageRenderer().draw(this.#upload(slice, look.layers), look);
  }

  /** The same, on a texture. */
  drawInto(target: WebGLRenderTarget, slice: Slice, look: Look): void {
    pageRenderer().drawInto(target, this.#upload(slice, look.layers), look);
  }

  dispose(): void {
    for (const texture of this.#textures.values()) texture.dispose();
    this.#textures.clear();
  }

  #upload({ layers }: Slice, looks: readonly LayerLook[]): DrawnLayer[] {
    const before = this.#textures;
    this.#textures = new Map();
    const all = looks.flatMap((look): DrawnLayer[] => {
      const slice = layers.find(({ layer }) => layer === look.layer);
      if (slice === undefined) return [];
      const drawn = { ...slice, tiles: slice.tiles.map((tile) => drawnTile(tile, look)) };
      const tiles = drawn.tiles.map((tile) => ({ tile, texture: this.#texture(tile, drawn, look, before) }));
      return [{ slice, look, tiles }];
    });
    for (const unused of before.values()) unused.dispose();
    return all;
  }

  #texture(tile: Tile, slice: LayerSlice, look: LayerLook, before: Map<string, TileTexture>): TileTexture {
    const { level, rect } = tile;
    const place = [slice.layer, ...level, rect.x, rect.y].join(' ');
    const neighbours = neighboursOf(tile, slice, look);
    let texture = before.get(place);
    if (texture?.fill(tile, neighbours) === true) before.delete(place);
    else texture = new TileTexture(tile, neighbours);
    this.#textures.set(place, texture);
    return texture;
  }
}

/** What of a tile is in its texture. */
function drawnTile(tile: Tile, look: LayerLook): Tile {
  const mode = modeOf(look, tile);
  const isRescaled = look.rescale !== null && tile.window === null;
  return mode === 'places' || (mode === 'labels' && isRescaled) ? labelTile(tile, look) : tile;
}

/** The tiles around one that is mixed with them; a tile that is all of its slice has none. */
function neighboursOf(tile: Tile, { tiles }: LayerSlice, look: LayerLook): Neighbours {
  if (modeOf(look, tile) !== 'linear' || tiles.length === 1) return null;
  const found = around(tile, tiles);
  return found.filter((other) => other !== undefined).length > 1 ? found : null;
}
