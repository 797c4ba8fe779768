import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from '../scripts/setup/chromium.mjs';
import { PATIENCE_MS } from './processes.mjs';

/** A name that is not loopback's for this machine: a page from there looks as one of a remote JupyterLab does. */
export const REMOTE_HOST = 'lab.test';

/** Headless Chromium with software GL, the same on every machine whether it has a GPU or not. */
export function launchBrowser() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium found: run npm run setup, which says how to get one');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      `--host-resolver-rules=MAP ${REMOTE_HOST} 127.0.0.1`,
      '--disable-dev-shm-usage',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Have nobody listen to what an open page says to its servers. Playwright does, from a page's beginning: Chromium then hands
 * every message of a WebSocket to it too, as text, which takes a processor longer than the message and which no user's
 * browser does. There is no option for it.
 */
export async function unwatch(page) {
  const { delegate } = page._connection.toImpl(page);
  const deafen = () => delegate._networkManager._forEachSession(({ session }) => session.send('Network.disable'));
  page.on('worker', () => {
    deafen().catch((error) => {
      if (!page.isClosed()) throw error;
    });
  });
  await deafen();
}

/**
 * Open `url` in a page that nobody listens to, use it, and close it, whatever happens. `prepare` is done before the
 * page is opened.
 */
export async function withPage(context, url, use, prepare = () => undefined) {
  const page = await context.newPage();
  try {
    await prepare(page);
    await page.goto(url);
    await unwatch(page);
    return await use(page);
  } finally {
    await page.close();
  }
}

/** A browser context in which every page has the probe of probe.js. */
export async function newContext(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript({ path: fileURLToPath(new URL('probe.js', import.meta.url)) });
  return context;
}
