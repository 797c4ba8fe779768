import { quote } from './errors';
import { UINT32, fieldsOf, listIn, nameIn, pairIn, refuse, wholeIn, type Fields } from './fields';
import type { Limits } from './limits';
import {
  ENCODINGS,
  MAX_LEVEL,
  PLANES,
  PROJECTIONS,
  type Encoding,
  type Level,
  type Plane,
  type Projection,
  type Window,
} from './types';

/** What a tile is wished for: what the eye waits for goes before what the hand may reach, and that before the rest. */
export const PRIORITIES = ['view', 'prefetch', 'fill'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A slice of the view's volume itself: no overlay, the first frame, no slab. */
export const VOLUME_ITSELF = { layer: 0, frame: 0, slab: 1, projection: 'max' } as const;

/** One tile of one slice; tiles.ts says how slices are divided. */
export interface TileWish {
  /** Chosen by the client, growing: of two tiles the one with the larger id is the newer wish. */
  readonly requestId: number;
  readonly plane: Plane;
  readonly index: number;
  /** Which volume of the view: its channels from 0 on, then its overlays, whose frames have the overlay's revision. */
  readonly layer: number;
  readonly frame: number;
  /** Slices of the slab around `index`; 1 for the slice itself. Overlays have no slabs. */
  readonly slab: number;
  readonly projection: Projection;
  readonly level: Level;
  readonly tile: readonly [column: number, row: number];
  readonly priority: Priority;
  readonly encoding: Encoding;
}

/** What previews are made with. */
export interface PreviewSettings {
  readonly window: Window;
  /** From 1 to 100: JPEG's of grays, WebP's of the rest. */
  readonly quality: number;
}

/**
 * All that a view wishes for, the most wanted first. It replaces the view's former list: what is not in it
 * any more and has not been cut is dropped; a tile in both keeps its id, and is sent once.
 */
export interface WishList {
  readonly kind: 'wishes';
  readonly revision: number;
  /** Null where no tile is wished for as a preview. */
  readonly preview: PreviewSettings | null;
  readonly tiles: readonly TileWish[];
}

function tileWish(value: unknown): TileWish {
  const fields = fieldsOf(value, 'a tile');
  return {
    requestId: wholeIn(fields, 'requestId', UINT32),
    plane: nameIn(fields, 'plane', PLANES),
    index: wholeIn(fields, 'index', UINT32),
    layer: wholeIn(fields, 'layer', UINT32),
    frame: wholeIn(fields, 'frame', UINT32),
    slab: wholeIn(fields, 'slab', UINT32),
    projection: nameIn(fields, 'projection', PROJECTIONS),
    level: pairIn(fields, 'level', MAX_LEVEL),
    tile: pairIn(fields, 'tile', UINT32),
    priority: nameIn(fields, 'priority', PRIORITIES),
    encoding: nameIn(fields, 'encoding', ENCODINGS),
  };
}

function previewSettings(value: unknown): PreviewSettings | null {
  if (value === null) return null;
  const fields = fieldsOf(value, 'preview');
  const [low, high] = listIn(fields, 'window', [2, 2]);
  const isWindow = typeof low === 'number' && typeof high === 'number' && low < high;
  if (!isWindow || !Number.isFinite(high - low)) throw refuse(`the preview's window is ${quote(fields.window)}`);
  const quality = wholeIn(fields, 'quality', 100);
  if (quality === 0) throw refuse('quality is 0, expected 1 to 100');
  return { window: [low, high], quality };
}

/** @throws SlicescopeError `protocol-error`. */
export function parseWishList(fields: Fields, limits: Limits): WishList {
  const preview = previewSettings(fields.preview);
  const tiles = listIn(fields, 'tiles', [0, limits.wishes]).map(tileWish);
  if (preview === null && tiles.some(({ encoding }) => encoding === 'preview'))
    throw refuse('previews without settings');
  return { kind: 'wishes', revision: wholeIn(fields, 'revision', UINT32), preview, tiles };
}
