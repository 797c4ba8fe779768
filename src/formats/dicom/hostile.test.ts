import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../protocol';
import { openVolume } from '../index';
import { cheapRefusal } from '../testing/cost';

const LITTLE = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const J2K = '1.2.840.10008.1.2.4.90';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-dicom-hostile-'));
  await open(image({})); // What a thread takes when it starts for the first time is no file's.
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const open = async (bytes: Uint8Array): Promise<unknown> => {
  const path = join(folder, 'file.dcm');
  writeFileSync(path, bytes);
  return await openVolume(path);
};

/** An element with an explicit VR, little endian. */
function element(tag: number, vr: string, value: Uint8Array, length = value.length): Buffer {
  const isLong = ['OB', 'OW', 'SQ', 'UN'].includes(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return Buffer.concat([head, value]);
}

const short = (tag: number, value: number): Buffer => element(tag, 'US', Buffer.from(Uint16Array.of(value).buffer));
const text = (tag: number, vr: string, value: string): Buffer =>
  element(tag, vr, Buffer.from(value.length % 2 ? `${value} ` : value));

function file(body: Uint8Array, syntax = LITTLE): Buffer {
  const uid = text(0x00020010, 'UI', syntax);
  const length = element(0x00020000, 'UL', Buffer.from(Uint32Array.of(uid.length).buffer));
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, uid, body]);
}

/** So many zeros in one stream; a part is packed once. */
function deflatedZeros(count: number): Buffer {
  const zeros = Buffer.alloc(2 ** 24);
  const part = deflateRawSync(zeros, { finishFlush: constants.Z_FULL_FLUSH });
  const parts = Array.from({ length: count / zeros.length - 1 }, () => part);
  return Buffer.concat([...parts, deflateRawSync(zeros)]);
}

interface Fields {
  readonly rows?: number;
  readonly columns?: number;
  readonly frames?: string;
  readonly bits?: number;
  readonly stored?: number;
  readonly pixels?: Buffer;
  readonly before?: Buffer;
}

function body({ rows = 4, columns = 3, frames = '1', bits = 16, stored = bits, pixels, before }: Fields): Buffer {
  return Buffer.concat([
    before ?? Buffer.alloc(0),
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    text(0x00280008, 'IS', frames),
    short(0x00280010, rows),
    short(0x00280011, columns),
    short(0x00280100, bits),
    short(0x00280101, stored),
    short(0x00280103, 0),
    pixels ?? element(0x7fe00010, 'OW', Buffer.alloc(24)),
  ]);
}

const image = (fields: Fields): Buffer => file(body(fields));

/** Packed pixels: an empty offset table, one fragment, and the end. */
function packed(bytes: Uint8Array): Buffer {
  const item = (value: Uint8Array): Buffer => {
    const head = Buffer.from('feff00e000000000', 'hex');
    head.writeUInt32LE(value.length, 4);
    return Buffer.concat([head, value]);
  };
  const end = Buffer.from('feffdde000000000', 'hex');
  return element(0x7fe00010, 'OB', Buffer.concat([item(Buffer.alloc(0)), item(bytes), end]), 0xffffffff);
}

/** Sequences in sequences, each of undefined length; without their ends. */
function nested(depth: number): Buffer {
  const level = Buffer.concat([
    element(0x00081140, 'SQ', Buffer.alloc(0), 0xffffffff),
    Buffer.from('feff00e0ffffffff', 'hex'),
  ]);
  return Buffer.concat(Array.from({ length: depth }, () => level));
}

const SIZ = Buffer.concat([
  Buffer.from('ff4fff51002f0000', 'hex'),
  Buffer.from('0000ffff0000ffff0000000000000000', 'hex'),
  Buffer.alloc(40),
]);

type Case = readonly [what: string, bytes: () => Buffer, code: ErrorCode, sentence: RegExp];

const CASES: readonly Case[] = [
  ['the prefix alone', () => file(Buffer.alloc(0)), 'file-corrupt', /cannot be followed/],
  [
    'no transfer syntax',
    () => Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]),
    'file-corrupt',
    /cannot be followed/,
  ],
  ['truncated in its elements', () => image({}).subarray(0, 230), 'file-corrupt', /cannot be followed|has no|columns/],
  [
    'truncated in its pixels',
    () => image({}).subarray(0, -1),
    'file-corrupt',
    /truncated, it has 23 bytes of pixels, but its header says 24/,
  ],
  ['65535 × 65535 pixels', () => image({ rows: 65535, columns: 65535 }), 'file-corrupt', /truncated, it has 24 bytes/],
  ['2³¹ − 1 frames', () => image({ frames: '2147483647' }), 'file-corrupt', /2147483647 frames/],
  ['negative frames', () => image({ frames: '-3' }), 'file-corrupt', /-3 frames/],
  ['no rows', () => image({ rows: 0 }), 'file-corrupt', /3 columns and 0 rows/],
  ['24 bits allocated', () => image({ bits: 24 }), 'unsupported-format', /24 bits a sample/],
  ['more bits stored than allocated', () => image({ stored: 17 }), 'file-corrupt', /17 bits stored of 16/],
  [
    'sequences in sequences, 100 000 deep',
    () => image({ before: nested(100_000) }),
    'file-corrupt',
    /cannot be followed/,
  ],
  [
    'an element of undefined length that never ends',
    () => image({ before: element(0x00091010, 'UN', Buffer.alloc(64), 0xffffffff) }),
    'file-corrupt',
    /cannot be followed/,
  ],
  [
    'an element of nearly 4 GiB',
    () => image({ before: element(0x00091010, 'OB', Buffer.alloc(8), 0xfffffff0) }),
    'file-corrupt',
    /cannot be followed/,
  ],
  [
    'pixels of undefined length that are not packed',
    () => image({ pixels: packed(Buffer.alloc(24)) }),
    'unsupported-format',
    /compressed/,
  ],
  [
    'packed pixels that never end',
    () => file(body({ pixels: packed(SIZ).subarray(0, -60) }), J2K),
    'file-corrupt',
    /followed|decoded|frame/,
  ],
  [
    'packed pixels of no kind',
    () => file(body({ pixels: packed(Buffer.alloc(64, 7)) }), J2K),
    'file-corrupt',
    /cannot be decoded|once decoded/,
  ],
  [
    'packed pixels that say another size',
    () => file(body({ pixels: packed(SIZ) }), J2K),
    'file-corrupt',
    /its frame has 65535 × 65535/,
  ],
  [
    'packed pixels of 8 GiB in a few bytes',
    () => file(body({ rows: 65535, columns: 65535, pixels: packed(SIZ) }), J2K),
    'file-corrupt',
    /cannot be packed from/,
  ],
  [
    'a compression of no name',
    () => file(body({ pixels: packed(SIZ) }), '1.2.3'),
    'unsupported-format',
    /compressed with 1.2.3/,
  ],
  ['a bomb of 256 MB, deflated', () => file(deflatedZeros(2 ** 28), DEFLATED), 'file-corrupt', /cannot be followed/],
  ['deflated garbage', () => file(Buffer.alloc(64, 0xff), DEFLATED), 'file-corrupt', /cannot be followed/],
];

test.each(CASES)('%s: refused with a sentence, soon, taking little', async (_, bytes, code, sentence) => {
  const given = bytes();
  const error = await cheapRefusal(() => open(given));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(sentence);
});

test('bits that are not stored are left out', async () => {
  const pixels = element(0x7fe00010, 'OW', Buffer.alloc(24, 0xf1));
  expect(Array.from(((await open(image({ stored: 12, pixels }))) as { data: Uint16Array }).data)).toEqual(
    Array(12).fill(0x1f1),
  );
});
