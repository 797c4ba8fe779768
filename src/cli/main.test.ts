import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { drawSlice, lookAt } from '../export';
import { readBack, type ReadBack } from '../export/testing/read-back';
import { readPng } from '../export/testing/read-png';
import { openVolume, saveVolume } from '../formats';
import { file as dicomFile, slice as dicomSlice } from '../formats/testing/dicom-file';
import { bytesOf, niftiFile } from '../formats/testing/nifti-file';
import { TestClient } from '../../kernel-server/testing/client';
import { voxelsOf } from '../protocol';
import { Volume } from '../volume';
import { runCommand } from './run';

/** The command as it is installed: compiled. */
const MAIN = join(__dirname, '../../lib/src/cli/main.js');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-cli-'));
  const voxels = bytesOf(VALUES, 'setInt16');
  writeFileSync(join(folder, 'ct.nii'), niftiFile({ dims: [4, 3, 5], datatype: 4, voxels, pixdim: [1, 1, 2] }));
  writeFileSync(join(folder, 'ct.bin'), Buffer.from(voxels).swap16());
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const VALUES = Array.from({ length: 60 }, (_, i) => 25 * i - 500);
const volume = Volume.from(Int16Array.from(VALUES), [4, 3, 5], { spacing: [1, 1, 2], name: 'ct' });

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in a process of its own, as a person runs it. */
function inProcess(...args: readonly string[]): Ended {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: 'utf8' });
}

/** The command itself, without the start of a process. File names are those in `folder`. */
async function slicescope(...args: readonly string[]): Promise<Ended> {
  const lines = { out: '', err: '' };
  const paths = args.map((arg) => (/\.\w+$/.test(arg) && !/^[-\d.]+$/.test(arg) ? join(folder, arg) : arg));
  const status = await runCommand(
    '1.2.3',
    paths,
    (text) => (lines.out += `${text}\n`),
    (text) => (lines.err += `${text}\n`),
  );
  return { status, stdout: lines.out, stderr: lines.err };
}

describe('slicescope info', () => {
  test('prints nothing that a terminal takes for a command, whatever a file and its name say', async () => {
    const name = 'evil\u001b]0;OWNED\u0007\u009b2J.nrrd';
    const header =
      'NRRD0004\ntype: uint8\ndimension: 2\nsizes: 2 1\nencoding: raw\nspacings: 1 1\nlabels: "\u001b[2J" "b"';
    writeFileSync(join(folder, name), Buffer.from(`${header}\nunits: "\u001b[3m" "\u001b[3m"\n\nab`, 'latin1'));
    writeFileSync(join(folder, `broken-${name}`), 'NRRD0004\ntype: \u001b[31m\n\n');
    const [whole, broken] = [await slicescope('info', name), await slicescope('info', `broken-${name}`)];
    expect([whole.status, broken.status]).toEqual([0, 1]);
    expect(whole.stdout).toMatch(/^name +evil\uFFFD\]0;OWNED\uFFFD\uFFFD2J\n/);
    expect(Object.values({ ...whole, ...broken }).join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test('says what a volume is, as a table', () => {
    const { status, stdout, stderr } = inProcess('info', 'ct.nii');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n', 29).map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'name ct',
      'shape 4 3 5',
      'dtype int16',
      'rescale none',
      'components 1',
      'channels 1',
      'frames 1',
      'spacing 1 1 2',
      'unit mm',
      'origin 0 0 0',
      'direction none',
      'axes none',
      'notes none',
      'range -500 975',
      expect.stringContaining('percentiles') as unknown,
      expect.stringContaining('window') as unknown,
      'invert false',
      'padding none',
      'bytes 120',
      '',
      'header',
      ' littleEndian true',
      ' dim_info 0',
      ' dims 3 4 3 5 0 0 0 0',
      ...Array.from({ length: 4 }, () => expect.stringContaining(' intent_') as unknown),
      ' datatypeCode 4',
    ]);
  });

  test('says what stored values stand for, and everything else in real ones', async () => {
    const voxels = bytesOf(VALUES, 'setInt16');
    const file = niftiFile({ dims: [4, 3, 5], datatype: 4, voxels, slope: 0.5, intercept: -1024 });
    writeFileSync(join(folder, 'rescaled.nii'), file);
    const { stdout } = await slicescope('info', 'rescaled.nii');
    const lines = stdout.split('\n');
    expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual(
      expect.arrayContaining(['dtype int16', 'rescale slope: 0.5, intercept: -1024', 'range -1274 -536.5']),
    );
  });

  test('says which labels a label map has, and their colours', async () => {
    const segments = [
      'Segment0_Name:=liver',
      'Segment0_LabelValue:=1',
      'Segment0_Color:=1 0.5 0',
      'Segment1_LabelValue:=3',
      'Segment1_Name:=spleen',
    ];
    const lines = [
      'NRRD0005',
      'type: uint8',
      'dimension: 3',
      'sizes: 2 2 1',
      'encoding: raw',
      ...segments,
      '',
      '\0\u0001',
    ];
    writeFileSync(join(folder, 'organs.seg.nrrd'), `${lines.join('\n')}\u0001\u0003`);
    const { stdout } = await slicescope('info', 'organs.seg.nrrd');
    expect(stdout).toMatch(/^labels +value: 1, name: liver, color: #ff8000; value: 3, name: spleen$/m);
    const { labels } = JSON.parse((await slicescope('info', 'organs.seg.nrrd', '--json')).stdout) as {
      labels: unknown;
    };
    expect(labels).toEqual([
      { value: 1, name: 'liver', color: '#ff8000' },
      { value: 3, name: 'spleen' },
    ]);
  });

  test('says it as JSON, of raw voxels that are described too', async () => {
    const raw = ['ct.bin', '--shape', '4x3x5', '--dtype', 'int16', '--big-endian'];
    const { status, stdout } = await slicescope('info', ...raw, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      shape: [4, 3, 5],
      range: [-500, 975],
      percentiles: { 50: volume.percentiles([50])[0] },
      direction: null,
      axes: null,
    });
  });
});

test.each([
  ['int64', BigInt64Array.of(-5n, 2n ** 40n), 'float64', [-5, 2 ** 40]],
  ['uint64', BigUint64Array.of(0n, 4_000_000_000n), 'uint32', [0, 4e9]],
  ['float16', Uint16Array.of(0x3c00, 0xc100), 'float32', [-2.5, 1]],
])('raw voxels may be of %s, for info and convert', async (type, stored, dtype, range) => {
  writeFileSync(join(folder, 'odd.bin'), new Uint8Array(stored.buffer));
  const raw = ['odd.bin', '--shape', '2x1x1'];
  const { status, stdout } = await slicescope('info', ...raw, '--dtype', type, '--json');
  expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ dtype, range })]);
  const converted = await slicescope('convert', ...raw, '--raw-dtype', type, 'odd.npy', '--overwrite');
  expect([converted.status, converted.stderr]).toEqual([0, '']);
  const [{ values }] = (await readBack(join(folder, 'odd.npy'))) as [ReadBack];
  expect([...values].sort((one, other) => one - other)).toEqual(range);
});

describe('slicescope export', () => {
  test('writes the picture of a slice, through a window that may be negative', async () => {
    const args = ['--plane', 'xz', '--index', '2', '--window', '-400', '800', '--colormap', 'viridis'];
    const { status, stdout, stderr } = await slicescope('export', 'ct.nii', ...args, '-o', 'slice.png');
    expect([status, stdout, stderr]).toEqual([0, `${join(folder, 'slice.png')}\n`, '']);
    const look = { plane: 'xz', index: 2, window: [-400, 800], colormap: 'viridis' } as const;
    const drawn = await drawSlice(volume, lookAt(volume, look, 'test').settings);
    expect(await readPng(join(folder, 'slice.png'))).toEqual({ ...drawn, channels: 3 });
  });

  test('writes a part of a slice, with letters and bars', async () => {
    const part = [
      '--index',
      '1',
      '--zoom',
      '2',
      '--center',
      '0.75',
      '0.5',
      '0.5',
      '--scale',
      '40',
      '--window',
      'range',
    ];
    const marks = ['--letters', '--scale-bar', '--color-bar'];
    expect((await slicescope('export', 'ct.nii', ...part, '-o', 'part.png')).status).toBe(0);
    expect((await slicescope('export', 'ct.nii', ...part, ...marks, '-o', 'marks.png')).status).toBe(0);
    const plain = await readPng(join(folder, 'part.png'));
    const marked = await readPng(join(folder, 'marks.png'));
    // Columns 2 and 3, and of rows 0 to 2 what is from 0.75 to 2.25, at 40 pixels for each.
    expect([plain.width, plain.height]).toEqual([80, 60]);
    const gray = (value: number): number => Math.round((255 * (value + 500)) / 1475);
    expect([plain.data[0], plain.data.at(-2)]).toEqual([gray(VALUES[14] as number), gray(VALUES[23] as number)]);
    expect([marked.width, marked.height > 60]).toEqual([80, true]);
    expect(marked.data.subarray(0, plain.data.length)).not.toEqual(plain.data);
  });

  test('writes values, a file for each slice, a sheet and an animation', async () => {
    const paths = async (...args: string[]): Promise<string[]> => {
      const { status, stdout, stderr } = await slicescope('export', 'ct.nii', ...args, '--json');
      expect([status, stderr]).toEqual([0, '']);
      return JSON.parse(stdout) as string[];
    };
    expect(await paths('-o', 'v/{index}.npy', '--from', '1', '--to', '3', '--step', '2')).toEqual([
      join(folder, 'v/1.npy'),
      join(folder, 'v/3.npy'),
    ]);
    const [stack] = await paths('-o', 'all.tif', '--values', '--from', '0');
    const [sheet] = await paths('-o', 'sheet.png', '--montage', '--columns', '5', '--window', 'range');
    const [cine] = await paths('-o', 'cine.gif', '--bounce', '--per-second', '20');
    const files = await readBack(join(folder, 'v/3.npy'), stack as string, sheet as string, cine as string);
    const [slice, pages, montage, animation] = files as [ReadBack, ReadBack, ReadBack, ReadBack];
    expect(slice.values).toEqual(VALUES.slice(36, 48));
    expect(pages).toMatchObject({ shape: [5, 3, 4], dtype: 'int16', values: VALUES });
    expect(montage.shape.slice(0, 2)).toEqual([3, 5 * 4 + 4 * 2]);
    expect(animation.shape).toEqual([8, 3, 4, 3]);
  });
});

describe('slicescope convert', () => {
  test('writes a volume as another format, says where and what is left out, and replaces only if asked', async () => {
    expect(await slicescope('convert', 'ct.nii', 'ct.mrc')).toEqual({
      status: 0,
      stdout: `${join(folder, 'ct.mrc')}\n`,
      stderr: 'slicescope: MRC has no place for the unit mm: distances are in Å.\n',
    });
    const again = await slicescope('convert', 'ct.nii', 'ct.mrc');
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('or replace it with --overwrite')]);
    const raw = ['ct.bin', '--shape', '4x3x5', '--raw-dtype', 'int16', '--big-endian'];
    const { status, stdout } = await slicescope('convert', ...raw, 'ct.npy', '--dtype', 'float32', '--json');
    expect([status, JSON.parse(stdout)]).toEqual([0, { path: join(folder, 'ct.npy'), bytes: 368, notes: [] }]);
    const [values] = (await readBack(join(folder, 'ct.npy'))) as [ReadBack];
    expect(values).toMatchObject({ shape: [5, 3, 4], dtype: 'float32', values: VALUES });
  });

  test('writes a label map over the DICOM series that it was drawn on', async () => {
    mkdirSync(join(folder, 'below'));
    for (const z of [0, 1]) {
      const bytes = dicomFile(Buffer.concat(dicomSlice([z, 1, 2, 3, 4, 5], z, z + 1)));
      writeFileSync(join(folder, 'below', `${String(z)}.dcm`), bytes);
    }
    const grid = { spacing: [0.5, 2, 1], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] } as const;
    const labels = Volume.from(Uint8Array.from([1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1]), [3, 2, 2], grid);
    await saveVolume(labels, join(folder, 'labels.nrrd'));
    const written = await slicescope(
      'convert',
      'labels.nrrd',
      'labels.dcm',
      '--over',
      join(folder, 'below'),
      '--deidentify',
    );
    expect(written).toEqual({ status: 0, stdout: `${join(folder, 'labels.dcm')}\n`, stderr: '' });
    const read = await openVolume(join(folder, 'labels.dcm'));
    expect([read.shape, Array.from(read.data)]).toEqual([[3, 2, 2], Array.from(labels.data)]);
    const refused = await slicescope('info', 'ct.nii', '--over', join(folder, 'below'));
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('is drawn over nothing; leave it out'),
    ]);
  });

  test('fails with a value that a dtype can’t hold, and without a file to write', async () => {
    const failed = await slicescope('convert', 'ct.nii', 'n.nii', '--dtype', 'uint8');
    expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('uint8 can’t hold -500')]);
    const { status, stderr } = await slicescope('convert', 'ct.nii');
    expect([status, stderr]).toEqual([2, expect.stringContaining('convert takes a file to read and one to write')]);
    expect(existsSync(join(folder, 'n.nii'))).toBe(false);
  });
});

test('slicescope export is ended by Ctrl-C between two slices, and leaves whole files only', async () => {
  writeFileSync(join(folder, 'many.bin'), new Uint8Array(6 * 900));
  const many = ['many.bin', '--shape', '2x3x900', '--dtype', 'uint8', '--scale', '64'];
  const child = spawn(process.execPath, [MAIN, 'export', ...many, '--from', '0', '-o', 'ended/{index}.png'], {
    cwd: folder,
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  const ended = once(child, 'close') as Promise<[number | null]>;
  const names = (): string[] => (existsSync(join(folder, 'ended')) ? readdirSync(join(folder, 'ended')) : []);
  while (names().length === 0 && child.exitCode === null) await new Promise((again) => setTimeout(again, 1));
  child.kill('SIGINT');
  const [status] = await ended;
  expect([status, said]).toEqual([1, 'slicescope: stopped by Ctrl-C; the files that are there are whole\n']);
  expect(names().length).toBeLessThan(900);
  for (const name of names()) expect((await readPng(join(folder, 'ended', name))).width).toBe(128);
});

describe('--strict refuses a DICOM series that could only be opened with notes', () => {
  const said = 'is one missing?';
  const series = (): string => join(folder, 'series');
  beforeAll(() => {
    mkdirSync(series());
    for (const z of [0, 1, 2, 4]) {
      const bytes = dicomFile(Buffer.concat(dicomSlice([z, 1, 2, 3, 4, 5], z, z + 1)));
      writeFileSync(join(series(), `${String(z)}.dcm`), bytes);
    }
  });

  test.each([
    ['info', []],
    ['view', ['--no-open']],
    ['export', ['-o', 'n.png']],
    ['convert', ['n.npy']],
  ])('%s', async (command, others) => {
    const { status, stdout, stderr } = await slicescope(command, series(), ...others, '--strict');
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(said)]);
    expect(readdirSync(folder).some((name) => name.startsWith('n.'))).toBe(false);
  });

  test('and without it, it is opened, and the note is said', async () => {
    const { status, stdout } = await slicescope('info', series());
    expect([status, stdout]).toEqual([0, expect.stringMatching(/notes +Slice 3 is missing from the series/)]);
  });
});

describe('slicescope view', () => {
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  interface Viewing {
    readonly url: URL;
    readonly viewId: string;
    readonly secret: string;
    /** Ctrl-C. @returns the exit status, the signal that it died of, and what it said besides the address */
    interrupt(): Promise<readonly [number | null, string | null, string]>;
  }

  /** It goes on: what it prints is waited for. */
  async function view(...args: readonly string[]): Promise<Viewing> {
    const child = spawn(process.execPath, [MAIN, 'view', ...args], { cwd: folder });
    running.push(child);
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) throw new Error(said);
    const url = new URL(first.value);
    const fragment = new URLSearchParams(url.hash.slice(1));
    return {
      url,
      viewId: fragment.get('view') ?? '',
      secret: fragment.get('secret') ?? '',
      interrupt: async () => {
        const ended = once(child, 'close') as Promise<[number | null, string | null]>;
        child.kill('SIGINT');
        const more = await lines.next();
        expect(more.done).toBe(true);
        return [...(await ended), said];
      },
    };
  }

  test('prints the address of a page that shows the file as asked, until Ctrl-C, which is no failure', async () => {
    const look = ['--plane', 'xz', '--index', '2', '--window', '-400', '800', '--colormap', 'hot', '--rotate', '90'];
    const { url, viewId, secret, interrupt } = await view('ct.nii', '--no-open', ...look);
    expect((await fetch(url)).status).toBe(200);
    const client = await TestClient.connect(Number(url.port), { Origin: url.origin });
    await client.shakeHands(secret);
    const { state } = await client.open(viewId);
    expect(state).toMatchObject({ plane: 'xz', index: 2, window: [-400, 800], colormap: 'hot', rotation: 1 });
    expect(state.volume.name).toBe('ct');
    const asked = { requestId: 1, plane: 'xz', index: 2 } as const;
    const frame = await client.slice(viewId, state.volume.revision, asked);
    expect(voxelsOf(frame, frame.payload)).toEqual(volume.slice('xz', 2).data);
    expect(await interrupt()).toEqual([0, null, 'Open this address in a browser. Ctrl-C ends it.\n']);
    expect((await client.untilClosed()).at(-1)).toMatchObject({ kind: 'closed' });
    await expect(fetch(url)).rejects.toThrow();
  });

  test('shows raw voxels that are described, and each run has a secret of its own', async () => {
    const raw = ['ct.bin', '--shape', '4x3x5', '--dtype', 'int16', '--big-endian', '--no-open'];
    const [one, other] = [await view(...raw), await view(...raw)];
    expect(one.secret).not.toBe(other.secret);
    for (const each of [one, other]) expect((await each.interrupt()).slice(0, 2)).toEqual([0, null]);
  });

  test('opens no browser where nobody would see it', async () => {
    const { interrupt } = await view('ct.nii');
    expect(await interrupt()).toEqual([0, null, 'Open this address in a browser. Ctrl-C ends it.\n']);
  });

  test.each([
    ['a file that is not there', ['none.nii'], 'none.nii: there is no such file'],
    ['an index past the end', ['ct.nii', '--index', '9'], 'view: index is 9, expected a whole number from 0 to 4'],
  ])('ends with 1 and a sentence for %s, and prints no address', (_, args, sentence) => {
    const { status, stdout, stderr } = inProcess('view', ...args, '--no-open');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
  });
});

describe('how it ends', () => {
  test.each<[string, readonly string[], number, string]>([
    ['what fails says why in a sentence, and ends with 1', ['info', 'none.nii'], 1, 'none.nii: there is no such file'],
    [
      'an index past the end',
      ['export', 'ct.nii', '--index', '9', '-o', 'n.png'],
      1,
      'slicescope: exportSlice: index is 9, expected a whole number from 0 to 4',
    ],
    ['an ending that can’t be written', ['export', 'ct.nii', '-o', 'n.bmp'], 1, 'n.bmp does not end in one of .png'],
    ['wrong usage ends with 2', ['export', 'ct.nii'], 2, "error: required option '-o, --output <path>' not specified"],
    [
      'a colour map that there is not',
      ['export', 'ct.nii', '--colormap', 'jet', '-o', 'n.png'],
      2,
      "argument 'jet' is invalid",
    ],
    ['a number that is none', ['export', 'ct.nii', '--index', 'two', '-o', 'n.png'], 2, 'Expected a number.'],
    [
      'a window of three numbers',
      ['export', 'ct.nii', '--window', '1', '2', '3', '-o', 'n.png'],
      2,
      "argument '3' is invalid. At most 2; give the file before the options.",
    ],
    ['a file behind a window’s name', ['export', '--window', 'bone', 'ct.nii', '-o', 'n.png'], 2, "ct.nii' is invalid"],
    [
      'half a description',
      ['info', 'ct.bin', '--shape', '4x3x5'],
      2,
      'error: raw voxels are described by --shape and --dtype',
    ],
    [
      'columns of no sheet',
      ['export', 'ct.nii', '--columns', '2', '-o', 'n.png'],
      2,
      'error: --columns is of --montage',
    ],
    [
      'a sheet that moves',
      ['export', 'ct.nii', '--montage', '--bounce', '-o', 'n.webp'],
      2,
      'error: --montage is one picture',
    ],
    ['several files of one', ['info', 'ct.nii', 'ct.nii'], 1, 'is one file, and several paths are slices'],
    ['a command that there is not', ['open', 'ct.nii'], 2, "error: unknown command 'open'"],
    ['no command', [], 2, 'Usage: slicescope'],
  ])('%s', async (_, args, code, sentence) => {
    const { status, stdout, stderr } = await slicescope(...args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
    expect([status, stdout]).toEqual([code, '']);
    expect(readdirSync(folder).some((name) => name.startsWith('n.'))).toBe(false);
  });

  test.each([
    ['fails', ['info', 'none.nii'], 1, 'slicescope: '],
    ['is used wrongly', ['export', 'ct.nii'], 2, 'error: '],
  ])('a process of it that %s has the same status, and says nothing but why', (_, args, code, start) => {
    const { status, stdout, stderr } = inProcess(...args);
    expect([status, stdout, stderr.slice(0, start.length)]).toEqual([code, '', start]);
  });

  test('a file that is there is replaced only if asked for', async () => {
    writeFileSync(join(folder, 'mine.npy'), 'mine');
    const refused = await slicescope('export', 'ct.nii', '-o', 'mine.npy');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('mine.npy is there already; choose another name, or replace it with --overwrite');
    expect((await slicescope('export', 'ct.nii', '-o', 'mine.npy', '--overwrite')).status).toBe(0);
    expect((await readBack(join(folder, 'mine.npy')))[0]?.values).toEqual(VALUES.slice(24, 36));
  });

  test('help and version end with 0', async () => {
    expect(inProcess('--version')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
    });
    const help = await slicescope('export', '--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('--window <low high...>');
  });

  test('its page in the documents lists each option', async () => {
    const page = join(__dirname, '../../docs/cli.md');
    const help = [await slicescope('export', '--help'), await slicescope('view', '--help')];
    const stdout = help.map((said) => said.stdout).join('');
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name as string);
    expect(options.length).toBeGreaterThan(20);
    const text = readFileSync(page, 'utf8');
    expect(options.filter((name) => !text.includes(name))).toEqual([]);
  });
});
