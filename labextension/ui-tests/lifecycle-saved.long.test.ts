import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { openVolume } from '../../src/formats';
import { jupyterEnvironment, startJupyter, type JupyterServer, type OwnServer } from './jupyter';
import { forgetLab } from './lab';
import { writeNotebook, type NotebookPage } from './notebook';
import { SHOW_CELL, expectPng, expectRampPng, showsRamp } from '../../tests/browser/ramp';
import { useJupyter } from './stand';
import type { Traffic } from '../../tests/browser/traffic';

const stand = useJupyter();
jest.setTimeout(240_000);

const ROOT = resolve(__dirname, '../..');
const JUPYTER = join(ROOT, '.venv/bin/jupyter');
/** What the person reads where the kernel of an output is gone. */
const GONE = /The kernel was restarted or shut down since. Run the cell again/;
/** Where notebooks are made, and another person's server: with signatures and kernels of its own. */
let server: JupyterServer;
let other: OwnServer;
let traffic: Traffic;

beforeAll(async () => {
  other = await startJupyter();
});
beforeEach(() => {
  ({ server } = stand);
});
afterAll(async () => {
  await forgetLab(other);
  await other.stop();
});

async function open(where: JupyterServer, name: string): Promise<NotebookPage> {
  const opened = await stand.openFresh(name, undefined, where);
  ({ traffic } = opened);
  return opened.notebook;
}

/** A notebook with a view, run and saved on the first server, and brought to the other one. */
async function makeAndMove(name: string): Promise<void> {
  writeNotebook(server, name, [SHOW_CELL]);
  const page = await open(server, name);
  await page.runCell(0);
  await showsRamp(page.viewer(), { index: 10 });
  await page.save();
  copyFileSync(join(server.folder, name), join(other.folder, name));
}

function trust(where: JupyterServer, name: string): void {
  const env = jupyterEnvironment(where.home);
  execFileSync(JUPYTER, ['trust', join(where.folder, name)], { env });
}

/** PNGs in base64, in the order of an HTML page that nbconvert wrote. */
function picturesOf(html: string): string[] {
  return [...html.matchAll(/<img[^>]+src="data:image\/png;base64,([^"]+)"/g)].map(([, base64 = '']) =>
    base64.replaceAll(/\s/g, ''),
  );
}

async function convert(path: string): Promise<string> {
  const { folder, home } = server;
  const args = ['nbconvert', '--to', 'html', '--execute', '--output-dir', folder, '--output', 'converted', path];
  await promisify(execFile)(JUPYTER, args, { env: jupyterEnvironment(home) });
  return readFileSync(join(folder, 'converted.html'), 'utf8');
}

test('nbconvert runs the example without a browser, and its page has the pictures', async () => {
  const pictures = picturesOf(await convert(join(ROOT, 'examples/first-look.ipynb')));
  const volume = await openVolume(join(ROOT, 'examples/data/icbm152-t1.nii.gz'));
  const { xy, yz } = volume.info(0).planes;
  expect(pictures).toHaveLength(2);
  await expectPng(pictures[0] ?? '', volume, { index: Math.floor(xy.count / 2) });
  const sagittal = { plane: 'yz', index: Math.floor(yz.count / 2), colormap: 'bone' } as const;
  await expectPng(pictures[1] ?? '', volume, sagittal);
});

test('nbconvert’s page has the picture of every view, as it was shown', async () => {
  const more = [
    `show(volume, { index: 3, window: [0, 4000], colormap: 'viridis' })`,
    `const last = show(volume, { plane: 'yz', index: 47, rotation: 1, window: [0, 4000] });`,
  ];
  writeNotebook(server, 'three.ipynb', [SHOW_CELL, ...more]);
  const html = await convert(join(server.folder, 'three.ipynb'));
  const pictures = picturesOf(html);
  expect(pictures).toHaveLength(3);
  await expectRampPng(pictures[0] ?? '', { index: 10 });
  await expectRampPng(pictures[1] ?? '', { index: 3, colormap: 'viridis' });
  await expectRampPng(pictures[2] ?? '', { plane: 'yz', index: 47, rotation: 1 });
});

test('in a notebook that is not trusted a view is its picture, and connects to nothing', async () => {
  await makeAndMove('foreign.ipynb');
  const page = await open(other, 'foreign.ipynb');
  const image = page.page.locator('.jp-OutputArea-output img');
  await image.waitFor();
  const [, base64 = ''] = ((await image.getAttribute('src')) ?? '').split(',');
  await expectRampPng(base64.replaceAll(/\s/g, ''), { index: 10 });
  // The kernel can be used, and still nothing has asked for a companion.
  expect(await page.run('console.log(6 * 7)')).toBe('42\n');
  expect(await page.page.locator('.slicescope-output').count()).toBe(0);
  expect(traffic.lookups).toEqual([]);
  expect(traffic.companions).toEqual([]);
  expect(traffic.elsewhere(new URL(other.pageUrl).host)).toEqual([]);
});

test('where the kernel is none of the server’s, the saved picture says so, and asks once', async () => {
  await makeAndMove('moved.ipynb');
  trust(other, 'moved.ipynb');
  const page = await open(other, 'moved.ipynb');
  const saved = page.page.locator('.slicescope-saved');
  await saved.locator('.slicescope-notice').filter({ hasText: GONE }).waitFor();
  const src = (await saved.locator('img').getAttribute('src')) ?? '';
  await expectRampPng(src.slice(src.indexOf(',') + 1).replaceAll(/\s/g, ''), { index: 10 });
  // The time in which a fresh kernel compiles and runs its first cell is enough for many a retry.
  const first = `import { Volume } from 'slicescope'; console.log(Volume.alloc([2, 2, 2], 'uint8').shape.length);`;
  expect(await page.run(first)).toBe('3\n');
  expect(traffic.lookups).toHaveLength(1);
  expect(traffic.companions).toEqual([]);
  await page.runCell(0);
  await showsRamp(page.viewer(), { index: 10 });
});
