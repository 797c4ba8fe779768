import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** A name that is not loopback's, which the browser resolves to loopback: it stands for a JupyterLab that is elsewhere. */
export const REMOTE_HOST = 'lab.test';

const FLAGS = [
  '--no-sandbox',
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
  // The page around the pictures is put together without the software GL that draws them, in a third of the time.
  // `npm run test:all` puts the pages of tests/page together as a browser with a graphics card does.
  ...(process.env.SLICESCOPE_COMPOSITING === 'gpu' ? [] : ['--disable-gpu-compositing']),
  // The second stands for anybody else's server.
  `--host-resolver-rules=MAP ${REMOTE_HOST} 127.0.0.1, MAP evil.test 127.0.0.1`,
];

/** The browser that `npm run setup` found or installed: its own module says which, and jest can't import that. */
function findChromium(): string {
  const finder = pathToFileURL(resolve(__dirname, '../../scripts/setup/chromium.mjs')).href;
  const code = `import { findChromium } from '${finder}'; process.stdout.write(findChromium() ?? '')`;
  const path = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  if (path === '') throw new Error('There is no Chromium: run npm run setup, and do as it says.');
  return path;
}

/** A headless Chromium with software GL, so that it draws the same on every machine. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: findChromium(), args: FLAGS });
}
