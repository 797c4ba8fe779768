/** What other programs write in TIFF that is easily read wrong. Each file is made here, and its values are known. */
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ARRAY_OF, type DType } from '../../protocol';
import { openVolume } from '../index';
import { filesFolder } from '../testing/files-folder';
import { arrayOf, fileBytes, tiffFile, type PageBytes, type Tags } from '../testing/tiff-file';

const { put } = filesFolder();

const [WIDTH, HEIGHT] = [7, 5];
const SIZE = WIDTH * HEIGHT;
const GRAY: Tags = { width: WIDTH, height: HEIGHT, bits: 16, compression: 1, photometric: 1, samples: 1, rows: HEIGHT };
/** Values each byte of which counts: neither is 0 or the same as its neighbour's. */
const pageValues = (page: number): number[] =>
  Array.from({ length: SIZE }, (_, i) => (0x1234 + 0x0369 * i + 7919 * page) % 65_536);
const strip = (page: number, littleEndian = true): Uint8Array => fileBytes(pageValues(page), 'uint16', littleEndian);
const page = (at: number, tags: Tags = {}): PageBytes => ({ parts: [strip(at)], tags: { ...GRAY, ...tags } });
const orders = [
  ['little-endian', true],
  ['big-endian', false],
] as const;

let files = 0;
async function opened(pages: readonly PageBytes[], littleEndian = true, series?: string) {
  files += 1;
  return await openVolume(put(`${String(files)}.tif`, tiffFile(pages, littleEndian)), { series });
}
const refusal = async (pages: readonly PageBytes[]): Promise<unknown> =>
  await opened(pages).catch((error: unknown) => error);

describe.each(orders)('%s', (_, littleEndian) => {
  test.each(['uint8', 'int16', 'uint16', 'uint32', 'float32', 'float64'] as const)(
    'differences of %s are added up, in strips and in tiles',
    async (dtype) => {
      const floats = dtype.startsWith('float');
      const values = pageValues(0).map((value) =>
        dtype === 'uint8' ? value % 251 : floats ? value / 7 : value % 30_000,
      );
      const bits = 8 * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
      const tags = { ...GRAY, bits, format: floats ? 3 : dtype === 'int16' ? 2 : 1, compression: 8, predictor: 2 };
      const rows = [values.slice(0, 3 * WIDTH), values.slice(3 * WIDTH)];
      const strips = rows.map((each) => deflateSync(differences(each, WIDTH, dtype, littleEndian)));
      const inStrips = await opened([{ parts: strips, tags: { ...tags, rows: 3 } }], littleEndian);
      expect(Array.from(inStrips.data)).toEqual(Array.from(arrayOf(values, dtype)));

      const tile = Array.from({ length: 256 }, (__, i) => {
        const [x, y] = [i % 16, Math.floor(i / 16)];
        return x < WIDTH && y < HEIGHT ? (values[y * WIDTH + x] as number) : 99;
      });
      const tiles = [deflateSync(differences(tile, 16, dtype, littleEndian))];
      const inTiles = await opened(
        [{ parts: tiles, tags: { ...tags, rows: null, tileWidth: 16, tileHeight: 16 } }],
        littleEndian,
      );
      expect(Array.from(inTiles.data)).toEqual(Array.from(arrayOf(values, dtype)));
    },
  );

  test.each(['float32', 'float64'] as const)('differences of the bytes of %s are added up', async (dtype) => {
    const values = pageValues(0).map((value) => value / 7);
    const size = ARRAY_OF[dtype].BYTES_PER_ELEMENT;
    const rows = Array.from({ length: HEIGHT }, (__, y) =>
      byteDifferences(values.slice(y * WIDTH, (y + 1) * WIDTH), dtype),
    );
    const tags = { ...GRAY, bits: 8 * size, format: 3, compression: 8, predictor: 3 };
    const volume = await opened([{ parts: [deflateSync(Buffer.concat(rows))], tags }], littleEndian);
    expect(Array.from(volume.data)).toEqual(Array.from(arrayOf(values, dtype)));
  });

  test.each([1, 8])('a strip for each of 700 rows, in compression %d', async (compression) => {
    const values = Array.from({ length: 700 * 3 }, (__, i) => i);
    const parts = Array.from({ length: 700 }, (__, y) => {
      const row = fileBytes(values.slice(3 * y, 3 * y + 3), 'uint16', littleEndian);
      return compression === 1 ? row : deflateSync(row);
    });
    const volume = await opened(
      [{ parts, tags: { ...GRAY, width: 3, height: 700, rows: 1, compression } }],
      littleEndian,
    );
    expect(Array.from(volume.data)).toEqual(values);
  });

  test('colours of which each lies by itself', async () => {
    const planes = [0, 1, 2].map((at) => Uint8Array.from(pageValues(at), (value) => value % 251));
    const tags = { ...GRAY, bits: [8, 8, 8], samples: 3, photometric: 2, planar: 2, compression: 8 };
    const volume = await opened([{ parts: planes.map((plane) => deflateSync(plane)), tags }], littleEndian);
    expect(volume.components).toBe(3);
    for (const [x, y] of [
      [0, 0],
      [6, 4],
      [3, 2],
    ] as const) {
      expect(volume.valueAt(x, y, 0)).toEqual(planes.map((plane) => plane[y * WIDTH + x]));
    }
  });
});

describe('strips and tiles', () => {
  const both = [...pageValues(0)];
  test('bytes behind the rows of a strip are nothing', async () => {
    const rows = [both.slice(0, 2 * WIDTH), both.slice(2 * WIDTH, 4 * WIDTH), both.slice(4 * WIDTH)];
    const parts = rows.map((each) => Uint8Array.from([...fileBytes(each, 'uint16', true), 1, 2, 3, 4]));
    expect(Array.from((await opened([{ parts, tags: { ...GRAY, rows: 2 } }])).data)).toEqual(both);
  });

  test('whose white is 0 keeps its values, and is drawn inverted', async () => {
    const [film, plain] = [await opened([page(0, { photometric: 0 })]), await opened([page(0)])];
    expect([film.invert, plain.invert]).toEqual([true, false]);
    expect(film.data).toEqual(plain.data);
  });

  test('a strip without a count is as long as its size needs, or goes to the end', async () => {
    expect(Array.from((await opened([page(0, { counts: null })])).data)).toEqual(both);
    const packed = { parts: [deflateSync(strip(0))], tags: { ...GRAY, compression: 8, counts: null } };
    expect(Array.from((await opened([packed])).data)).toEqual(both);
  });

  test.each([
    [null, 0],
    ['-5', 65_531],
    ['513', 513],
  ] as const)('a tile that is left out has zeros, or what GDAL says of it: %p', async (noData, blank) => {
    const tile = fileBytes(
      Array.from({ length: 256 }, (_, i) => i + 1),
      'uint16',
      true,
    );
    const tags = { ...GRAY, width: 32, height: 16, rows: null, tileWidth: 16, tileHeight: 16, noData };
    const { data, padding, range } = await opened([{ parts: [new Uint8Array(0), tile], tags }]);
    expect(padding).toEqual(noData === null ? null : [Number(noData), Number(noData)]);
    expect(range).toEqual(noData === null ? [0, 256] : noData === '513' ? [1, 256] : [1, blank]);
    expect(Array.from(data.subarray(0, 17))).toEqual([...Array.from({ length: 16 }, () => blank), 1]);
  });

  test.each([
    ['1e10', Infinity],
    ['-1e10', -Infinity],
    ['0.1', 0.0999755859375],
    ['-1e-30', -0],
    ['65519', 65_504],
    ['nan', NaN],
  ])('of 16-bit floats it has the nearest one to %s', async (noData, blank) => {
    const tags = { ...GRAY, format: 3, width: 32, height: 16, rows: null, tileWidth: 16, tileHeight: 16, noData };
    const { data } = await opened([{ parts: [new Uint8Array(0), new Uint8Array(512)], tags }]);
    expect([data[0], data[16]]).toEqual([blank, 0]);
  });

  test('a strip may unpack to more rows than there are, and not to much more', async () => {
    const rows = (bytes: number): PageBytes => ({
      parts: [deflateSync(Buffer.concat([strip(0), Buffer.alloc(bytes)]))],
      tags: { ...GRAY, compression: 8 },
    });
    expect(Array.from((await opened([rows(1000)])).data)).toEqual(pageValues(0));
    expect(await refusal([rows(2 ** 21)])).toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(/a strip or tile unpacks to more than \d+ bytes, and its size needs 70$/),
    });
  });

  test.each<[string, Tags, string]>([
    ['a predictor of values that are not packed', { predictor: 2 }, 'Predictor'],
    ['a predictor that there is not', { predictor: 9, compression: 8 }, 'the predictor 9'],
  ])('%s is refused', async (_, tags, words) => {
    expect(await refusal([page(0, tags)])).toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining(words),
    });
  });
});

test('PackBits has heads that say nothing, and may have more than is needed', async () => {
  const bytes = [0x80, 2, 1, 2, 3, 0x80, 0x80, 0xfe, 9, 0xf2, 5, 0x7f, 4];
  const tags = { ...GRAY, bits: 8, compression: 32_773, rows: 2, height: 2, width: 8 };
  const volume = await opened([{ parts: [Uint8Array.from(bytes)], tags }]);
  expect(Array.from(volume.data)).toEqual([1, 2, 3, 9, 9, 9, ...Array.from({ length: 10 }, () => 5)]);
});

describe('planes that lie behind one another in one directory', () => {
  const all = [0, 1, 2, 3, 4, 5].flatMap(pageValues);
  const behind = (tags: Tags, count = 6): PageBytes => ({
    parts: [fileBytes(all.slice(0, count * SIZE), 'uint16', true)],
    tags: { ...GRAY, counts: 2 * SIZE, ...tags },
  });

  test('as ImageJ writes large stacks: channels first', async () => {
    const volume = await opened([
      behind({ description: 'ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\nhyperstack=true\n' }),
    ]);
    expect(volume).toMatchObject({ shape: [WIDTH, HEIGHT, 3], channels: 2 });
    expect(Array.from(volume.at({ channel: 1 }).data)).toEqual([1, 3, 5].flatMap(pageValues));
  });

  test.each<[string, Tags]>([
    ['tifffile', { description: '{"shape": [6, 5, 7], "truncated": true}' }],
    ['MetaMorph', { uic2: Array.from({ length: 12 }, () => 1) }],
  ])('as %s writes them', async (_, tags) => {
    const volume = await opened([behind(tags)]);
    expect(volume.shape).toEqual([WIDTH, HEIGHT, 6]);
    expect(Array.from(volume.data)).toEqual(all);
  });

  test('fewer than are said, or packed ones, are refused', async () => {
    const description = 'ImageJ=1.53t\nimages=6\nslices=6\n';
    expect(await refusal([behind({ description }, 1)])).toMatchObject({ code: 'file-corrupt' });
    const packed = { parts: [deflateSync(strip(0))], tags: { ...GRAY, compression: 8, description } };
    expect(await refusal([packed])).toMatchObject({ code: 'unsupported-format' });
  });
});

describe('what ImageJ says', () => {
  const said = async (...lines: string[]) =>
    await opened([page(0, { across: [2, 1], down: [4, 1], description: ['ImageJ=1.53t', ...lines, ''].join('\n') })]);

  test('a straight line of values is their rescale; another function is refused', async () => {
    expect((await said('cf=0', 'c0=-32768.0', 'c1=1.0')).valueAt(1, 0, 0)).toBe((pageValues(0)[1] as number) - 32_768);
    expect((await said('cf=0', 'c0=0', 'c1=0.01')).rescale).toEqual({ slope: 0.01, intercept: 0 });
    expect((await said('cf=20')).rescale).toBeNull();
    await expect(said('cf=1', 'c0=0', 'c1=1', 'c2=3')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('calibration function 1 (cf)'),
    });
  });

  test('lengths are in the unit of x, whatever that of the other axes; without a unit they are none', async () => {
    expect(await said('unit=um', 'zunit=nm', 'spacing=1500')).toMatchObject({ unit: 'µm', spacing: [0.5, 0.25, 1.5] });
    expect(await said('unit=\\u00B5m', 'spacing=-0.3')).toMatchObject({ unit: 'µm', spacing: [0.5, 0.25, 0.3] });
    expect(await said('slices=1')).toMatchObject({ unit: 'px' });
    await expect(said('unit=um', 'zunit=furlong')).rejects.toMatchObject({ code: 'unsupported-format' });
  });

  test('the origin is in pixels', async () => {
    expect((await said('unit=mm', 'xorigin=3', 'zorigin=-2', 'spacing=5')).origin).toEqual([-1.5, 0, 10]);
  });
});

describe('what OME-XML says', () => {
  const OME = 'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"';
  const pixels = (sizes: string, content: string, more = ''): string =>
    `<Pixels DimensionOrder="XYZCT" Type="uint16" SizeX="7" SizeY="5" ${sizes} ${more}>${content}</Pixels>`;
  const ome = (images: string, more = ''): string => `<?xml version="1.0"?><OME ${OME} ${more}>${images}</OME>`;
  const one = (sizes: string, content: string, more = ''): string =>
    ome(`<Image ID="Image:0">${pixels(sizes, content, more)}</Image>`);
  const stack = (count: number, description: string): PageBytes[] =>
    Array.from({ length: count }, (_, at) => page(at, at === 0 ? { description } : {}));

  test('each page is where its TiffData puts it, and what none is for is blank', async () => {
    const data = [
      ['0', '1', '0'],
      ['1', '0', '1'],
      ['2', '0', '0'],
    ].map(([ifd, z, c]) => `<TiffData IFD="${String(ifd)}" FirstZ="${String(z)}" FirstC="${String(c)}"/>`);
    const volume = await opened(stack(3, one('SizeZ="2" SizeC="2" SizeT="1"', data.join(''))));
    expect(volume).toMatchObject({ shape: [WIDTH, HEIGHT, 2], channels: 2 });
    expect(Array.from(volume.data)).toEqual(
      [pageValues(2), pageValues(0), pageValues(1), pageValues(0).map(() => 0)].flat(),
    );
  });

  test('a run of pages follows the order of the dimensions', async () => {
    const data = '<TiffData IFD="1" FirstC="1" PlaneCount="2"/><TiffData IFD="0" FirstZ="1"/><TiffData IFD="3"/>';
    const volume = await opened(stack(4, one('SizeZ="2" SizeC="2" SizeT="1"', data)));
    expect(Array.from(volume.data)).toEqual([3, 0, 1, 2].flatMap(pageValues));
  });

  test('lengths are in the unit of x, whatever that of the other axes, and however it is written', async () => {
    const lengths =
      'PhysicalSizeX="0.5" PhysicalSizeXUnit="&#xB5;m" PhysicalSizeY="250" PhysicalSizeYUnit="nm" PhysicalSizeZ="0.002" PhysicalSizeZUnit="mm"';
    const volume = await opened(stack(2, one('SizeZ="2" SizeC="1" SizeT="1"', '<TiffData/>', lengths)));
    expect(volume).toMatchObject({ unit: 'µm', spacing: [0.5, 0.25, 2] });
  });

  test('of several images the first is read, or the one that is asked for', async () => {
    const first = `<Image ID="Image:0" Name="cells">${pixels('SizeZ="2" SizeC="1" SizeT="1"', '<TiffData IFD="0" PlaneCount="2"/>')}</Image>`;
    const second = `<Image ID="Image:1" Name="label">${pixels('SizeZ="1" SizeC="1" SizeT="1"', '<TiffData IFD="2"/>')}</Image>`;
    const pages = stack(3, ome(first + second));
    expect(Array.from((await opened(pages)).data)).toEqual([0, 1].flatMap(pageValues));
    expect(Array.from((await opened(pages, true, 'label')).data)).toEqual(pageValues(2));
    await expect(opened(pages, true, 'other')).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('it has the images cells, label'),
    });
  });

  describe('several files', () => {
    const parts = ['a', 'b'].map(
      (name, z) =>
        `<TiffData FirstZ="${String(1 - z)}" IFD="0"><UUID FileName="${name}.ome.tif">urn:uuid:${name}</UUID></TiffData>`,
    );
    const description = (uuid: string): string =>
      ome(
        `<Image ID="Image:0">${pixels('SizeZ="2" SizeC="1" SizeT="1"', parts.join(''))}</Image>`,
        `UUID="urn:uuid:${uuid}"`,
      );

    test('are read from their folder, whichever is opened', async () => {
      const first = put('a.ome.tif', tiffFile([page(0, { description: description('a') })]));
      const second = put('b.ome.tif', tiffFile([page(1, { description: description('b') })]));
      for (const path of [first, second]) {
        expect(Array.from((await openVolume(path)).data)).toEqual([1, 0].flatMap(pageValues));
      }
      const renamed = put('renamed.tif', tiffFile([page(4, { description: description('a') })]));
      expect(Array.from((await openVolume(renamed)).data)).toEqual([1, 4].flatMap(pageValues));
    });

    test('are described in one of their own', async () => {
      put('all.companion.ome', Buffer.from(description('companion')));
      const only = ome('<BinaryOnly MetadataFile="all.companion.ome" UUID="urn:uuid:a"/>');
      const path = put('a.ome.tif', tiffFile([page(0, { description: only })]));
      put('b.ome.tif', tiffFile([page(1)]));
      expect(Array.from((await openVolume(path)).data)).toEqual([1, 0].flatMap(pageValues));
    });

    test('one that is not there is named, and none is looked for elsewhere', async () => {
      const missing = put(
        'c.ome.tif',
        tiffFile([page(0, { description: description('a').replaceAll('b.ome', 'gone.ome') })]),
      );
      await expect(openVolume(missing)).rejects.toMatchObject({
        code: 'file-not-found',
        message: expect.stringContaining('gone.ome.tif'),
      });
      const away = put(
        'd.ome.tif',
        tiffFile([page(0, { description: description('a').replaceAll('b.ome', '../b.ome') })]),
      );
      await expect(openVolume(away)).rejects.toMatchObject({ code: 'unsupported-format' });
    });
  });

  test.each<[string, string, string]>([
    ['XML that ends too early', '<?xml version="1.0"?><OME><Image>', 'its OME-XML is broken'],
    [
      'an order of dimensions that there is not',
      one('SizeZ="1" SizeC="1" SizeT="1"', '').replace('XYZCT', 'XYZZT'),
      'DimensionOrder',
    ],
    ['a page that there is not', one('SizeZ="2" SizeC="1" SizeT="1"', '<TiffData IFD="5"/>'), 'which is not so'],
    [
      'a plane that there is not',
      one('SizeZ="2" SizeC="1" SizeT="1"', '<TiffData IFD="0" FirstZ="2"/>'),
      'which is not so',
    ],
    ['other pages than there are', one('SizeZ="2" SizeC="1" SizeT="1"', '<TiffData/>'), 'it has 1 pages, but says 2'],
    ['a billion slices of one page', one('SizeZ="1000000000" SizeC="1" SizeT="1"', '<TiffData IFD="0"/>'), 'truncated'],
  ])('%s is refused', async (_, description, words) => {
    expect(await refusal([page(0, { description })])).toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining(words),
    });
  });
});

test('tifffile’s own names of the axes say which pages are channels and frames', async () => {
  const description = '{"shape": [2, 3, 5, 7], "axes": "TCYX"}';
  const pages = Array.from({ length: 6 }, (_, at) => page(at, at === 0 ? { description } : {}));
  const volume = await opened(pages);
  expect(volume).toMatchObject({ shape: [WIDTH, HEIGHT, 1], channels: 3, frames: 2 });
  expect(Array.from(volume.at({ frame: 1, channel: 2 }).data)).toEqual(pageValues(5));
});

/** Horizontal differencing (TIFF 6, section 14): whole numbers of the size of the values, also of floats. */
function differences(values: readonly number[], rowLength: number, dtype: DType, littleEndian: boolean): Uint8Array {
  const stored = arrayOf(values, dtype);
  const size = stored.BYTES_PER_ELEMENT;
  const view = new DataView(stored.buffer);
  const whole = values.map((_, i) => {
    if (size === 8) return view.getBigUint64(8 * i, true);
    return BigInt(
      size === 4 ? view.getUint32(4 * i, true) : size === 2 ? view.getUint16(2 * i, true) : view.getUint8(i),
    );
  });
  const out = new DataView(new ArrayBuffer(stored.byteLength));
  for (const [i, value] of whole.entries()) {
    const before = i % rowLength === 0 ? 0n : (whole[i - 1] as bigint);
    const difference = BigInt.asUintN(8 * size, value - before);
    if (size === 8) out.setBigUint64(8 * i, difference, littleEndian);
    else if (size === 4) out.setUint32(4 * i, Number(difference), littleEndian);
    else if (size === 2) out.setUint16(2 * i, Number(difference), littleEndian);
    else out.setUint8(i, Number(difference));
  }
  return new Uint8Array(out.buffer);
}

/**
 * A row of floats as in TIFF technical note 3: all first bytes, then all second ones, and so on, as
 * differences.
 */
function byteDifferences(row: readonly number[], dtype: 'float32' | 'float64'): Uint8Array {
  const size = ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const mostFirst = fileBytes(row, dtype, false);
  const planes = Array.from(
    mostFirst,
    (_, i) => mostFirst[(i % row.length) * size + Math.floor(i / row.length)] as number,
  );
  return Uint8Array.from(planes, (byte, i) => byte - (i === 0 ? 0 : (planes[i - 1] as number)));
}
