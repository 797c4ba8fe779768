import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../protocol';
import { openVolume } from '../index';
import { cheapRefusal } from '../testing/cost';
import { element, file, header, sequence, short, slice, text } from '../testing/dicom-file';

const DEFLATED = '1.2.840.10008.1.2.1.99';
const J2K = '1.2.840.10008.1.2.4.90';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-dicom-hostile-'));
  symlinkSync('/etc/passwd', join(folder, 'LINK'));
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
  readonly photometric?: string;
}

function body(fields: Fields): Buffer {
  const { rows = 4, columns = 3, frames = '1', bits = 16, stored = bits, pixels, before } = fields;
  return Buffer.concat([
    before ?? Buffer.alloc(0),
    short(0x00280002, 1),
    text(0x00280004, 'CS', fields.photometric ?? 'MONOCHROME2'),
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

/** Elements of a table of so many values, which take longer to read than all else. */
function table(count: number): Buffer {
  return Buffer.concat([short(0x00283002, count % 65_536, 0, 16), element(0x00283006, 'OW', Buffer.alloc(2 * count))]);
}

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

interface PaletteFields {
  readonly said?: readonly number[];
  readonly table?: readonly number[];
  readonly segments?: readonly number[];
}

/** A picture whose values stand for colours, with one table for red, green and blue. */
function paletteImage(
  { said = [4, 0, 16], table, segments }: PaletteFields,
  besides: Buffer = Buffer.alloc(0),
): Buffer {
  const words = (tag: number, values?: readonly number[]): Buffer =>
    values === undefined ? Buffer.alloc(0) : element(tag, 'OW', Buffer.from(Uint16Array.from(values).buffer));
  const tables = [1, 2, 3].flatMap((color) => [
    said.length === 0 ? Buffer.alloc(0) : short(0x00281100 + color, ...said),
    words(0x00281200 + color, table),
    words(0x00281220 + color, segments),
  ]);
  return image({ photometric: 'PALETTE COLOR', before: Buffer.concat([...tables, besides]) });
}

/** Segments of no values, and others that repeat them over and over. */
function idleSegments(): readonly number[] {
  const none = Array.from({ length: 2 ** 17 }, () => 0);
  return [...none, ...Array.from({ length: 90_000 }, () => [2, 65_535, 0, 0]).flat()];
}

interface CsaFields {
  readonly name?: string;
  readonly fields?: number;
  readonly items?: number;
  readonly length?: number;
  readonly value?: string;
  readonly isSecond?: boolean;
}

/** A mosaic of 4 × 3 pixels, or more, whose CSA header has one field with one value, whatever it says. */
function mosaic(csa: CsaFields, size: Fields = {}): Buffer {
  const { name = 'NumberOfImagesInMosaic', fields = 1, items = 1, value = '4', isSecond = true } = csa;
  const bytes = Buffer.alloc(8 + 8 + 84 + 16 + 16);
  const start = isSecond ? bytes.write('SV10', 'latin1') + 4 : 0;
  bytes.writeUInt32LE(fields, start);
  bytes.write(name, start + 8, 'latin1');
  bytes.writeInt32LE(items, start + 84);
  bytes.writeInt32LE(csa.length ?? value.length, start + 92 + (isSecond ? 4 : 0));
  bytes.write(value, start + 108, 'latin1');
  const said = [
    text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\M\\MOSAIC'),
    text(0x00290010, 'LO', 'SIEMENS CSA HEADER'),
    element(0x00291010, 'OB', bytes),
  ];
  return image({ ...size, before: Buffer.concat(said) });
}

/** A DICOMDIR of these files. After each record the first one follows again. */
function listing(...files: readonly string[]): Buffer {
  const items = files.map((name) => {
    const next = element(0x00041400, 'UL', Buffer.from(Uint32Array.of(132).buffer));
    const record = Buffer.concat([next, text(0x00041500, 'CS', name)]);
    const head = Buffer.from('feff00e000000000', 'hex');
    head.writeUInt32LE(record.length, 4);
    return Buffer.concat([head, record]);
  });
  return file(element(0x00041220, 'SQ', Buffer.concat(items)), undefined, '1.2.840.10008.1.3.10');
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
  [
    'two million frames of one pixel',
    () =>
      image({
        ...{ rows: 1, columns: 1, bits: 8, frames: '2000000' },
        pixels: element(0x7fe00010, 'OW', Buffer.alloc(2e6)),
      }),
    'unsupported-format',
    /2000000 frames, of at most 65536/,
  ],
  [
    '20,000 frames that are not there, with a table of 65,536 values',
    () => image({ frames: '20000', before: sequence(0x00283000, [table(65_536)]) }),
    'file-corrupt',
    /truncated, it has 24 bytes of pixels/,
  ],
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
  [
    'a palette of fewer colours than it says',
    () => paletteImage({ table: [7] }),
    'file-corrupt',
    /its palette has 2 colours, and says 4/,
  ],
  [
    'a palette without tables',
    () => paletteImage({ said: [0, 0, 8] }),
    'file-corrupt',
    /has 0 colours, and says 65536/,
  ],
  [
    'a palette of 12 bits',
    () => paletteImage({ said: [4, 0, 12] }),
    'file-corrupt',
    /4 colours of 12 bits, expected 8 or/,
  ],
  [
    'a palette that says how many only',
    () => paletteImage({ said: [4] }),
    'file-corrupt',
    /4 colours of undefined bits/,
  ],
  [
    'a palette that says nothing',
    () => paletteImage({ said: [] }),
    'file-corrupt',
    /its palette says undefined colours/,
  ],
  [
    'a palette with transparency',
    () => paletteImage({ table: [1, 2, 3, 4] }, element(0x00281204, 'OW', Buffer.alloc(8))),
    'unsupported-format',
    /a palette with transparency/,
  ],
  [
    'a segment of a palette that repeats itself',
    () => paletteImage({ segments: [2, 65_535, 0, 0] }),
    'file-corrupt',
    /its palette has 0 colours, and says 4/,
  ],
  [
    'segments of a palette that repeat each other',
    () => paletteImage({ segments: [2, 1, 4, 0, 2, 1, 0, 0] }),
    'file-corrupt',
    /its palette has 0 colours/,
  ],
  [
    'a segment of a palette with more values than it may have',
    () => paletteImage({ segments: [0, 65_535, 1, 2] }),
    'file-corrupt',
    /its palette has 0 colours/,
  ],
  [
    'a segment with fewer values than it says',
    () => paletteImage({ segments: [0, 4, 1, 2] }),
    'file-corrupt',
    /has 0 col/,
  ],
  ['a line of a palette without a start', () => paletteImage({ segments: [1, 4, 9] }), 'file-corrupt', /has 0 colours/],
  [
    'segments that repeat nothing 6 000 000 000 times',
    () => paletteImage({ segments: idleSegments() }),
    'file-corrupt',
    /has 0 colours/,
  ],
  [
    'a CSA header of 2³² − 1 fields',
    () => mosaic({ name: 'Other', fields: 0xffff_ffff }),
    'unsupported-format',
    /does not say how many there are/,
  ],
  [
    'a field of a CSA header with 2³¹ − 1 values',
    () => mosaic({ name: 'Other', items: 0x7fff_ffff }),
    'unsupported-format',
    /does not say how many there are/,
  ],
  ['a field of a CSA header with −1 values', () => mosaic({ items: -1 }), 'unsupported-format', /not say how many/],
  [
    'a value of nearly 2 GiB in a CSA header',
    () => mosaic({ length: 0x7fff_fff0 }),
    'unsupported-format',
    /not say how many/,
  ],
  ['a value of −16 bytes in a CSA header', () => mosaic({ length: -16 }), 'unsupported-format', /not say how many/],
  [
    'a CSA header of the first version whose lengths are −2³¹ too many',
    () => mosaic({ isSecond: false, items: -(2 ** 31) }),
    'unsupported-format',
    /not say how many/,
  ],
  ['a mosaic of endless slices', () => mosaic({ value: 'Infinity' }), 'unsupported-format', /not say how many/],
  ['a mosaic of −4 slices', () => mosaic({ value: '-4' }), 'unsupported-format', /not say how many/],
  [
    'a mosaic of 65535² slices, each a pixel',
    () => mosaic({ value: '4294836225' }, { rows: 65_535, columns: 65_535 }),
    'file-corrupt',
    /a mosaic of 4294836225 slices \(NumberOfImagesInMosaic\), of at most 4096/,
  ],
  [
    'a DICOMDIR whose records go round in a circle',
    () => listing('GONE', 'GONE'),
    'unsupported-format',
    /no DICOM images in it/,
  ],
  ['a DICOMDIR that lists itself', () => listing('file.dcm'), 'unsupported-format', /no DICOM images in it/],
  [
    'a DICOMDIR that lists itself 20 000 times',
    () => listing(...Array.from({ length: 20_000 }, () => 'file.dcm')),
    'unsupported-format',
    /no DICOM images in it/,
  ],
  ['a DICOMDIR that leads upwards', () => listing('..\\..\\etc\\passwd'), 'file-corrupt', /ReferencedFileID/],
  ['a DICOMDIR that leads anywhere', () => listing('/etc/passwd'), 'file-corrupt', /lists the file "\/etc\/passwd"/],
  [
    'a DICOMDIR that leads to a link',
    () => listing('LINK'),
    'file-corrupt',
    /lists the file "LINK" \(ReferencedFileID\)/,
  ],
  ['a DICOMDIR with its own folder', () => listing('.'), 'file-corrupt', /lists the file "." \(ReferencedFileID\)/],
  [
    'no preamble, and pixels cut off',
    () => Buffer.concat(slice([1, 2, 3, 4, 5, 6], 0, 1)).subarray(0, -1),
    'file-corrupt',
    /truncated, it has 11 bytes of pixels|cannot be followed/,
  ],
  [
    'no preamble, and elements cut off',
    () => Buffer.concat(slice([1, 2, 3, 4, 5, 6], 0, 1).slice(0, 9)).subarray(0, -1),
    'file-corrupt',
    /cannot be followed/,
  ],
  [
    'no preamble, and a header without a transfer syntax',
    () => Buffer.concat([text(0x00020002, 'UI', '1.2.840.1.1'), text(0x00020003, 'UI', '1.2.3.4.5')]),
    'file-corrupt',
    /missing the transfer syntax/,
  ],
  [
    'no preamble, and a compression of no name',
    () =>
      Buffer.concat([
        text(0x00020002, 'UI', '1.2.840.1.1'),
        header('1.2.840.3').subarray(12),
        body({ pixels: packed(SIZ) }),
      ]),
    'unsupported-format',
    /compressed with 1.2.840.3/,
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
