/** Tags of TIFF, and what ImageJ and OME-XML say in one of them. */
import { expect } from '@jest/globals';
import { deflateSync } from 'node:zlib';
import { tiffFile, type PageBytes, type Tags } from '../tiff-file';
import { casesOf, type Files, type Outcome, type Said, type TableCases } from './cases';

const BYTES = Uint8Array.from({ length: 24 }, (_, i) => 3 + 7 * i);
const ALL = Array.from(BYTES);
const pixels = (...at: readonly number[]): number[] => at.flatMap((page) => ALL.slice(6 * page, 6 * page + 6));
const GRAY: Tags = { width: 3, height: 2, bits: 8, compression: 1, photometric: 1, samples: 1, rows: 2 };
const page = (at: number, tags: Tags = {}, bytes: Uint8Array = BYTES.subarray(6 * at, 6 * at + 6)): PageBytes => ({
  parts: [bytes],
  tags: { ...GRAY, ...tags },
});
const file = (...pages: readonly PageBytes[]): Files => ({ 'a.tif': tiffFile(pages) });
const tiff = (tags: Tags): Files => file(page(0, tags), page(1, tags));
const BASE = tiff({});
const reversed = (bits: number): number =>
  Number.parseInt(bits.toString(2).padStart(8, '0').split('').reverse().join(''), 2);
const packed = (bytes: Uint8Array): Uint8Array => deflateSync(bytes);
const deflated = (tags: Tags): Files => file(page(0, { compression: 8, ...tags }, packed(BYTES.subarray(0, 6))));
const colors = Array.from({ length: 768 }, (_, i) => (i < 256 ? 256 * (255 - i) : 256 * 7));
const words = (tags: Tags): Files => file({ parts: [BYTES.subarray(0, 12)], tags: { ...GRAY, bits: 16, ...tags } });
const rgb = (tags: Tags): Files =>
  file({ parts: [BYTES.subarray(0, 18)], tags: { ...GRAY, bits: [8, 8, 8], samples: 3, photometric: 2, ...tags } });
const alpha = (extra: number): Files =>
  file({ parts: [BYTES.subarray(0, 12)], tags: { ...GRAY, bits: [8, 8], samples: 2, extra } });
const tile = Uint8Array.from({ length: 256 }, (_, i) => i);
const tiled = (tags: Tags, parts: readonly Uint8Array[] = [tile]): Files =>
  file({ parts, tags: { ...GRAY, width: 16, height: 16, rows: null, tileWidth: 16, tileHeight: 16, ...tags } });
const TILED = tiled({});
const blank = (tags: Tags): Files => tiled({ width: 32, ...tags }, [new Uint8Array(0), tile]);

const ignored = (base: (tags: Tags) => Files, all: Readonly<Record<string, Tags>>): Said =>
  Object.fromEntries(Object.entries(all).map(([name, tags]) => [name, [[base(tags), {}]]]));

export const TIFF: TableCases = {
  title: 'TIFF',
  cases: casesOf(BASE, {
    NewSubfileType: [[file(page(0), page(1, { subfile: 1 })), { shape: [3, 2, 1], data: pixels(0) }]],
    SubfileType: [[file(page(0), page(1, { oldSubfile: 2 })), { shape: [3, 2, 1], data: pixels(0) }]],
    ImageWidth: [[tiff({ width: 2, height: 3, rows: 3 }), { shape: [2, 3, 2] }]],
    ImageLength: [[tiff({ height: 1, rows: 1 }), { shape: [3, 1, 2], data: [...ALL.slice(0, 3), ...ALL.slice(6, 9)] }]],
    BitsPerSample: [
      [tiff({ bits: 4, width: 6 }), { shape: [6, 2, 2], data: pixels(0, 1).flatMap((each) => [each >> 4, each & 15]) }],
      [tiff({ bits: 24, width: 1 }), '(BitsPerSample)'],
    ],
    Compression: [
      [deflated({}), {}, file(page(0))],
      [tiff({ compression: 32_773 }), 'truncated, a strip'],
      [tiff({ compression: 2 }), 'it is packed with compression 2 (CCITT)'],
    ],
    PhotometricInterpretation: [
      [tiff({ photometric: 0 }), { invert: true }],
      [tiff({ photometric: 6 }), 'photometric interpretation 6'],
    ],
    FillOrder: [[tiff({ fillOrder: 2 }), { data: pixels(0, 1).map(reversed) }]],
    ImageDescription: [
      [tiff({ description: 'ImageJ=1.53t\nimages=2\nframes=2\n' }), { shape: [3, 2, 1], frames: 2 }],
      [tiff({ description: 'a scan' }), {}],
    ],
    StripOffsets: [[tiff({ offsets: 8 }), { data: pixels(0, 0) }]],
    SamplesPerPixel: [
      [rgb({}), { components: 3, shape: [3, 2, 1], data: ALL.slice(0, 18) }, BASE],
      [tiff({ samples: 2, width: 1, bits: [8, 8] }), 'pixels of 2 samples'],
    ],
    RowsPerStrip: [
      [file({ parts: [BYTES.subarray(0, 3), BYTES.subarray(3, 6)], tags: { ...GRAY, rows: 1 } }), {}, file(page(0))],
      [file(page(0, { rows: 1 })), 'truncated, a page has 1 strips or tiles', file(page(0))],
    ],
    StripByteCounts: [[tiff({ counts: 5 }), 'truncated']],
    PlanarConfiguration: [
      [
        file({
          parts: [0, 1, 2].map((at) => BYTES.subarray(6 * at, 6 * at + 6)),
          tags: { ...GRAY, bits: [8, 8, 8], samples: 3, photometric: 2, planar: 2 },
        }),
        { data: expect.any(Array) },
        rgb({}),
      ],
    ],
    Predictor: [
      [deflated({ predictor: 2 }), { data: expect.any(Array) }, deflated({})],
      [tiff({ predictor: 2 }), '(Predictor)'],
      [deflated({ predictor: 5 }), '(Predictor)', deflated({})],
    ],
    ColorMap: [[file(page(0, { photometric: 3, colors })), { components: 3, data: expect.any(Array) }, file(page(0))]],
    TileWidth: [[tiled({ tileWidth: 32, width: 32, height: 8, tileHeight: 8 }), { shape: [32, 8, 1] }, TILED]],
    TileLength: [[tiled({ tileHeight: 32 }), 'truncated', TILED]],
    TileOffsets: [[tiled({ tileOffsets: 9 }), { data: expect.any(Array) }, TILED]],
    TileByteCounts: [[tiled({ tileCounts: 255 }), 'truncated', TILED]],
    SubIFDs: [[tiff({ subIFDs: 8 }), {}]],
    ExtraSamples: [
      [alpha(2), {}, alpha(1)],
      [alpha(0), 'pixels of 2 samples', alpha(1)],
    ],
    SampleFormat: [
      [words({ format: 2 }), { dtype: 'int16' }, words({})],
      [words({ format: 3 }), { dtype: 'float32', data: expect.any(Array) }, words({})],
      [words({ format: 6 }), '16 bits of format 6', words({})],
    ],
    GDAL_NODATA: [[blank({ noData: '7' }), { padding: [7, 7], data: expect.any(Array) }, blank({})]],
    GDAL_METADATA: [
      [
        tiff({
          gdal: '<GDALMetadata><Item name="OFFSET" sample="0" role="offset">-5</Item><Item name="SCALE" sample="0" role="scale">0.5</Item></GDALMetadata>',
        }),
        { rescale: { slope: 0.5, intercept: -5 } },
      ],
      [tiff({ gdal: '<GDALMetadata><Item name="AREA">x</Item></GDALMetadata>' }), {}],
    ],
    UIC2Tag: [
      [
        file(page(0, { uic2: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1].slice(0, 4), counts: 6 }, BYTES)),
        { shape: [3, 2, 2], data: pixels(0, 1) },
        file(page(0, { counts: 6 }, BYTES)),
      ],
    ],
    ImageDepth: [
      [tiff({ depth: 2 }), '(ImageDepth)'],
      [tiff({ depth: 1 }), {}],
    ],
    TileDepth: [[tiled({ tileDepth: 2 }), '(TileDepth)', TILED]],
    Orientation: [
      [tiff({ orientation: 4 }), { notes: [expect.stringContaining('Orientation')] }],
      [tiff({ orientation: 1 }), {}],
    ],
    ...ignored(tiff, {
      ...{ Threshholding: { threshholding: 2 }, CellWidth: { cellWidth: 3 }, CellLength: { cellLength: 3 } },
      ...{ DocumentName: { document: 'x' }, Make: { make: 'x' }, Model: { model: 'x' }, Software: { software: 'x' } },
      ...{
        MinSampleValue: { least: 5 },
        MaxSampleValue: { most: 99 },
        SMinSampleValue: { signedLeast: 5 },
        SMaxSampleValue: { signedMost: 9 },
      },
      ...{ XResolution: { across: [2, 1] }, YResolution: { down: [2, 1] }, ResolutionUnit: { resolutionUnit: 3 } },
      ...{
        PageName: { pageName: 'x' },
        PageNumber: { pageNumber: 5 },
        XPosition: { xPosition: [5, 1] },
        YPosition: { yPosition: [5, 1] },
      },
      ...{
        FreeOffsets: { freeOffsets: 5 },
        FreeByteCounts: { freeCounts: 5 },
        GrayResponseUnit: { grayUnit: 3 },
        GrayResponseCurve: { grayCurve: [1, 2] },
      },
      ...{
        T4Options: { t4: 1 },
        T6Options: { t6: 1 },
        TransferFunction: { transfer: [1, 2] },
        DateTime: { date: 'x' },
        Artist: { artist: 'x' },
      },
      ...{
        HostComputer: { host: 'x' },
        WhitePoint: { white: [1, 2, 3, 4] },
        PrimaryChromaticities: { primary: [1, 2] },
        HalftoneHints: { halftone: 3 },
      },
      ...{
        InkSet: { inkSet: 2 },
        InkNames: { inks: 'x' },
        NumberOfInks: { inkCount: 4 },
        DotRange: { dots: 3 },
        TargetPrinter: { printer: 'x' },
      },
      ...{
        TransferRange: { transferRange: 3 },
        ReferenceBlackWhite: { reference: [1, 2] },
        Copyright: { copyright: 'x' },
      },
      ...{
        ICCProfile: { icc: 3 },
        ExifIFD: { exif: 8 },
        ModelPixelScaleTag: { pixelScale: 3 },
        ModelTiepointTag: { tiepoint: 3 },
        GeoKeyDirectoryTag: { geoKeys: 3 },
      },
    }),
  }),
};

const lines = (fields: Readonly<Record<string, string | number>>): string =>
  ['ImageJ=1.53t', ...Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`), ''].join('\n');
const ij = (fields: Readonly<Record<string, string | number>>, tags: Tags = {}, pages = 4): Files =>
  file(
    ...Array.from({ length: pages }, (_, at) =>
      page(at, at === 0 ? { across: [2, 1], down: [4, 1], description: lines(fields), ...tags } : {}),
    ),
  );
/** Planes that lie behind one another in one directory. */
const behind = (fields: Readonly<Record<string, number>>): Files =>
  file(page(0, { counts: 6, description: lines(fields) }, BYTES));
const STACK = { images: 4, slices: 4, unit: 'um', spacing: 3 };
const IJ = ij(STACK);
const FRAMES = { images: 4, frames: 4, unit: 'um', finterval: 2 };
const CHANNELS = { images: 4, channels: 2, slices: 2, mode: 'composite' };
/** A tag of blocks of one kind each, as ImageJ writes it in a little-endian file. */
function metadata(blocks: Readonly<Record<string, readonly Uint8Array[]>>): Tags {
  const name = (text: string): Buffer => Buffer.from(text.split('').reverse().join(''));
  const count = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
  const head = Buffer.concat([
    name('IJIJ'),
    ...Object.entries(blocks).flatMap(([kind, all]) => [name(kind), count(all.length)]),
  ]);
  const all = [head, ...Object.values(blocks).flat()];
  return { ijCounts: all.map(({ length }) => length), ijData: Array.from(Buffer.concat(all)) };
}
const table = Uint8Array.from({ length: 768 }, (_, i) => (i < 256 ? 0 : i < 512 ? i - 256 : 0));
const RANGE = { window: [5, 50], channelInfo: [{ name: '', color: null, window: [5, 50], visible: true }] };
const said = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const channelInfo = (change: object): readonly object[] =>
  [0, 1].map(() => ({ name: '', color: null, window: null, visible: true, ...change }));

export const IMAGEJ: TableCases = {
  title: 'ImageJ in TIFF',
  cases: casesOf(IJ, {
    images: [
      [behind({ images: 4 }), { shape: [3, 2, 4], data: ALL }, behind({})],
      [behind({ images: 500 }), 'truncated', behind({})],
      [ij({ ...STACK, images: 5 }), {}],
    ],
    slices: [
      [ij({ ...STACK, slices: 2, frames: 2 }), { shape: [3, 2, 2], frames: 2 }],
      [ij({ ...STACK, slices: 3 }), 'it has 4 pages, but says 3'],
    ],
    channels: [[ij({ ...STACK, slices: 2, channels: 2 }), { shape: [3, 2, 2], channels: 2, data: pixels(0, 2, 1, 3) }]],
    frames: [[ij({ ...STACK, slices: 1, frames: 4 }), { shape: [3, 2, 1], frames: 4 }]],
    unit: [[ij({ ...STACK, unit: 'mm' }), { unit: 'mm' }]],
    yunit: [[ij({ ...STACK, yunit: 'mm' }), { spacing: [0.5, 250, 3] }]],
    zunit: [
      [ij({ ...STACK, zunit: 'mm' }), { spacing: [0.5, 0.25, 3000] }],
      [ij({ ...STACK, zunit: 'furlong' }), 'for which there is no one measure'],
    ],
    spacing: [[ij({ ...STACK, spacing: 5 }), { spacing: [0.5, 0.25, 5] }]],
    XResolution: [[ij(STACK, { across: [5, 1] }), { spacing: [0.2, 0.25, 3] }]],
    YResolution: [[ij(STACK, { down: [5, 1] }), { spacing: [0.5, 0.2, 3] }]],
    xorigin: [[ij({ ...STACK, xorigin: 4 }), { origin: [-2, 0, 0] }]],
    yorigin: [[ij({ ...STACK, yorigin: 4 }), { origin: [0, -1, 0] }]],
    zorigin: [[ij({ ...STACK, zorigin: 4 }), { origin: [0, 0, -12] }]],
    finterval: [[ij({ ...FRAMES, finterval: 3 }), { frameTimes: [0, 3, 6, 9] }, ij(FRAMES)]],
    tunit: [[ij({ ...FRAMES, tunit: 'ms' }), { frameTimes: [0, 0.002, 0.004, 0.006] }, ij(FRAMES)]],
    min: [[ij({ ...STACK, min: 5, max: 50 }), RANGE, ij({ ...STACK, max: 50 })]],
    max: [[ij({ ...STACK, min: 5, max: 50 }), RANGE, ij({ ...STACK, min: 5 })]],
    cf: [
      [ij({ ...STACK, cf: 0, c0: -5, c1: 0.5 }), { rescale: { slope: 0.5, intercept: -5 } }],
      [ij({ ...STACK, cf: 3 }), 'the calibration function 3 (cf)'],
    ],
    c0: [
      [
        ij({ ...STACK, cf: 0, c0: -5, c1: 0.5 }),
        { rescale: { slope: 0.5, intercept: -5 } },
        ij({ ...STACK, cf: 0, c0: 0, c1: 0.5 }),
      ],
    ],
    c1: [
      [
        ij({ ...STACK, cf: 0, c0: -5, c1: 0.5 }),
        { rescale: { slope: 0.5, intercept: -5 } },
        ij({ ...STACK, cf: 0, c0: -5, c1: 1 }),
      ],
    ],
    mode: [
      [
        ij({ ...CHANNELS, mode: 'grayscale' }, metadata({ luts: [table, table] })),
        { channelInfo: null },
        ij(CHANNELS, metadata({ luts: [table, table] })),
      ],
    ],
    'IJMetadata labl': [
      [
        ij({ images: 4, frames: 4 }, metadata({ labl: ['a', 'b', 'c', 'd'].map(said) })),
        { frameLabels: ['a', 'b', 'c', 'd'] },
        ij({ images: 4, frames: 4 }),
      ],
    ],
    'IJMetadata luts': [
      [
        ij(CHANNELS, metadata({ luts: [table, table] })),
        { channelInfo: channelInfo({ color: '#00ff00' }) },
        ij(CHANNELS),
      ],
    ],
    'IJMetadata rang': [
      [
        ij(CHANNELS, metadata({ rang: [Buffer.from(Float64Array.of(1, 9, 1, 9).buffer)] })),
        { channelInfo: channelInfo({ window: [1, 9] }) },
        ij(CHANNELS),
      ],
    ],
    ...Object.fromEntries(
      ['info', 'roi ', 'over', 'plot', 'prop'].map((kind) => [
        `IJMetadata ${kind.trim()}`,
        [[ij(STACK, metadata({ [kind]: [Uint8Array.of(1, 2)] })), {}]],
      ]),
    ),
    ...Object.fromEntries(
      Object.entries({ hyperstack: 'true', loop: 'false', fps: '7', vunit: 'HU', inf: 'x' }).map(([name, value]) => [
        name,
        [[ij({ ...STACK, [name]: value }), {}]],
      ]),
    ),
  }),
};

interface OmeParts {
  readonly ome?: string;
  readonly image?: string;
  readonly pixels?: Readonly<Record<string, string>>;
  readonly channels?: readonly string[];
  readonly data?: string;
  readonly planes?: readonly string[];
  readonly after?: string;
}
const PIXELS = { DimensionOrder: 'XYZCT', Type: 'uint8', SizeX: '3', SizeY: '2', SizeZ: '2', SizeC: '1', SizeT: '2' };
const MICRONS = { PhysicalSizeX: '0.5', PhysicalSizeY: '0.25', PhysicalSizeZ: '2' };
const attributesOf = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
const omeXml = ({
  ome: root = '',
  image = 'ID="Image:0"',
  pixels: more = {},
  channels = [],
  data = '<TiffData/>',
  planes = [],
  after = '',
}: OmeParts): string =>
  `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" ${root}><Image ${image}><Pixels${attributesOf({ ...PIXELS, ...MICRONS, ...more })}>${channels.map((each) => `<Channel ${each}/>`).join('')}${data}${planes.map((each) => `<Plane ${each}/>`).join('')}</Pixels></Image>${after}</OME>`;
const ome = (parts: OmeParts): Files =>
  file(...[0, 1, 2, 3].map((at) => page(at, at === 0 ? { description: omeXml(parts) } : {})));
const OME = ome({});
const both = (attributes: string): readonly string[] =>
  [0, 1].map((t) => `TheZ="0" TheC="0" TheT="${String(t)}" ${attributes.replaceAll('#', String(t))}`);
const TWO = { pixels: { SizeC: '2', SizeT: '1' } };
const twoChannels = (one: string, other = one): Files =>
  ome({ ...TWO, channels: [`ID="Channel:0:0" ${one}`, `ID="Channel:0:1" ${other}`] });
const two = twoChannels('');
const named = (...all: readonly object[]): Outcome => ({
  channelInfo: all.map((each) => ({ name: '', color: null, window: null, visible: true, ...each })),
});
/** One plane, of a file by its name or by its UUID, which is 1. */
const beside = (name: string, uuid: string): Files => ({
  ...ome({
    data: `<TiffData IFD="0"><UUID FileName="${name}">urn:uuid:1</UUID></TiffData>`,
    ome: `UUID="urn:uuid:${uuid}"`,
  }),
  ...{ 'b.tif': tiffFile([page(3)]) },
});
const IN_TIME = { pixels: { TimeIncrement: '2' } };

export const OME_XML: TableCases = {
  title: 'OME-XML in TIFF',
  cases: casesOf(OME, {
    'Pixels DimensionOrder': [[ome({ pixels: { DimensionOrder: 'XYTZC' } }), { data: pixels(0, 2, 1, 3) }]],
    'Pixels SizeZ': [
      [ome({ pixels: { SizeZ: '4', SizeT: '1' } }), { shape: [3, 2, 4], frames: 1 }],
      [ome({ pixels: { SizeZ: '3' } }), 'it has 4 pages, but says 6'],
    ],
    'Pixels SizeC': [[ome(TWO), { channels: 2, frames: 1 }]],
    'Pixels SizeT': [[ome({ pixels: { SizeT: '4', SizeZ: '1' } }), { shape: [3, 2, 1], frames: 4 }]],
    'Pixels PhysicalSizeX': [[ome({ pixels: { PhysicalSizeX: '1' } }), { spacing: [1, 0.25, 2] }]],
    'Pixels PhysicalSizeY': [[ome({ pixels: { PhysicalSizeY: '1' } }), { spacing: [0.5, 1, 2] }]],
    'Pixels PhysicalSizeZ': [[ome({ pixels: { PhysicalSizeZ: '1' } }), { spacing: [0.5, 0.25, 1] }]],
    'Pixels PhysicalSizeXUnit': [
      [ome({ pixels: { PhysicalSizeXUnit: 'nm' } }), { spacing: [0.5, 250, 2000], unit: 'nm' }],
    ],
    'Pixels PhysicalSizeYUnit': [[ome({ pixels: { PhysicalSizeYUnit: 'nm' } }), { spacing: [0.5, 0.00025, 2] }]],
    'Pixels PhysicalSizeZUnit': [
      [ome({ pixels: { PhysicalSizeZUnit: 'nm' } }), { spacing: [0.5, 0.25, 0.002] }],
      [ome({ pixels: { PhysicalSizeZUnit: 'reference frame' } }), 'for which there is no one measure'],
    ],
    'Pixels TimeIncrement': [[ome(IN_TIME), { frameTimes: [0, 2] }]],
    'Pixels TimeIncrementUnit': [
      [ome({ pixels: { ...IN_TIME.pixels, TimeIncrementUnit: 'ms' } }), { frameTimes: [0, 0.002] }, ome(IN_TIME)],
    ],
    'Channel Name': [[twoChannels('Name="a"', 'Name="b"'), named({ name: 'a' }, { name: 'b' }), two]],
    'Channel Fluor': [[twoChannels('Fluor="a"', 'Fluor="b"'), named({ name: 'a' }, { name: 'b' }), two]],
    'Channel EmissionWavelength': [
      [twoChannels('EmissionWavelength="500"'), named({ name: '500 nm' }, { name: '500 nm' }), two],
    ],
    'Channel EmissionWavelengthUnit': [
      [
        twoChannels('EmissionWavelength="5" EmissionWavelengthUnit="µm"'),
        named({ name: '5 µm' }, { name: '5 µm' }),
        twoChannels('EmissionWavelength="5"'),
      ],
    ],
    'Channel Color': [
      [twoChannels('Color="-16776961"', 'Color="16711935"'), named({ color: '#ff0000' }, { color: '#00ff00' }), two],
      [twoChannels('Color="255"', 'Color="0"'), {}, two],
    ],
    'Channel SamplesPerPixel': [
      [ome({ channels: ['SamplesPerPixel="1"'] }), {}],
      [ome({ ...TWO, channels: ['SamplesPerPixel="1"', 'SamplesPerPixel="2"'] }), '(SamplesPerPixel)', ome(TWO)],
    ],
    'TiffData IFD': [[ome({ data: '<TiffData IFD="1"/>' }), { data: [...pixels(1), ...Array<number>(18).fill(0)] }]],
    'TiffData FirstZ': [
      [
        ome({ data: '<TiffData IFD="0" FirstZ="1"/>' }),
        { data: [...Array<number>(6).fill(0), ...pixels(0), ...Array<number>(12).fill(0)] },
      ],
    ],
    'TiffData FirstC': [
      [
        ome({ ...TWO, data: '<TiffData IFD="0" FirstC="1"/>' }),
        { data: [...Array<number>(12).fill(0), ...pixels(0), ...Array<number>(6).fill(0)] },
        ome(TWO),
      ],
    ],
    'TiffData FirstT': [
      [
        ome({ data: '<TiffData IFD="0" FirstT="1"/>' }),
        { data: [...Array<number>(12).fill(0), ...pixels(0), ...Array<number>(6).fill(0)] },
      ],
    ],
    'TiffData PlaneCount': [
      [ome({ data: '<TiffData IFD="0" PlaneCount="2"/>' }), { data: [...pixels(0, 1), ...Array<number>(12).fill(0)] }],
    ],
    'UUID FileName': [
      [beside('b.tif', '2'), { data: [...pixels(3), ...Array<number>(18).fill(0)] }, beside('a.tif', '2')],
    ],
    'OME UUID': [[beside('b.tif', '2'), { data: [...pixels(3), ...Array<number>(18).fill(0)] }, beside('b.tif', '1')]],
    'BinaryOnly MetadataFile': [
      [
        {
          ...file(
            page(0, { description: '<OME><BinaryOnly MetadataFile="b.ome" UUID="urn:uuid:1"/></OME>' }),
            page(1),
            page(2),
            page(3),
          ),
          'b.ome': omeXml({ pixels: { SizeZ: '4', SizeT: '1' } }),
        },
        { shape: [3, 2, 4], frames: 1 },
      ],
    ],
    'Plane DeltaT': [[ome({ ...IN_TIME, planes: both('DeltaT="#.5"') }), { frameTimes: [0.5, 1.5] }, ome(IN_TIME)]],
    'Plane DeltaTUnit': [
      [
        ome({ planes: both('DeltaT="#.5" DeltaTUnit="ms"') }),
        { frameTimes: [0.0005, 0.0015] },
        ome({ planes: both('DeltaT="#.5"') }),
      ],
    ],
    ...Object.fromEntries(
      Object.entries({
        ...{ 'Image ID': { image: 'ID="Image:7"' }, 'Image Name': { image: 'ID="Image:0" Name="cells"' } },
        ...{
          'Pixels Type': { pixels: { Type: 'uint16' } },
          'Pixels SizeX': { pixels: { SizeX: '9' } },
          'Pixels SizeY': { pixels: { SizeY: '9' } },
        },
        ...{
          'Pixels SignificantBits': { pixels: { SignificantBits: '5' } },
          'Pixels Interleaved': { pixels: { Interleaved: 'true' } },
          'Pixels BigEndian': { pixels: { BigEndian: 'true' } },
        },
        ...{
          'Channel ExcitationWavelength': { channels: ['ExcitationWavelength="400"'] },
          'Channel AcquisitionMode': { channels: ['AcquisitionMode="Other"'] },
        },
        ...{
          'Plane PositionX, Y, Z': { planes: both('PositionX="5" PositionY="6" PositionZ="#7"') },
          'Plane ExposureTime': { planes: both('ExposureTime="5"') },
        },
        ...{
          Instrument: { after: '<Instrument ID="Instrument:0"><Objective NominalMagnification="63"/></Instrument>' },
          StructuredAnnotations: { after: '<StructuredAnnotations/>' },
        },
        ...{ ROI: { after: '<ROI ID="ROI:0"/>' } },
      } satisfies Readonly<Record<string, OmeParts>>).map(([name, parts]) => [name, [[ome(parts), {}]]]),
    ),
  }),
};
