import type { Locator } from 'playwright-core';
import { pixelsOf, type CanvasPixels } from './canvas';

/** One viewer on the page. */
export class ViewerPage {
  readonly root: Locator;
  readonly canvas: Locator;
  readonly slider: Locator;
  readonly notice: Locator;

  constructor(root: Locator) {
    this.root = root;
    this.canvas = root.locator('.slicescope-canvas');
    this.slider = root.locator('.slicescope-slider');
    this.notice = root.locator('.slicescope-notice');
  }

  /** Wait until the picture shows this slice; the error says what it shows instead. */
  async shows(index: number, plane = 'xy', timeout = 30_000): Promise<void> {
    const page = this.root.page();
    try {
      await this.root
        .and(page.locator(`[data-shown-index="${String(index)}"]`))
        .and(page.locator(`[data-shown-plane="${plane}"][data-state="live"]`))
        .waitFor({ timeout });
    } catch (error) {
      const shown = await this.root.evaluateAll((views) =>
        views.map((view) => `${JSON.stringify(view.dataset)} ${view.textContent}`),
      );
      const focus = await page.evaluate(() => document.activeElement?.className);
      throw new Error(`Not ${plane} ${String(index)}, but ${shown.join('\n') || 'no view'}; focus: ${String(focus)}`, {
        cause: error,
      });
    }
  }

  /** Make a change that brings another volume or new content of it, and wait for the first picture of that. */
  async showsNew(change: () => void, timeout = 30_000): Promise<void> {
    const shown = await this.root.getAttribute('data-shown-revision');
    change();
    const isOther = `[data-state="live"]:not([data-shown-revision="${String(shown)}"])`;
    await this.root.and(this.root.page().locator(isOther)).waitFor({ timeout });
  }

  async shownIndex(): Promise<number> {
    return Number(await this.root.getAttribute('data-shown-index'));
  }

  /** The canvas' own pixels, RGBA, row by row from the top left. */
  pixels(): Promise<CanvasPixels> {
    return pixelsOf(this.canvas);
  }
}
