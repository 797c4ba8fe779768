import { deflateSync } from 'node:zlib';
import { metaFile, nrrdFile, type Case } from './hostile-files';
import { mifHeader } from './mif-file';
import { tiffFile, type Tags } from './tiff-file';

const corrupt = 'file-corrupt';
const GRAY: Tags = { width: 4, height: 3, bits: 8, compression: 1, photometric: 1, samples: 1, rows: 3 };
const page = (tags: Tags): Uint8Array => tiffFile([{ parts: [new Uint8Array(12)], tags: { ...GRAY, ...tags } }]);
const LONG = 900_000;

/** OME-XML that says of all pages of a file, several times, which planes they are. */
function omeAgain(times: number, pages: number): string {
  const pixels = `<Pixels SizeX="4" SizeY="3" SizeZ="${String(pages)}" SizeC="1" SizeT="1" DimensionOrder="XYZCT">`;
  const all = `<TiffData IFD="0" PlaneCount="${String(pages)}"/>`.repeat(times);
  return `<OME><Image>${pixels}${all}</Pixels></Image></OME>`;
}

/** A deflated strip of so many zeros, which all pages share. */
function sharedStrip(pages: number, side: number): Uint8Array {
  const packed = deflateSync(new Uint8Array(side * side), { level: 9 });
  const tags = { ...GRAY, width: side, height: side, rows: side, compression: 8, offsets: 8, counts: packed.length };
  return tiffFile(Array.from({ length: pages }, (_, at) => ({ parts: at === 0 ? [packed] : [], tags })));
}

/** Counts that no file has the bytes for, and headers that took time with the square of their length. */
export const COUNTS: readonly Case[] = [
  [
    'a TIFF whose ImageJ says 10⁹ planes',
    'planes.tif',
    () => page({ description: `ImageJ=1.53\nimages=1000000000\nslices=1000000000` }),
    corrupt,
    'it says 1000000000 planes, more than its',
  ],
  [
    'a TIFF whose tifffile says 10⁹ planes',
    'planes.tif',
    () => page({ description: JSON.stringify({ shape: [1e9, 3, 4], truncated: true }) }),
    corrupt,
    'it says 1000000000 planes, more than its',
  ],
  [
    'a TIFF of more strips than it has bytes',
    'strips.tif',
    () => page({ offsets: null, rows: 1, height: 2 ** 26 }),
    corrupt,
    'truncated, a page has 0 strips or tiles',
  ],
  [
    'a TIFF of 3 GB in pages that share a strip',
    'shared.tif',
    () => sharedStrip(300, 3200),
    corrupt,
    'truncated, it has',
  ],
  [
    'a TIFF whose OME-XML says a page again and again',
    'again.tif',
    () =>
      tiffFile(
        Array.from({ length: 100 }, () => ({
          parts: [new Uint8Array(12)],
          tags: { ...GRAY, description: omeAgain(3, 100) },
        })),
      ),
    corrupt,
    'its OME-XML says of its pages again and again',
  ],
  [
    'NRRD of brackets',
    'brackets.nrrd',
    () => nrrdFile({ space: 'LPS', 'space directions': '('.repeat(LONG) }),
    corrupt,
    'its header says space directions',
  ],
  [
    'NRRD of spaces before a carriage return',
    'spaces.nrrd',
    () => nrrdFile({ type: `uchar${' '.repeat(LONG)}\rx` }),
    'unsupported-format',
    'it holds values of type',
  ],
  [
    'MetaImage of spaces in a value',
    'spaces.mha',
    () => metaFile({ NDims: '4', Comment: `x${' '.repeat(LONG)}y` }),
    corrupt,
    'its header says DimSize 2 × 3 × 4, expected 4 whole numbers',
  ],
  [
    'MRtrix of spaces in a file’s name',
    'spaces.mif',
    () => Buffer.from(mifHeader({ dim: [2, 3, 4], layout: '+0,+1,+2', fields: { file: `.${' '.repeat(LONG)}x` } })),
    corrupt,
    'only files in the folder',
  ],
];
