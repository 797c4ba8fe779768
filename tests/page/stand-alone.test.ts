import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { Child, LIB } from '../../kernel-server/testing/companions';
import { ViewerPage } from '../browser/viewer-page';
import { differences, expectPicture, type Expected } from '../browser/pictures';
import { complaintsOf } from '../browser/page-stand';
import { Traffic } from '../browser/traffic';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

jest.setTimeout(120_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const SHAPE = [48, 32, 20] as const;
const WINDOW = [0, 4000] as const;
const ramp = volumeOf('uint16', SHAPE, (x, y, z) => (x * 67 + y * 131 + z * 577) % 4000, { name: 'ramp' });

let folder: string;
const programs: Child[] = [];
const pages: Page[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-page-'));
  writeFileSync(join(folder, 'ramp.raw'), new Uint8Array(ramp.data.buffer, 0, ramp.data.byteLength));
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
  for (const program of programs.splice(0)) program.kill();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A program that shows a volume outside of a notebook. @returns it and the address that it has printed */
async function started(code: string): Promise<[Child, string]> {
  const program = new Child(code);
  programs.push(program);
  const [address = ''] = /http:\S+/.exec(await program.line()) ?? [];
  return [program, address];
}

/** `slicescope view` of the ramp. */
async function viewing(...options: readonly string[]): Promise<[Child, string]> {
  const raw = ['--shape', SHAPE.join('x'), '--dtype', 'uint16', '--window', ...WINDOW.map(String)];
  const words = ['view', join(folder, 'ramp.raw'), '--no-open', ...raw, ...options];
  return await started(`
    process.argv.push('slicescope', ...${JSON.stringify(words)});
    require(${JSON.stringify(join(LIB, 'src/cli/main.js'))});`);
}

interface OpenPage {
  readonly page: Page;
  /** Errors and warnings, also those of the page's policy. */
  readonly complaints: string[];
  readonly traffic: Traffic;
}

/** A page in a window of its own. */
async function openPage(address: string, colorScheme: 'light' | 'dark' = 'light'): Promise<OpenPage> {
  const browser = await slicescopeKept.browser();
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, colorScheme });
  const page = await context.newPage();
  pages.push(page);
  const complaints = complaintsOf(page);
  const traffic = Traffic.of(page);
  await page.goto(address);
  return { page, complaints, traffic };
}

const viewerOf = (page: Page): ViewerPage => new ViewerPage(page.locator('.slicescope-view'));

async function shows(page: Page, expected: Expected): Promise<void> {
  await expectPicture(viewerOf(page), ramp, { window: WINDOW, ...expected }, 30_000);
}

/** Words on the page, whatever says them. */
async function says(page: Page, words: string): Promise<void> {
  await page.getByText(words).waitFor({ timeout: 30_000 });
}

test('the page draws the file’s own values, follows the slider and keys, and is the same after a reload', async () => {
  const [, address] = await viewing('--index', '3');
  const { page, complaints, traffic } = await openPage(address);
  await shows(page, { index: 3 });
  expect(await page.title()).toBe('ramp');
  await eventually(() => {
    expect(page.workers()).toHaveLength(1); // In which the socket is.
  });
  const { slider } = viewerOf(page);
  await slider.fill('17');
  await shows(page, { index: 17 });
  await viewerOf(page).canvas.focus();
  await page.keyboard.press('ArrowLeft');
  await shows(page, { index: 16 });
  await page.keyboard.press('i');
  await page.keyboard.press('i');
  await page.keyboard.press('2');
  await shows(page, { plane: 'xz', index: 16 });
  await page.reload();
  await shows(page, { plane: 'xz', index: 16 });
  expect(traffic.elsewhere(new URL(address).host)).toEqual([]);
  expect(traffic.companions).toHaveLength(2);
  expect(complaints).toEqual([]);
});

test('the picture fills the window, and has the focus from the start, also in another layout', async () => {
  const [, address] = await viewing();
  const { page } = await openPage(address);
  await shows(page, { index: 10 });
  const fills = async (width: number, height: number): Promise<void> => {
    await page.setViewportSize({ width, height });
    await eventually(async () => {
      const box = await viewerOf(page).canvas.boundingBox();
      expect(box?.width).toBe(width - 16);
      expect(box?.height).toBeGreaterThan(height - 170); // Where it is narrow, the tools and what is said take two rows each.
      const rolls = await page.evaluate(() => {
        const { scrollHeight, clientHeight, scrollWidth, clientWidth } = document.documentElement;
        return scrollHeight > clientHeight || scrollWidth > clientWidth;
      });
      expect(rolls).toBe(false);
      expect(differences(await viewerOf(page).pixels(), ramp, { window: WINDOW, index: 10 })).toEqual([]);
    });
  };
  await fills(900, 700);
  await fills(1300, 500);
  await fills(400, 900);
  await page.keyboard.press('End');
  await shows(page, { index: 19 });
  await page.keyboard.press('5');
  await viewerOf(page).root.locator('.slicescope-box[data-shown-x-y="19"]').waitFor();
  await page.keyboard.press('3');
  await page.keyboard.press('Home');
  await shows(page, { plane: 'yz', index: 0 });
});

test('panel, probe, crosshair and box work there, in light and dark, and axe finds nothing', async () => {
  const [, address] = await viewing();
  for (const scheme of ['light', 'dark'] as const) {
    const { page, complaints } = await openPage(address, scheme);
    const viewer = viewerOf(page);
    await viewer.root.locator('canvas:focus').waitFor(); // By itself, with the first picture.
    await page.keyboard.press('1');
    await shows(page, { index: 10 });
    const box = await viewer.canvas.boundingBox();
    if (box === null) throw new Error('The canvas is not on the page.');
    await page.mouse.move(box.x + box.width / 2 + 1, box.y + box.height / 2 + 1);
    const value = String(ramp.valueAt(24, 16, 10));
    await eventually(async () => {
      const said = await viewer.root.locator('.slicescope-probe').textContent();
      expect(said).toBe(`[24, 16, 10]   24.00, 16.00, 10.00 px   ${value}`);
    });
    await page.keyboard.press('s');
    const bars = viewer.root.locator('.slicescope-bars');
    await eventually(async () => {
      expect(await bars.getAttribute('d')).toMatch(/V[\d.]+H/);
    });
    for (const [key, layout] of [
      ['1', 'slice'],
      ['4', 'planes'],
      ['5', 'volume'],
    ] as const) {
      await page.keyboard.press(key);
      const picture = layout === 'volume' ? '.slicescope-box[data-shown-x-y="10"]' : `[data-layout="${layout}"]`;
      await viewer.root.locator(picture).waitFor();
      await page.evaluate(AXE); // As the browser's own tools do it: the page's policy lets nobody else.
      const found = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(): Promise<AxeResults> } };
        return (await axe.run()).violations;
      });
      expect([scheme, layout, found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))]).toEqual([
        scheme,
        layout,
        [],
      ]);
    }
    expect(complaints).toEqual([]);
  }
});

test('when the program has ended, the picture stays and a sentence says what to do', async () => {
  const [program, address] = await viewing();
  const { page } = await openPage(address);
  await shows(page, { index: 10 });
  program.kill();
  await says(
    page,
    'The program that shows this volume has ended, or can’t be reached. Start it again: it opens a page of its own.',
  );
  expect(await page.getByRole('button', { name: 'Try now' }).isVisible()).toBe(true);
  expect(differences(await viewerOf(page).pixels(), ramp, { window: WINDOW, index: 10 })).toEqual([]);
});

test('a script in plain Node shows, hears and closes its view, and the page says so', async () => {
  const [program, address] = await started(`
    const { Volume, show } = require(${JSON.stringify(join(LIB, 'src/index.js'))});
    const [width, height, depth] = ${JSON.stringify(SHAPE)};
    const volume = Volume.alloc([width, height, depth], 'uint16', { name: 'from a script' });
    let at = 0;
    for (let z = 0; z < depth; z++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) volume.data[at++] = (x * 67 + y * 131 + z * 577) % 4000;
    const view = show(volume, { window: ${JSON.stringify(WINDOW)} });
    view.on('change', ({ index }) => { if (index === 4) view.set({ index: 7 }); else view.close(); });`);
  const { page } = await openPage(address);
  await shows(page, { index: 10 });
  expect(await page.title()).toBe('from a script');
  await viewerOf(page).slider.fill('4');
  await shows(page, { index: 7 });
  await viewerOf(page).slider.fill('8');
  expect(await program.end()).toBe(0);
  const closed = 'This view was closed. Start the program again to look at the volume.';
  const ended = 'The program that shows this volume has ended, or can’t be reached.';
  await page.getByText(closed).or(page.getByText(ended)).waitFor({ timeout: 30_000 });
});

test('an address without its secret, or with another one, is told from one that leads nowhere', async () => {
  const [, address] = await viewing();
  const url = new URL(address);
  const { page: bare } = await openPage(url.origin);
  await says(
    bare,
    'This address is not complete. Open the one that the program has printed, with all that is behind the #.',
  );
  // What was missing is put in.
  await bare.goto(address);
  await shows(bare, { index: 10 });

  const forged = address.replace(/secret=.*/, `secret=${'0'.repeat(64)}`);
  const { page: wrong } = await openPage(forged);
  await says(wrong, 'This address is not that of a view that is shown now.');
  expect(await wrong.getByRole('button', { name: 'Try now' }).isVisible()).toBe(true);
  const { page: gone } = await openPage(address.replace(/view=[^&]*/, 'view=another'));
  await says(gone, 'There is no such view any more.');
  expect(await gone.locator('.slicescope-view').count()).toBe(0);
});
