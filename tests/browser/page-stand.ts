/**
 * Tests of the viewer in a real browser without Jupyter: `show` is called in the test itself, and the page that
 * `slicescope view` opens has the viewer. It is the same viewer, transport and companion as under a cell, and takes a
 * tenth of the time.
 *
 * @example
 * const stand = usePage();
 * const { view, viewer } = await stand.show(volume, { index: 3 });
 * await viewer.canvas.press('ArrowRight');
 * await eventually(() => expect(view.index).toBe(4));
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, expect, jest } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { showOnPage } from '../../src/notebook/show';
import type { SliceView } from '../../src/notebook/slice-view';
import type { ViewOptions } from '../../src/notebook/view-options';
import type { Volume } from '../../src/volume';
import { ViewerPage } from './viewer-page';
import { eventually } from './waiting';

const SCREENSHOTS = resolve(__dirname, '../../test-results/screenshots');
const TEST_MS = 120_000;
/** Small, because each pixel is compared, and large enough for all controls. */
const VIEWPORT = { width: 560, height: 640 };

/** A view, and the page that shows it. */
export interface Shown {
  readonly view: SliceView;
  readonly viewer: ViewerPage;
  readonly page: Page;
  readonly url: string;
  /** Errors and warnings of the page. The test fails if there are any at its end. */
  readonly complaints: string[];
}

export interface PageOptions extends BrowserContextOptions {
  /** Runs in the page before anything else does. */
  readonly prepare?: () => void;
}

export interface PageStand {
  /** Show a volume on a page of its own; both are closed when the test has ended. */
  show(volume: Volume, options?: ViewOptions, page?: PageOptions): Promise<Shown>;
  /** Another page of a view. */
  open(url: string, page?: PageOptions): Promise<Omit<Shown, 'view'>>;
}

/** Errors and warnings of a page from now on, also those of its policy. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Without GL around the pictures (browser.ts) the driver says that they are read back.
    if (message.text().includes('GL Driver Message')) return;
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** Save what a page shows, for a person who looks into a failure. */
export async function photograph(page: Page): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const name = (expect.getState().currentTestName ?? 'test').replaceAll(/[^\w]+/g, '-').slice(0, 150);
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) }).catch(() => undefined);
}

/** Make the window as large as it must be for a canvas of this size, in pixels. */
export async function fitCanvas({ viewer, page }: Shown, width: number, height: number): Promise<void> {
  const measured = async (): Promise<readonly [width: number, height: number]> =>
    await viewer.canvas.evaluate((node) => {
      const canvas = node as HTMLCanvasElement;
      return [canvas.width, canvas.height] as const;
    });
  let canvas = await measured();
  // Once more where other controls fit beside each other.
  for (let tries = 0; canvas[0] !== width || canvas[1] !== height; tries++) {
    if (tries === 5) throw new Error(`The canvas has ${canvas.join(' × ')} pixels.`);
    const window = page.viewportSize() ?? VIEWPORT;
    const before = canvas;
    await page.setViewportSize({
      width: window.width + width - before[0],
      height: window.height + height - before[1],
    });
    canvas = await eventually(async () => {
      const now = await measured();
      expect(now).not.toEqual(before);
      return now;
    });
  }
}

/** Call it at the head of a file of tests. */
export function usePage(): PageStand {
  const shown: Omit<Shown, 'view'>[] = [];
  const views: SliceView[] = [];
  jest.setTimeout(TEST_MS);

  afterEach(async () => {
    const [opened, closing] = [shown.splice(0), views.splice(0)];
    const complaints = opened.flatMap((each) => each.complaints);
    for (const { page } of opened) {
      if (slicescopeKept.hasFailed) await photograph(page);
      await page.context().close();
    }
    for (const view of closing) view.close();
    expect(complaints).toEqual([]);
  });

  const open: PageStand['open'] = async (url, { prepare, ...options } = {}) => {
    const browser = await slicescopeKept.browser();
    const context = await browser.newContext({ viewport: VIEWPORT, ...options });
    if (prepare !== undefined) await context.addInitScript(prepare);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const complaints = complaintsOf(page);
    const viewer = new ViewerPage(page.locator('.slicescope-view'));
    shown.push({ viewer, page, url, complaints });
    await page.goto(url);
    return { viewer, page, url, complaints };
  };
  return {
    open,
    async show(volume, options = {}, pageOptions = {}) {
      const { view, url } = showOnPage(volume, options, 'show');
      views.push(view);
      return { view, ...(await open(url, pageOptions)) };
    },
  };
}
