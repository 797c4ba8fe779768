import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Histogram, HistogramRequest, PointerMessage } from './content';
import { isLooking } from './access';
import { isSlicescopeError } from './errors';
import { LIMITS } from './limits';
import { parseClientMessage, parseServerMessage, type ClientMessage, type ServerMessage } from './messages';
import type { PlaneInfo, ViewState } from './types';
import { VOLUME_ITSELF, type TileWish, type WishList } from './wishes';
import { refusal } from './testing/thrown';

const HEX = '0123456789abcdef'.repeat(4);
const ID = 'a7c0.View_9-x';

const PLANE: PlaneInfo = {
  count: 3,
  width: 1,
  height: 2,
  spacing: [1, 1],
  orientation: { transpose: false, flipX: false, flipY: true },
  edges: { left: 'R', right: 'L', top: 'S', bottom: 'I' },
};
const STATE: ViewState = {
  layout: 'slice',
  plane: 'xy',
  index: 2,
  position: [0, 1, 2],
  frame: 0,
  window: [0, 255],
  colormap: 'gray',
  invert: false,
  interpolation: 'nearest',
  rotation: 0,
  flip: [false, false],
  zoom: 1,
  center: [0.5, 0.5, 0.5],
  crosshair: true,
  convention: 'radiological',
  slab: 1,
  projection: 'max',
  playing: false,
  rate: 10,
  playback: 'loop',
  camera: { position: [0, -2, 0], target: [0, 0, 0] },
  channels: [],
  overlays: [],
  overlayVolumes: [],
  defaulted: ['colormap'],
  listens: [],
  volume: {
    revision: 4,
    name: 'T1',
    shape: [1, 2, 3],
    dtype: 'uint8',
    rescale: { slope: 0.5, intercept: -1024 },
    components: 1,
    frames: 1,
    channels: 1,
    channelNames: null,
    frameTimes: [0],
    frameLabels: ['b = 0'],
    spacing: [1, 1, 1],
    origin: [0, 0, 0],
    direction: null,
    unit: 'mm',
    chunked: false,
    notes: [],
    emptySlices: [],
    planes: { xy: PLANE, xz: PLANE, yz: { ...PLANE, edges: null } },
  },
};

const wish = (fields: Partial<TileWish> = {}): TileWish => ({
  requestId: 1,
  plane: 'xy',
  index: 0,
  ...VOLUME_ITSELF,
  level: [0, 0],
  tile: [0, 0],
  priority: 'view',
  encoding: 'raw',
  ...fields,
});
const wishes = (fields: Partial<WishList> = {}): WishList => ({
  kind: 'wishes',
  revision: 1,
  preview: null,
  tiles: [],
  ...fields,
});

const HISTOGRAM: HistogramRequest = { kind: 'histogram', layer: 2, frame: 0, bins: 256 };
const PROBE: PointerMessage = {
  kind: 'probe',
  plane: 'yz',
  position: [0, 1, 0xffff_ffff],
  frame: 3,
  values: [-1024.5, null, [0, 128, 255], [1, 2, 3, 4]],
};
const BARS: Histogram = {
  kind: 'histogram',
  revision: 4,
  layer: 0,
  frame: 1,
  range: [-3, 3],
  edges: [-3.5, 4.5],
  counts: [1, 0, 0, 7],
  percentiles: [-3, -3, -3, -2, 0.5, 2, 3, 3, 3],
};
const NO_BARS: Histogram = { ...BARS, range: null, edges: [0, 1], counts: [], percentiles: [] };

const CLIENT_MESSAGES: readonly ClientMessage[] = [
  { type: 'hello', version: 1, nonce: HEX },
  { type: 'proof', proof: HEX },
  { type: 'open', viewId: ID },
  { type: 'close', viewId: ID },
  { type: 'credit', frames: 0 },
  { type: 'credit', frames: 4 },
  { type: 'ping' },
  { type: 'comm', viewId: ID, msgId: '', data: { method: 'update', state: { index: 3 }, buffer_paths: [] } },
  {
    type: 'comm',
    viewId: ID,
    msgId: 'm-1',
    data: {
      method: 'custom',
      content: {
        kind: 'wishes',
        revision: 0,
        preview: { window: [-1000, 400.5], quality: 100 },
        tiles: [
          wish({ requestId: 0xffff_ffff, plane: 'xz', index: 12, level: [15, 0], tile: [3, 4], encoding: 'preview' }),
          wish({ requestId: 0, priority: 'prefetch', encoding: 'packed' }),
          wish({ requestId: 7, priority: 'fill' }),
        ],
      },
    },
  },
  { type: 'comm', viewId: ID, msgId: '', data: { method: 'custom', content: wishes() } },
  ...[HISTOGRAM, PROBE, { ...PROBE, kind: 'click', values: [] } as const].map((content): ClientMessage => {
    return { type: 'comm', viewId: ID, msgId: '', data: { method: 'custom', content } };
  }),
];

const SERVER_MESSAGES: readonly ServerMessage[] = [
  { type: 'challenge', version: 1, nonce: HEX, proof: HEX },
  { type: 'welcome', instance: HEX },
  { type: 'opened', viewId: ID, channel: 1, state: STATE },
  { type: 'comm', viewId: ID, parentId: '', data: { method: 'update', state: STATE, buffer_paths: [] } },
  { type: 'comm', viewId: ID, parentId: 'm-1', data: { method: 'echo_update', state: { index: 1 }, buffer_paths: [] } },
  { type: 'closed', viewId: ID },
  { type: 'pong' },
  { type: 'error', code: 'unknown-view', message: 'Run the cell again.', viewId: ID },
  { type: 'error', code: 'unauthorized', message: 'Reload the page.' },
  { type: 'comm', viewId: ID, parentId: '', data: { method: 'custom', content: BARS } },
  { type: 'comm', viewId: ID, parentId: '', data: { method: 'custom', content: NO_BARS } },
];

const name = (message: ClientMessage | ServerMessage): string => {
  const kind = 'data' in message && message.data.method === 'custom' ? ` ${message.data.content.kind}` : '';
  const data = 'data' in message ? ` ${message.data.method}${kind}` : '';
  return `${message.type}${data}`;
};

describe('a message comes back as it was written', () => {
  test.each(CLIENT_MESSAGES.map((message) => [name(message), message] as const))('from a client: %s', (_, message) => {
    expect(parseClientMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each(SERVER_MESSAGES.map((message) => [name(message), message] as const))('to a client: %s', (_, message) => {
    expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
  });

  test('without the fields that it does not have', () => {
    const more = { secret: 'x', __proto__x: 1 };
    for (const message of CLIENT_MESSAGES) {
      expect(parseClientMessage(JSON.stringify({ ...message, ...more }))).toEqual(message);
    }
    expect(parseServerMessage(JSON.stringify({ ...SERVER_MESSAGES[5], ...more }))).toEqual(SERVER_MESSAGES[5]);
  });

  test('an error whose code is new to this side keeps it, and a missing sentence is empty', () => {
    const message = parseServerMessage('{"type":"error","code":"too-modern"}');
    expect(message).toEqual({ type: 'error', code: 'too-modern', message: '' });
  });
});

/** A valid message with some fields replaced; undefined takes one away. */
const changed = (message: object | undefined, fields: object): string => JSON.stringify({ ...message, ...fields });

const custom = (fields: object): object => ({ data: { method: 'custom', content: { ...wishes(), ...fields } } });
const tile = (fields: object): object => custom({ tiles: [wish(), { ...wish(), ...fields }] });
const preview = (fields: object): object => custom({ preview: { window: [0, 1], quality: 50, ...fields } });
const full = (tiles: number): object => custom({ tiles: Array.from({ length: tiles }, () => wish()) });
const asked = (fields: object): object => ({ data: { method: 'custom', content: { ...HISTOGRAM, ...fields } } });
const probe = (fields: object): object => ({ data: { method: 'custom', content: { ...PROBE, ...fields } } });
const bars = (fields: object): object => ({ data: { method: 'custom', content: { ...BARS, ...fields } } });
const WHOLE = 'expected a whole number from 0 to 4294967295';

describe('refused, with a sentence, is from a client', () => {
  const [hello, proof, open, close, credit, , , update] = CLIENT_MESSAGES;

  test.each<[string, string]>([
    ['', 'not JSON'],
    ['{"type":"open"', 'not JSON'],
    ['null', 'it is no object'],
    ['[]', 'it is no object'],
    ['"hello"', 'it is no object'],
    ['{}', 'type is undefined'],
    ['{"type":"welcome"}', 'type is "welcome"'],
    ['{"type":["open"]}', 'type is ["open"]'],
    ['{"type":"constructor"}', 'type is "constructor"'],
    [changed(hello, { version: 2 }), 'version 2, this side speaks 1'],
    [changed(hello, { version: '1' }), 'version "1", this side speaks 1'],
    [changed(hello, { nonce: undefined }), 'nonce is undefined'],
    [changed(hello, { nonce: HEX.slice(1) }), `nonce is "${HEX.slice(1)}"`],
    [changed(hello, { nonce: HEX.toUpperCase() }), `nonce is "${HEX.toUpperCase()}"`],
    [changed(hello, { nonce: 'g'.repeat(64) }), `nonce is "${'g'.repeat(64)}"`],
    [changed(proof, { proof: `${HEX}\n` }), `proof is "${HEX}\\n"`],
    [changed(proof, { proof: 7 }), 'proof is 7'],
    [changed(open, { viewId: '' }), 'viewId is ""'],
    [changed(open, { viewId: 'a/b' }), 'viewId is "a/b"'],
    [changed(open, { viewId: 'x'.repeat(129) }), `viewId is "${'x'.repeat(76)}...`],
    [changed(close, { viewId: null }), 'viewId is null'],
    [changed(credit, { frames: 5 }), 'frames is 5, expected a whole number from 0 to 4'],
    [changed(credit, { frames: -1 }), 'frames is -1, expected a whole number from 0 to 4'],
    [changed(credit, { frames: 0.5 }), 'frames is 0.5, expected a whole number from 0 to 4'],
    [changed(credit, { frames: '1' }), 'frames is "1", expected a whole number from 0 to 4'],
    [changed(update, { viewId: 3 }), 'viewId is 3'],
    [changed(update, { msgId: undefined }), 'msgId is undefined'],
    [changed(update, { msgId: 'a b' }), 'msgId is "a b"'],
    [changed(update, { data: null }), 'data is no object'],
    [changed(update, { data: [] }), 'data is no object'],
    [changed(update, { data: {} }), 'method is undefined'],
    [changed(update, { data: { method: 'echo_update', state: {} } }), 'method is "echo_update"'],
    [changed(update, { data: { method: 'update' } }), 'state is no object'],
    [changed(update, { data: { method: 'update', state: [1] } }), 'state is no object'],
    [changed(update, { data: { method: 'custom' } }), 'content is no object'],
    [changed(update, custom({ kind: 'volume' })), 'custom content of kind "volume"'],
    [changed(update, asked({ layer: -1 })), `layer is -1, ${WHOLE}`],
    [changed(update, asked({ frame: 0.5 })), `frame is 0.5, ${WHOLE}`],
    [changed(update, asked({ bins: 0 })), 'bins is 0, expected 1 to 256'],
    [changed(update, asked({ bins: 257 })), 'bins is 257, expected a whole number from 0 to 256'],
    [changed(update, probe({ kind: 'hover' })), 'custom content of kind "hover"'],
    [changed(update, probe({ plane: 'axial' })), 'plane is "axial"'],
    [changed(update, probe({ position: [0, 1] })), 'position is [0, 1], expected a list of 3 to 3'],
    [changed(update, probe({ position: [0, 1, 2.5] })), `position is 2.5, ${WHOLE}`],
    [changed(update, probe({ frame: '0' })), `frame is "0", ${WHOLE}`],
    [changed(update, probe({ values: 7 })), 'values is 7, expected a list of 0 to 256'],
    [
      changed(update, probe({ values: Array.from({ length: 257 }, () => 0) })),
      `values is [${'0, '.repeat(19)}0], expected a list of 0 to 256`,
    ],
    [changed(update, probe({ values: ['7'] })), 'value is ["7"], expected finite numbers'],
    [changed(update, probe({ values: [[1, 2]] })), 'value is [1, 2], expected a list of 3 to 4'],
    [changed(update, probe({ values: [[1, 2, null]] })), 'value is [1, 2, null], expected finite numbers'],
    [changed(update, custom({ revision: 2 ** 32 })), `revision is 4294967296, ${WHOLE}`],
    [changed(update, custom({ tiles: undefined })), 'tiles is undefined, expected a list of 0 to 256'],
    [changed(update, custom({ tiles: { length: 0 } })), 'tiles is an object, expected a list of 0 to 256'],
    [changed(update, custom({ tiles: [null] })), 'a tile is no object'],
    [changed(update, tile({ plane: 'axial' })), 'plane is "axial"'],
    [changed(update, tile({ index: -1 })), `index is -1, ${WHOLE}`],
    [changed(update, tile({ index: 1.5 })), `index is 1.5, ${WHOLE}`],
    [changed(update, tile({ requestId: undefined })), `requestId is undefined, ${WHOLE}`],
    [changed(update, tile({ level: 1 })), 'level is 1, expected a list of 2 to 2'],
    [changed(update, tile({ level: [0] })), 'level is [0], expected a list of 2 to 2'],
    [changed(update, tile({ level: [0, 22] })), 'level is 22, expected a whole number from 0 to 21'],
    [changed(update, tile({ tile: [0, 0, 0] })), 'tile is [0, 0, 0], expected a list of 2 to 2'],
    [changed(update, tile({ tile: [-1, 0] })), `tile is -1, ${WHOLE}`],
    [changed(update, tile({ priority: 'now' })), 'priority is "now"'],
    [changed(update, tile({ encoding: 'jpeg' })), 'encoding is "jpeg"'],
    [changed(update, tile({ encoding: 'preview' })), 'previews without settings'],
    [changed(update, custom({ preview: undefined })), 'preview is no object'],
    [changed(update, preview({ quality: 0 })), 'quality is 0, expected 1 to 100'],
    [changed(update, preview({ quality: 101 })), 'quality is 101, expected a whole number from 0 to 100'],
    [changed(update, preview({ window: [1, 1] })), "the preview's window is [1, 1]"],
    [changed(update, preview({ window: [null, 1] })), "the preview's window is [null, 1]"],
    [changed(update, preview({ window: [0] })), 'window is [0], expected a list of 2 to 2'],
    [changed(update, preview({ window: [-1e308, 1e308] })), "the preview's window is [-1e+308, 1e+308]"],
  ])('%s', (text, what) => {
    expect(refusal(() => parseClientMessage(text), 'protocol-error')).toEqual({
      message: `message: ${what}`,
      details: {},
    });
  });
});

test('a page that may only look may say what changes nothing, and nothing else', () => {
  const all: readonly [ClientMessage, boolean][] = [
    [{ type: 'hello', version: 1, nonce: HEX, access: 'look' }, true],
    [{ type: 'proof', proof: HEX }, true],
    [{ type: 'open', viewId: ID }, true],
    [{ type: 'close', viewId: ID }, true],
    [{ type: 'credit', frames: 1 }, true],
    [{ type: 'ping' }, true],
  ];
  for (const [message, isAllowed] of all) expect([message.type, isLooking(message)]).toEqual([message.type, isAllowed]);
  const comm = (data: object): ClientMessage =>
    parseClientMessage(JSON.stringify({ type: 'comm', viewId: ID, msgId: '', data }));
  const pointer = { plane: 'xy', position: [0, 0, 0], frame: 0, values: [] };
  const contents: readonly [object, boolean][] = [
    [{ kind: 'wishes', revision: 1, preview: null, tiles: [] }, true],
    [{ kind: 'histogram', layer: 0, frame: 0, bins: 4 }, true],
    [{ kind: 'probe', ...pointer }, false],
    [{ kind: 'click', ...pointer }, false],
  ];
  for (const [content, isAllowed] of contents) {
    expect([content, isLooking(comm({ method: 'custom', content }))]).toEqual([content, isAllowed]);
  }
  expect(isLooking(comm({ method: 'update', state: {}, buffer_paths: [] }))).toBe(false);
});

test('as many wishes as allowed are taken, and one more is refused', () => {
  const comm = CLIENT_MESSAGES[7];
  const message = parseClientMessage(changed(comm, full(LIMITS.wishes)));
  expect(message).toMatchObject({ data: { content: { tiles: { length: LIMITS.wishes } } } });
  expect(refusal(() => parseClientMessage(changed(comm, full(LIMITS.wishes + 1))), 'protocol-error').message).toMatch(
    /^message: tiles is \[an object, .*, expected a list of 0 to 256$/,
  );
});

test('a list of as many wishes as allowed fits into a message', () => {
  const largest = wish({
    requestId: 0xffff_ffff,
    index: 0xffff_ffff,
    level: [15, 15],
    tile: [0xffff_ffff, 0xffff_ffff],
    priority: 'prefetch',
    encoding: 'preview',
  });
  const tiles = Array.from({ length: LIMITS.wishes }, () => largest);
  const window = [-Number.MAX_VALUE / 3, Number.MAX_VALUE / 3] as const;
  const content = wishes({ revision: 0xffff_ffff, preview: { window, quality: 100 }, tiles });
  const id = 'x'.repeat(128);
  const text = JSON.stringify({ type: 'comm', viewId: id, msgId: id, data: { method: 'custom', content } });
  expect(text.length).toBeLessThanOrEqual(LIMITS.messageBytes);
});

describe('refused, with a sentence, is from the companion', () => {
  const [challenge, welcome, opened, update, , closed, , failed] = SERVER_MESSAGES;

  test.each<[string, string]>([
    ['', 'not JSON'],
    ['4', 'it is no object'],
    ['{"type":"hello"}', 'type is "hello"'],
    [changed(challenge, { version: 9 }), 'version 9, this side speaks 1'],
    [changed(challenge, { nonce: '00' }), 'nonce is "00"'],
    [changed(challenge, { proof: null }), 'proof is null'],
    [changed(welcome, { instance: '' }), 'instance is ""'],
    [changed(opened, { viewId: ' ' }), 'viewId is " "'],
    [changed(opened, { channel: -1 }), `channel is -1, ${WHOLE}`],
    [changed(opened, { state: 'x' }), 'state is no object'],
    [changed(update, { parentId: 0 }), 'parentId is 0'],
    [changed(update, { data: 0 }), 'data is no object'],
    [changed(update, { data: { method: 'replace', state: {} } }), 'method is "replace"'],
    [changed(update, { data: { method: 'custom', state: {} } }), 'content is no object'],
    [changed(update, bars({ kind: 'probe' })), 'custom content of kind "probe"'],
    [changed(update, bars({ revision: -1 })), `revision is -1, ${WHOLE}`],
    [changed(update, bars({ range: [0] })), 'range is [0], expected a list of 2 to 2'],
    [changed(update, bars({ range: [0, null] })), 'range is [0, null], expected finite numbers'],
    [changed(update, bars({ range: null })), 'counts is [1, 0, 0, 7], expected a list of 0 to 0'],
    [changed(update, bars({ edges: [1, 1] })), 'edges are [1, 1], expected low < high'],
    [changed(update, bars({ counts: ['1'] })), 'counts is ["1"], expected finite numbers'],
    [changed(update, bars({ counts: [] })), 'counts is [], expected a list of 1 to 256'],
    [changed(update, bars({ percentiles: [1] })), 'percentiles is [1], expected a list of 9 to 9'],
    [changed(update, { data: { method: 'update', state: null } }), 'state is no object'],
    [changed(closed, { viewId: undefined }), 'viewId is undefined'],
    [changed(failed, { code: undefined }), 'code is undefined'],
  ])('%s', (text, what) => {
    expect(refusal(() => parseServerMessage(text), 'protocol-error').message).toBe(`message: ${what}`);
  });
});

describe.each([
  ['client', parseClientMessage, CLIENT_MESSAGES],
  ['server', parseServerMessage, SERVER_MESSAGES],
] as const)('whatever a %s says, it is a message or a protocol-error', (_, parse, messages) => {
  /** True if it was a message. */
  function check(text: string): boolean {
    try {
      expect(typeof parse(text).type).toBe('string');
      return true;
    } catch (error) {
      if (!isSlicescopeError(error, 'protocol-error')) throw error;
      expect(error.message.length).toBeLessThan(200);
      return false;
    }
  }

  // fast-check's own unit `binary` takes seconds to build.
  const character = fc.nat({ max: 0x10_ffff }).map((code) => String.fromCodePoint(code));

  test('any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: character }), fc.json()), (text) => {
        check(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('messages with fields replaced by anything', () => {
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(...messages.flatMap((m) => Object.values<unknown>({ ...m }))),
    );
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.nat(), values, fc.boolean(), (message, at, value, deep) => {
        const data = 'data' in message && deep ? message.data : null;
        const keys = Object.keys(data ?? message);
        const change = { [keys[at % keys.length] as string]: value };
        const text = changed(message, data === null ? change : { data: { ...data, ...change } });
        if (check(text)) taken += 1;
        else refused += 1;
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });

  test('messages with characters changed', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 2 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...messages), edits, (message, changes) => {
        let text = JSON.stringify(message);
        for (const [at, piece] of changes) {
          const place = at % text.length;
          text = text.slice(0, place) + piece + text.slice(place + 1);
        }
        check(text);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['[', '{"a":'])('nesting as deep as a message is long: %s', (opening) => {
    const depth = Math.floor(60_000 / (opening.length + 1));
    const deep = opening.repeat(depth) + '0' + (opening === '[' ? ']' : '}').repeat(depth);
    expect(check(deep)).toBe(false);
    for (const field of ['type', 'viewId', 'version', 'code']) {
      for (const message of messages) check(changed(message, {}).replace(/\}$/, `,"${field}":${deep}}`));
    }
  });
});
