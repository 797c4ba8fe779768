import { ACCESSES, type Access } from './access';
import { parseClientContent, parseServerContent, type ClientContent, type ServerContent } from './content';
import { SlicescopeError, quote, type ErrorCode } from './errors';
import { UINT32, fieldsOf, nameIn, refuse, stringIn, wholeIn, type Fields } from './fields';
import { LIMITS, type Limits } from './limits';
import type { ViewSettings, ViewState } from './types';

/**
 * The text messages of slicescope.v1, one discriminated union for each direction. What arrives is
 * checked once, by `parseClientMessage` and `parseServerMessage`, and typed from there on.
 */
export const SUBPROTOCOL = 'slicescope.v1';

/** A Jupyter widget message: state both ways, and what is no state as `custom`. */
export type CommData<State, Content> =
  | { readonly method: 'update' | 'echo_update'; readonly state: Partial<State>; readonly buffer_paths: readonly [] }
  | { readonly method: 'custom'; readonly content: Content };

/** What a page says of a view: changes of its settings, and what is no setting. */
export type ClientComm = CommData<ViewSettings, ClientContent>;

/** What a companion says of a view. */
export type ServerComm = CommData<ViewState, ServerContent>;

export type ClientMessage =
  /** `access` is what the page holds the secret of; without it: `change`. */
  | { readonly type: 'hello'; readonly version: 1; readonly nonce: string; readonly access?: Access }
  | { readonly type: 'proof'; readonly proof: string }
  | { readonly type: 'open'; readonly viewId: string }
  | { readonly type: 'close'; readonly viewId: string }
  /** The view's output was replaced or cleared in an open notebook: nobody will look for the view there again. */
  | { readonly type: 'discarded'; readonly viewId: string }
  | { readonly type: 'comm'; readonly viewId: string; readonly msgId: string; readonly data: ClientComm }
  | { readonly type: 'credit'; readonly frames: number }
  /** Asks for a `pong`: a connection that was cut somewhere on the way does not say so by itself. */
  | { readonly type: 'ping' };

export type ServerMessage =
  | { readonly type: 'challenge'; readonly version: 1; readonly nonce: string; readonly proof: string }
  /** `instance` names this run of the companion: another one means that revisions start anew. */
  | { readonly type: 'welcome'; readonly instance: string }
  | { readonly type: 'opened'; readonly viewId: string; readonly channel: number; readonly state: ViewState }
  /** `parentId` is the `msgId` of the client's message that this one answers, on whichever client. */
  | { readonly type: 'comm'; readonly viewId: string; readonly parentId: string; readonly data: ServerComm }
  | { readonly type: 'pong' }
  /** The kernel closed the view. */
  | { readonly type: 'closed'; readonly viewId: string }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly message: string; readonly viewId?: string };

function parse(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SlicescopeError('protocol-error', 'message: not JSON', {}, { cause });
  }
  return fieldsOf(value, 'it');
}

const HEX64 = /^[0-9a-f]{64}$/;
const ID = /^[\w.-]{1,128}$/;
const ANY_ID = /^[\w.-]{0,128}$/;

function version1(fields: Fields): 1 {
  if (fields.version !== 1) throw refuse(`version ${quote(fields.version)}, this side speaks 1`);
  return 1;
}

/** The form only: what a setting may be depends on the volume, and is checked where the volume is. */
function clientComm(value: unknown, limits: Limits): ClientComm {
  const fields = fieldsOf(value, 'data');
  switch (fields.method) {
    case 'update':
      return { method: 'update', state: fieldsOf(fields.state, 'state'), buffer_paths: [] };
    case 'custom':
      return { method: 'custom', content: parseClientContent(fields.content, limits) };
    default:
      throw refuse(`method is ${quote(fields.method)}`);
  }
}

function serverComm(value: unknown): ServerComm {
  const fields = fieldsOf(value, 'data');
  switch (fields.method) {
    case 'update':
    case 'echo_update':
      return { method: fields.method, state: fieldsOf(fields.state, 'state'), buffer_paths: [] };
    case 'custom':
      return { method: 'custom', content: parseServerContent(fields.content) };
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
      return {
        type: 'hello',
        version: version1(fields),
        nonce: stringIn(fields, 'nonce', HEX64),
        ...(fields.access === undefined ? {} : { access: nameIn(fields, 'access', ACCESSES) }),
      };
    case 'proof':
      return { type: 'proof', proof: stringIn(fields, 'proof', HEX64) };
    case 'open':
      return { type: 'open', viewId: stringIn(fields, 'viewId', ID) };
    case 'close':
    case 'discarded':
      return { type: fields.type, viewId: stringIn(fields, 'viewId', ID) };
    case 'comm':
      return {
        type: 'comm',
        viewId: stringIn(fields, 'viewId', ID),
        msgId: stringIn(fields, 'msgId', ANY_ID),
        data: clientComm(fields.data, limits),
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
    case 'comm':
      return {
        type: 'comm',
        viewId: stringIn(fields, 'viewId', ID),
        parentId: stringIn(fields, 'parentId', ANY_ID),
        data: serverComm(fields.data),
      };
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
