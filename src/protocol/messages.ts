import { SlicescopeError, quote, type ErrorCode } from './errors';
import { LIMITS, type Limits } from './limits';
import {
  ENCODINGS,
  MAX_LEVEL,
  PLANES,
  PROJECTIONS,
  type Encoding,
  type Level,
  type Plane,
  type Projection,
  type ViewSettings,
  type ViewState,
  type Window,
} from './types';

/**
 * The text messages of slicescope.v1, one discriminated union for each direction. What arrives is
 * checked once, by `parseClientMessage` and `parseServerMessage`, and typed from there on.
 */
export const SUBPROTOCOL = 'slicescope.v1';

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
  /** Slices of the slab around `index`; 1 for the slice itself. Overlays and colours have no slabs. */
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
  /** WebP's, from 1 to 100. */
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

/** A Jupyter widget message: state both ways, and what is no state as `custom`. */
export type CommData<State> =
  | { readonly method: 'update' | 'echo_update'; readonly state: Partial<State>; readonly buffer_paths: readonly [] }
  | { readonly method: 'custom'; readonly content: WishList };

export type ClientMessage =
  | { readonly type: 'hello'; readonly version: 1; readonly nonce: string }
  | { readonly type: 'proof'; readonly proof: string }
  | { readonly type: 'open'; readonly viewId: string }
  | { readonly type: 'close'; readonly viewId: string }
  | { readonly type: 'comm'; readonly viewId: string; readonly msgId: string; readonly data: CommData<ViewSettings> }
  | { readonly type: 'credit'; readonly frames: number }
  /** Asks for a `pong`: a connection that was cut somewhere on the way does not say so by itself. */
  | { readonly type: 'ping' };

export type ServerMessage =
  | { readonly type: 'challenge'; readonly version: 1; readonly nonce: string; readonly proof: string }
  /** `instance` names this run of the companion: another one means that revisions start anew. */
  | { readonly type: 'welcome'; readonly instance: string }
  | { readonly type: 'opened'; readonly viewId: string; readonly channel: number; readonly state: ViewState }
  /** `parentId` is the `msgId` of the client's message that this one answers, on whichever client. */
  | { readonly type: 'comm'; readonly viewId: string; readonly parentId: string; readonly data: CommData<ViewState> }
  | { readonly type: 'pong' }
  /** The kernel closed the view. */
  | { readonly type: 'closed'; readonly viewId: string }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly message: string; readonly viewId?: string };

type Fields = Readonly<Record<string, unknown>>;

function refuse(what: string): SlicescopeError<'protocol-error'> {
  return new SlicescopeError('protocol-error', `message: ${what}`, {});
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${what} is no object`);
  return value as Fields;
}

function parse(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SlicescopeError('protocol-error', 'message: not JSON', {}, { cause });
  }
  return fieldsOf(value, 'it');
}

function stringIn(fields: Fields, name: string, pattern: RegExp): string {
  const value = fields[name];
  if (typeof value !== 'string' || !pattern.test(value)) throw refuse(`${name} is ${quote(value)}`);
  return value;
}

function wholeIn(fields: Fields, name: string, max: number): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw refuse(`${name} is ${quote(value)}, expected a whole number from 0 to ${String(max)}`);
  }
  return value;
}

const HEX64 = /^[0-9a-f]{64}$/;
const ID = /^[\w.-]{1,128}$/;
const ANY_ID = /^[\w.-]{0,128}$/;
const UINT32 = 0xffff_ffff;

function version1(fields: Fields): 1 {
  if (fields.version !== 1) throw refuse(`version ${quote(fields.version)}, this side speaks 1`);
  return 1;
}

function nameIn<Name extends string>(fields: Fields, name: string, names: readonly Name[]): Name {
  const known = names.find((each) => each === fields[name]);
  if (known === undefined) throw refuse(`${name} is ${quote(fields[name])}`);
  return known;
}

function listIn(fields: Fields, name: string, length: readonly [least: number, most: number]): readonly unknown[] {
  const value = fields[name];
  const isList = Array.isArray(value) && value.length >= length[0] && value.length <= length[1];
  if (!isList) throw refuse(`${name} is ${quote(value)}, expected a list of ${length.join(' to ')}`);
  return value;
}

function pairIn(fields: Fields, name: string, max: number): readonly [number, number] {
  const [first, second] = listIn(fields, name, [2, 2]);
  return [wholeIn({ [name]: first }, name, max), wholeIn({ [name]: second }, name, max)];
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

function wishList(fields: Fields, limits: Limits): WishList {
  if (fields.kind !== 'wishes') throw refuse(`custom content of kind ${quote(fields.kind)}`);
  const preview = previewSettings(fields.preview);
  const tiles = listIn(fields, 'tiles', [0, limits.wishes]).map(tileWish);
  if (preview === null && tiles.some(({ encoding }) => encoding === 'preview'))
    throw refuse('previews without settings');
  return { kind: 'wishes', revision: wholeIn(fields, 'revision', UINT32), preview, tiles };
}

/** The form only: what a setting may be depends on the volume, and is checked where the volume is. */
function commData(value: unknown, limits: Limits): CommData<ViewSettings> {
  const fields = fieldsOf(value, 'data');
  switch (fields.method) {
    case 'update':
      return { method: 'update', state: fieldsOf(fields.state, 'state'), buffer_paths: [] };
    case 'custom':
      return { method: 'custom', content: wishList(fieldsOf(fields.content, 'content'), limits) };
    default:
      throw refuse(`method is ${quote(fields.method)}`);
  }
}

/**
 * Read a message from a client.
 * @throws SlicescopeError `protocol-error`.
 */
export function parseClientMessage(text: string, limits: Limits = LIMITS): ClientMessage {
  const fields = parse(text);
  switch (fields.type) {
    case 'hello':
      return { type: 'hello', version: version1(fields), nonce: stringIn(fields, 'nonce', HEX64) };
    case 'proof':
      return { type: 'proof', proof: stringIn(fields, 'proof', HEX64) };
    case 'open':
      return { type: 'open', viewId: stringIn(fields, 'viewId', ID) };
    case 'close':
      return { type: 'close', viewId: stringIn(fields, 'viewId', ID) };
    case 'comm':
      return {
        type: 'comm',
        viewId: stringIn(fields, 'viewId', ID),
        msgId: stringIn(fields, 'msgId', ANY_ID),
        data: commData(fields.data, limits),
      };
    case 'credit':
      return { type: 'credit', frames: wholeIn(fields, 'frames', limits.credits) };
    case 'ping':
      return { type: 'ping' };
    default:
      throw refuse(`type is ${quote(fields.type)}`);
  }
}

/**
 * Read a message from the companion. The companion has proved itself before anything but the challenge
 * is believed, so states are taken as they are.
 * @throws SlicescopeError `protocol-error`.
 */
export function parseServerMessage(text: string): ServerMessage {
  const fields = parse(text);
  switch (fields.type) {
    case 'challenge':
      return {
        type: 'challenge',
        version: version1(fields),
        nonce: stringIn(fields, 'nonce', HEX64),
        proof: stringIn(fields, 'proof', HEX64),
      };
    case 'welcome':
      return { type: 'welcome', instance: stringIn(fields, 'instance', ID) };
    case 'opened':
      return {
        type: 'opened',
        viewId: stringIn(fields, 'viewId', ID),
        channel: wholeIn(fields, 'channel', UINT32),
        state: fieldsOf(fields.state, 'state') as unknown as ViewState,
      };
    case 'comm': {
      const data = fieldsOf(fields.data, 'data');
      if (data.method !== 'update' && data.method !== 'echo_update') throw refuse(`method is ${quote(data.method)}`);
      return {
        type: 'comm',
        viewId: stringIn(fields, 'viewId', ID),
        parentId: stringIn(fields, 'parentId', ANY_ID),
        data: { method: data.method, state: fieldsOf(data.state, 'state'), buffer_paths: [] },
      };
    }
    case 'pong':
      return { type: 'pong' };
    case 'closed':
      return { type: 'closed', viewId: stringIn(fields, 'viewId', ID) };
    case 'error':
      return {
        type: 'error',
        code: stringIn(fields, 'code', ID) as ErrorCode,
        message: typeof fields.message === 'string' ? fields.message : '',
        ...(typeof fields.viewId === 'string' ? { viewId: fields.viewId } : {}),
      };
    default:
      throw refuse(`type is ${quote(fields.type)}`);
  }
}
