import { deflateSync } from 'node:zlib';
import type { Case } from './hostile-files';
import { TAG, tiffFile, type Tags } from './tiff-file';

const corrupt = 'file-corrupt';
const unsupported = 'unsupported-format';

/** Of 4 × 3 bytes. */
const GRAY: Tags = { width: 4, height: 3, bits: 8, compression: 1, photometric: 1, samples: 1, rows: 3 };
const PALETTE: Tags = { ...GRAY, photometric: 3, colors: Array.from({ length: 768 }, (_, i) => 257 * (i % 256)) };
const PACKED: Tags = { ...GRAY, compression: 32_773 };

const page = (tags: Tags, ...parts: readonly Uint8Array[]): Uint8Array => tiffFile([{ parts, tags }]);
const palette = (tags: Tags): Uint8Array => page({ ...PALETTE, ...tags }, new Uint8Array(12));

/** A file with a palette whose entry in the directory is written over. */
function withEntry(change: (entry: DataView) => void): Uint8Array {
  const file = palette({});
  const view = new DataView(file.buffer);
  const directory = view.getUint32(4, true);
  for (let at = directory + 2; ; at += 12) {
    if (view.getUint16(at, true) !== TAG.colors) continue;
    change(new DataView(file.buffer, at, 12));
    return file;
  }
}

/** Palettes, packed bits and PackBits of TIFF. */
export const TIFF: readonly Case[] = [
  [
    'a palette of too few colours',
    'palette.tif',
    () => palette({ colors: [1, 2, 3] }),
    corrupt,
    'its palette (ColorMap) has 3 numbers, expected 768',
  ],
  ['no palette', 'palette.tif', () => palette({ colors: null }), corrupt, 'its palette (ColorMap) has 0 numbers'],
  [
    'a palette of 256 colours for 12 bits',
    'palette.tif',
    () => palette({ bits: 12 }),
    corrupt,
    'its palette (ColorMap) has 768 numbers, expected 12288',
  ],
  [
    'a palette past the end',
    'palette.tif',
    () =>
      withEntry((entry) => {
        entry.setUint32(8, 1_000_000, true);
      }),
    corrupt,
    'truncated, its ColorMap lie past its end',
  ],
  [
    'a palette of 2³² − 1 numbers',
    'palette.tif',
    () =>
      withEntry((entry) => {
        entry.setUint32(4, 0xffff_ffff, true);
      }),
    corrupt,
    'truncated, its ColorMap lie past its end',
  ],
  [
    'a palette of floats',
    'palette.tif',
    () =>
      withEntry((entry) => {
        entry.setUint16(2, 11, true);
      }),
    corrupt,
    'its ColorMap are of the type 11',
  ],
  [
    'a palette for floats',
    'palette.tif',
    () => page({ ...PALETTE, bits: 32, format: 3 }, new Uint8Array(48)),
    unsupported,
    'pixels of 1 samples of float32, photometric interpretation 3',
  ],
  [
    'planes of ImageJ that are not there',
    'planes.tif',
    () => page({ ...GRAY, description: 'ImageJ=1.53t\nimages=20000000\n' }, new Uint8Array(12)),
    corrupt,
    'bytes, and its 20000000 planes end at',
  ],
  [
    'planes of ImageJ in packed bytes',
    'planes.tif',
    () =>
      page(
        { ...GRAY, compression: 8, description: 'ImageJ=1.53t\nimages=20000000\n' },
        deflateSync(new Uint8Array(12)),
      ),
    unsupported,
    'it says 20000000 planes in one directory, and its strips do not lie behind one another',
  ],
  [
    '12 bits, cut off',
    'bits.tif',
    () => page({ ...GRAY, bits: 12 }, new Uint8Array(17)),
    corrupt,
    'truncated, a page has 17 bytes of pixels, and its size needs 18',
  ],
  [
    '2⁶⁴ pixels of one bit',
    'bits.tif',
    () => page({ ...GRAY, bits: 1, width: 0xffff_ffff, height: 0xffff_ffff, rows: 0xffff_ffff }, new Uint8Array(12)),
    corrupt,
    'truncated, a page has 12 bytes of pixels',
  ],
  [
    'one bit, unpacked to too little',
    'bits.tif',
    () => page({ ...GRAY, bits: 1, compression: 8 }, deflateSync(new Uint8Array(2))),
    corrupt,
    'truncated, a strip or tile unpacks to 2 bytes, and its size needs 3',
  ],
  [
    'a predictor of 4 bits',
    'bits.tif',
    () => page({ ...GRAY, bits: 4, compression: 8, predictor: 2 }, deflateSync(new Uint8Array(6))),
    unsupported,
    'it has a predictor of samples of 4 bits (Predictor)',
  ],
  [
    'PackBits cut off in a literal',
    'packed.tif',
    () => page(PACKED, Uint8Array.of(11, 1, 2, 3)),
    corrupt,
    'truncated, a strip or tile unpacks to 3 bytes, and its size needs 12',
  ],
  [
    'PackBits cut off before what is to be repeated',
    'packed.tif',
    () => page(PACKED, Uint8Array.of(1, 7, 8, 0x81)),
    corrupt,
    'truncated, a strip or tile unpacks to 2 bytes, and its size needs 12',
  ],
  [
    'PackBits that says nothing',
    'packed.tif',
    () => page(PACKED, new Uint8Array(1_000_000).fill(0x80)),
    corrupt,
    'truncated, a strip or tile unpacks to 0 bytes, and its size needs 12',
  ],
  [
    'PackBits of 128 MB where 8 bytes are needed',
    'packed.tif',
    () => page({ ...PACKED, rows: 2 }, new Uint8Array(2 ** 20).fill(0x81), Uint8Array.of(0x80)),
    corrupt,
    'truncated, a strip or tile unpacks to 0 bytes, and its size needs 4',
  ],
];
