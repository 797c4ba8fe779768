import { LRUCache } from 'lru-cache';
import type { DType, Level, Plane, Projection, Rescale, TileRect, VoxelArray, Window } from '../protocol';

/** One tile of a slice, ready to be drawn. */
export interface Tile {
  readonly level: Level;
  readonly rect: TileRect;
  /** Row by row, rect.width × rect.height × components values, as they are stored. */
  readonly data: VoxelArray;
  readonly dtype: DType;
  readonly components: number;
  /** Of a preview, whose values are colour indices: the window that is drawn instead of the view's. Else null. */
  readonly window: Window | null;
}

/** How good a picture is: a preview, some tiles of what the screen can show, or all of them. */
export type Quality = 'preview' | 'partial' | 'exact';

/** What is here of one volume's part of a picture. */
export interface LayerSlice {
  /** Which volume of the view: its channels from 0 on, then its overlays. */
  readonly layer: number;
  readonly revision: number;
  /** What the values of its tiles stand for. */
  readonly rescale: Rescale | null;
  /** At full resolution, in the layer's own pixels: as many as the view's volume has, or more. */
  readonly width: number;
  readonly height: number;
  /** Each is drawn over those before it. */
  readonly tiles: readonly Tile[];
}

/** A slice as far as it is here, of all volumes that are drawn: each has at least its overview. */
export interface Slice {
  /** Of the view's volume. */
  readonly revision: number;
  readonly plane: Plane;
  readonly index: number;
  readonly frame: number;
  /** At full resolution, in voxels of the view's volume. */
  readonly width: number;
  readonly height: number;
  /** In the order in which they are drawn. */
  readonly layers: readonly LayerSlice[];
  /** Of the worst of them. */
  readonly quality: Quality;
}

/** Which tile. */
export interface TileAddress {
  readonly plane: Plane;
  readonly index: number;
  /** Which volume of the view: its channels from 0 on, then its overlays. */
  readonly layer: number;
  readonly frame: number;
  readonly slab: number;
  readonly projection: Projection;
  readonly level: Level;
  readonly tile: readonly [column: number, row: number];
  /** Of a preview; null for the voxels themselves. */
  readonly preview: Window | null;
}

/**
 * Where a tile stands in the cache. Revisions count anew in every run of a companion: its instance is part of
 * it. So nothing of another volume, or of the same one before a refresh, can be taken for what is asked for.
 */
export function tileKey(
  instance: string,
  revision: number,
  { plane, index, layer, frame, slab, projection, level, tile, preview }: TileAddress,
): string {
  const seen = slab === 1 ? 'slice' : [projection, slab];
  return [instance, revision, plane, index, layer, frame, seen, level, tile, preview ?? 'exact'].join('/');
}

/** A page keeps this many bytes of slices, unless told otherwise. */
export const DEFAULT_CACHE_BYTES: number = 256 * 1024 * 1024;

function makeCache(maxSize: number): LRUCache<string, Tile> {
  return new LRUCache<string, Tile>({ maxSize, sizeCalculation: ({ data }) => Math.max(1, data.byteLength) });
}

/** The tiles of all views of a page, least recently used ones out first. */
class TileCache {
  #tiles: LRUCache<string, Tile> = makeCache(DEFAULT_CACHE_BYTES);

  /** In bytes. */
  get budget(): number {
    return this.#tiles.maxSize;
  }

  set budget(bytes: number) {
    if (bytes === this.budget) return;
    const kept = this.#tiles.dump();
    this.#tiles = makeCache(bytes);
    this.#tiles.load(kept);
  }

  get(key: string): Tile | undefined {
    return this.#tiles.get(key);
  }

  has(key: string): boolean {
    return this.#tiles.has(key);
  }

  set(key: string, tile: Tile): void {
    this.#tiles.set(key, tile);
  }

  clear(): void {
    this.#tiles.clear();
  }
}

export const tileCache: TileCache = new TileCache();
