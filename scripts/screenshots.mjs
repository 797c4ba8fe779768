/**
 * npm run screenshots: the pictures of docs/images, each layout in JupyterLab's two themes, of the example's volume. To be
 * run after what is seen has changed, and looked at before they are committed.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { launchBrowser } from '../bench/browser.mjs';
import { openNotebook, startJupyter, writeNotebook } from '../bench/jupyter.mjs';
import { setup } from './setup.mjs';
import { root } from './setup/places.mjs';

const IMAGES = join(root, 'docs/images');
const VOLUME = join(root, 'examples/data/icbm152-t1.nii.gz');
/** Colours of a picture: fewer make a file that a repository can carry. */
const COLOURS = 128;
const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' };

const PREPARE = `import { Volume, show } from 'slicescope';
const t1 = await Volume.open(${JSON.stringify(VOLUME)});`;
const SHOW = 'const view = show(t1);';

/** What is done in the notebook before each picture. */
const SHOTS = {
  slice: `view.set({ layout: 'slice', plane: 'coronal', index: 118 });`,
  planes: `view.set({ layout: 'planes', plane: 'xy', position: [90, 110, 80] });`,
  volume: `view.set({ layout: 'volume', position: [98, 116, 70] });`,
};

async function shoot(page, theme, name) {
  const viewer = page.locator('.slicescope-view').first();
  await viewer.locator('.slicescope-canvas').first().hover(); // The probe says what is there then.
  await page.waitForTimeout(2000);
  const png = await viewer.screenshot({ animations: 'disabled' });
  await sharp(png)
    .png({ palette: true, colours: COLOURS })
    .toFile(join(IMAGES, `${name}-${theme}.png`));
}

async function shootAll() {
  mkdirSync(IMAGES, { recursive: true });
  mkdirSync(join(root, 'test-results'), { recursive: true });
  const folder = mkdtempSync(join(root, 'test-results', 'screenshots-'));
  writeNotebook(join(folder, 'screenshots.ipynb'), []);
  const jupyter = await startJupyter({ folder });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 1000 } });
    const notebook = await openNotebook(page, jupyter, 'screenshots.ipynb');
    await page.evaluate(() => window.jupyterapp.commands.execute('application:toggle-left-area'));
    await notebook.print(PREPARE);
    await notebook.print(SHOW);
    await page.locator('.slicescope-view[data-state="live"]').waitFor();
    for (const [name, cell] of Object.entries(SHOTS)) {
      await notebook.print(cell);
      await page.locator('.slicescope-view').first().scrollIntoViewIfNeeded();
      for (const [key, theme] of Object.entries(THEMES)) {
        await page.evaluate((to) => window.jupyterapp.commands.execute('apputils:change-theme', { theme: to }), theme);
        await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
        await shoot(page, key, name);
      }
    }
  } finally {
    await browser.close();
    await jupyter.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href && (await setup())) await shootAll();
