import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSlicescopeError } from '../errors';
import { HEADER_BYTES, decodeFrame, voxelsOf, writeHeader, type FrameHeader } from '../frame';
import { parseClientMessage, parseServerMessage } from '../messages';
import { ARRAY_OF, DTYPES, ENCODINGS, PLANES } from '../types';
import { VOLUME_ITSELF } from '../wishes';
import { Dice, fuzz, type FuzzReport } from './fuzz';

const SEED = 20_240_229;
/** A machine that does other things too may stop for a while; a decoder that hangs does not go on. */
const SLOWEST_MS = 5000;
/** Less than any object for each message would take. */
const GROWTH_BYTES = 8;

function expectSound({ taken, refused, slowestMs, growth }: FuzzReport, count: number): void {
  expect(taken + refused).toBe(count);
  expect(taken).toBeGreaterThan(count / 1000);
  expect(refused).toBeGreaterThan(count / 2);
  expect(slowestMs).toBeLessThan(SLOWEST_MS);
  // Of fewer, what is kept is less than what the heap grows by itself.
  if (count >= 1_000_000) expect(growth).toBeLessThan(count * GROWTH_BYTES);
}

/** Numbers at which arithmetic of 8 and 32 bits goes wrong. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 127, 128, 254, 255, 256, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

const HEX = 'ab'.repeat(32);
const TILE = {
  requestId: 1,
  plane: 'xy',
  index: 0,
  ...VOLUME_ITSELF,
  level: [0, 0],
  tile: [0, 0],
  priority: 'view',
  encoding: 'raw',
};
const WISHES = { kind: 'wishes', revision: 1, preview: { window: [0, 9], quality: 50 }, tiles: [TILE, TILE] };
const HISTOGRAM = { kind: 'histogram', layer: 0, frame: 1, bins: 64 };
const PROBE = { kind: 'probe', plane: 'xz', position: [1, 2, 3], frame: 0, values: [1.5, null, [1, 2, 3]] };
const BARS = { kind: 'histogram', revision: 1, layer: 0, frame: 0, range: [0, 9], edges: [0, 9], counts: [3, 4] };
const CLIENT = [
  { type: 'hello', version: 1, nonce: HEX },
  { type: 'proof', proof: HEX },
  { type: 'open', viewId: 'view-1' },
  { type: 'close', viewId: 'view-1' },
  { type: 'credit', frames: 1 },
  { type: 'ping' },
  { type: 'comm', viewId: 'v', msgId: 'm', data: { method: 'update', state: { index: 1 }, buffer_paths: [] } },
  { type: 'comm', viewId: 'v', msgId: 'm', data: { method: 'custom', content: WISHES } },
  { type: 'comm', viewId: 'v', msgId: 'm', data: { method: 'custom', content: HISTOGRAM } },
  { type: 'comm', viewId: 'v', msgId: 'm', data: { method: 'custom', content: PROBE } },
];
const SERVER = [
  { type: 'challenge', version: 1, nonce: HEX, proof: HEX },
  { type: 'welcome', instance: 'i' },
  { type: 'opened', viewId: 'v', channel: 1, state: { index: 1 } },
  { type: 'comm', viewId: 'v', parentId: '', data: { method: 'update', state: {}, buffer_paths: [] } },
  {
    type: 'comm',
    viewId: 'v',
    parentId: '',
    data: { method: 'custom', content: { ...BARS, percentiles: [0, 1, 2, 3, 4, 5, 6, 7, 8] } },
  },
  { type: 'closed', viewId: 'v' },
  { type: 'pong' },
  { type: 'error', code: 'unknown-view', message: 'Run the cell again.', viewId: 'v' },
];

/** How much is tried. */
export interface Amount {
  /** Of each kind, damaged in any way. */
  readonly messages: number;
  /** Of each kind, made from any values. */
  readonly made: number;
}

/** Tests that whatever arrives is a message or a frame, or refused. */
export function fuzzTests({ messages: count, made }: Amount): void {
  const each = count.toLocaleString('en');

  describe(`${each} binary frames`, () => {
    const header: FrameHeader = {
      channel: 1,
      requestId: 2,
      revision: 3,
      plane: 'xy',
      index: 4,
      level: [0, 1],
      dtype: 'uint8',
      components: 1,
      width: 9,
      height: 8,
      tile: { x: 1, y: 2, width: 4, height: 3 },
      encoding: 'raw',
    };
    /** A frame with these fields, which may be none that the companion would write. */
    function frameOf(fields: Partial<FrameHeader>, voxelBytes: number): Uint8Array<ArrayBuffer> {
      const frame = new Uint8Array(HEADER_BYTES + voxelBytes);
      writeHeader(frame, { ...header, ...fields });
      return frame;
    }
    const valid = DTYPES.flatMap((dtype) =>
      PLANES.flatMap((plane) =>
        (dtype === 'uint8' || dtype === 'uint16' ? [1, 3, 4] : [1]).map((components) =>
          frameOf({ dtype, plane, components }, 12 * components * ARRAY_OF[dtype].BYTES_PER_ELEMENT),
        ),
      ),
    );

    test('that are damaged, cut, lengthened, joined or nothing but noise are each a frame or a protocol-error', () => {
      const dice = new Dice(SEED);
      const noise = (length: number): Uint8Array<ArrayBuffer> => {
        const frame = new Uint8Array(length);
        for (let at = 0; at < length; at++) frame[at] = dice.below(256);
        return frame;
      };
      const damaged = (): Uint8Array<ArrayBuffer> => {
        const frame = dice.of(valid).slice();
        for (let change = dice.below(4); change >= 0; change--) frame[dice.below(frame.length)] = dice.below(256);
        return frame;
      };
      const edged = (): Uint8Array<ArrayBuffer> => {
        const frame = dice.of(valid).slice();
        const view = new DataView(frame.buffer);
        for (let change = dice.below(3); change >= 0; change--) {
          view.setUint32(4 * dice.below(HEADER_BYTES / 4), dice.of(EDGES), true);
        }
        return frame;
      };
      const sized = (): Uint8Array<ArrayBuffer> => {
        const frame = new Uint8Array(dice.below(200));
        frame.set(dice.of(valid).subarray(0, frame.length));
        return frame;
      };
      const joined = (): Uint8Array<ArrayBuffer> => {
        const [one, other] = [dice.of(valid), dice.of(valid)];
        const frame = new Uint8Array(one.length + dice.below(other.length));
        frame.set(one.subarray(0, dice.below(one.length)));
        frame.set(other.subarray(0, frame.length - one.length), one.length);
        return frame;
      };
      const makers = [damaged, damaged, edged, edged, sized, joined, () => noise(dice.below(120))];
      const report = fuzz(
        count,
        () => dice.of(makers)().buffer,
        (buffer) => {
          const frame = decodeFrame(buffer);
          const { tile, components, width, height, encoding, payload } = frame;
          // What is taken can be relied on.
          const elements = encoding === 'raw' ? voxelsOf(frame, payload).length : tile.width * tile.height * components;
          const isSound = elements === tile.width * tile.height * components && tile.x + tile.width <= width;
          if (!isSound || tile.y + tile.height > height) throw new Error('a frame that is none was taken');
        },
        (buffer) => Buffer.from(buffer).toString('hex'),
      );
      expectSound(report, count);
    });

    test('and those that the codec itself writes from any header', () => {
      const word = fc.oneof(fc.constantFrom(...EDGES), fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 12 }));
      const fields = fc.record({
        channel: word,
        requestId: word,
        revision: word,
        plane: fc.constantFrom(...PLANES),
        index: word,
        level: fc.tuple(fc.nat({ max: 255 }), fc.nat({ max: 255 })),
        encoding: fc.constantFrom(...ENCODINGS),
        dtype: fc.constantFrom(...DTYPES),
        components: fc.nat({ max: 5 }),
        width: word,
        height: word,
        tile: fc.record({ x: word, y: word, width: word, height: word }),
      });
      fc.assert(
        fc.property(fields, fc.nat({ max: 300 }), (some, voxelBytes) => {
          try {
            const frame = decodeFrame(frameOf(some, voxelBytes).buffer);
            const { tile, encoding, payload } = frame;
            if (encoding !== 'raw') return;
            expect(voxelsOf(frame, payload)).toHaveLength(tile.width * tile.height * some.components);
          } catch (error) {
            if (!isSlicescopeError(error, 'protocol-error')) throw error;
          }
        }),
        { numRuns: made },
      );
    });
  });

  describe.each([
    ['client', parseClientMessage, CLIENT],
    ['companion', parseServerMessage, SERVER],
  ] as const)(`${each} messages of a %s`, (_, parse, messages) => {
    const texts = messages.map((message) => JSON.stringify(message));

    test('that are damaged, cut, joined, deep or nothing but noise are each a message or a protocol-error', () => {
      const dice = new Dice(SEED);
      const tokens = ['{', '}', '[', ']', ':', ',', '"', '\\', 'null', 'true', '-0', '1e999', '-1', '1.5', '4294967296']
        .concat([
          '"__proto__"',
          '"constructor"',
          '"\\u0000"',
          '"\\ud800"',
          '{}',
          '[]',
          '""',
          '\u2028',
          '\ufeff',
          '\0',
          ' ',
        ])
        .concat(texts.flatMap((text) => text.match(/"\w+"/g) ?? []));
      const noise = (length: number): string => {
        let text = '';
        for (let at = 0; at < length; at++) text += String.fromCharCode(dice.below(dice.of([128, 256, 65_536])));
        return text;
      };
      const damaged = (): string => {
        let text = dice.of(texts);
        for (let change = dice.below(3); change >= 0; change--) {
          const at = dice.below(text.length);
          text = text.slice(0, at) + dice.of(tokens) + text.slice(at + dice.below(4));
        }
        return text;
      };
      /** One value replaced by something that is JSON too. */
      const valued = (): string =>
        dice.of(texts).replaceAll(/:("[^"]*"|\d+)/g, (whole) => (dice.below(3) > 0 ? whole : `:${dice.of(tokens)}`));
      const cut = (): string => dice.of(texts).slice(0, dice.below(200));
      const joined = (): string => cut() + dice.of(texts).slice(dice.below(60));
      const deep = (): string => {
        const depth = dice.below(50);
        return `{"type":${'['.repeat(depth)}${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}${']'.repeat(depth)}}`;
      };
      const makers = [damaged, damaged, damaged, valued, valued, cut, joined, deep, () => noise(dice.below(80))];
      const report = fuzz(
        count,
        () => dice.of(makers)(),
        (text) => {
          if (!messages.some(({ type }) => type === parse(text).type))
            throw new Error('a message that is none was taken');
        },
        (text) => JSON.stringify(text),
      );
      expectSound(report, count);
      expect(Object.keys(Object.prototype)).toEqual([]);
    });

    test('and those of the right form with any values', () => {
      const value = fc.oneof(
        fc.jsonValue({ maxDepth: 4 }),
        fc.constantFrom('', 'v', HEX, 0, 1, -1, 2 ** 32, 'update', 'custom'),
      );
      const fields = [
        'viewId',
        'msgId',
        'parentId',
        'nonce',
        'proof',
        'version',
        'frames',
        'channel',
        'state',
        'code',
        'data',
      ];
      const form = fc.record(
        {
          type: fc.constantFrom(...messages.map(({ type }) => type)),
          ...Object.fromEntries(fields.map((name) => [name, value])),
          data: fc.oneof(value, fc.record({ method: value, state: value, content: value })),
        },
        { requiredKeys: ['type'] },
      );
      fc.assert(
        fc.property(form, (message) => {
          try {
            expect(parse(JSON.stringify(message)).type).toBe(message.type);
          } catch (error) {
            if (!isSlicescopeError(error, 'protocol-error')) throw error;
            expect(error.message.length).toBeLessThan(200);
          }
        }),
        { numRuns: made },
      );
    });
  });
}
