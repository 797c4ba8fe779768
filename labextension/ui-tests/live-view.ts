import { expect } from '@jest/globals';
import { SHOW_CELL, showsRamp } from '../../tests/browser/ramp';
import type { Traffic } from '../../tests/browser/traffic';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import type { NotebookPage } from './notebook';
import type { Named, Stand } from './stand';

/** What the person reads when the kernel that had the view is gone. */
export const RUN_AGAIN = /Run the cell again/;
/** Where `arrange` moves a view. */
export const ARRANGED = { index: 17, plane: 'xz', colormap: 'viridis', zoom: 1.25 } as const;

export async function scrub(viewer: ViewerPage, key: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) await viewer.slider.press(key);
}

/** The notebook of a test about a view's life, whose kernel the test may end. */
export interface LiveView {
  readonly notebook: NotebookPage;
  readonly traffic: Traffic;
  /** A notebook with these cells, none of which has run. @returns its path on the server */
  open(...cells: string[]): Promise<string>;
  /**
   * A notebook whose first cell has been run and whose view is live, in the kept page, or in one that is loaded with the
   * notebook in its address and so has it again after a reload.
   */
  openLive(page?: 'kept' | 'fresh'): Promise<string>;
  /** Move and colour the view in every way that it keeps. */
  arrange(): Promise<void>;
  expectStopped(): Promise<void>;
  /** Run the cell again, and look at the view that it makes. */
  runAgain(): Promise<void>;
  dismissDialogs(): Promise<void>;
}

export function useLiveView(stand: Stand): LiveView {
  let opened: Named | null = null;
  const now = (): Named => {
    if (opened === null) throw new Error('No notebook has been opened.');
    return opened;
  };
  const pathOf = ({ name }: Named): string => `${stand.server.prefix}${name}`;
  return {
    get notebook() {
      return now().notebook;
    },
    get traffic() {
      return now().traffic;
    },
    async open(...cells) {
      opened = await stand.openMortal(cells);
      return pathOf(opened);
    },
    async openLive(page = 'kept') {
      opened = page === 'kept' ? await stand.openMortal([SHOW_CELL]) : await stand.openCells([SHOW_CELL]);
      await opened.notebook.runCell(0);
      await showsRamp(opened.notebook.viewer(), { index: 10 });
      return pathOf(opened);
    },
    async arrange() {
      const { notebook } = now();
      const viewer = notebook.viewer();
      expect(await notebook.run(`view.set({ plane: 'xz', index: 10, colormap: 'viridis' })`)).toBe('');
      await showsRamp(viewer, { index: 10, plane: 'xz', colormap: 'viridis' });
      await scrub(viewer, 'ArrowRight', 7);
      await viewer.root.hover();
      await viewer.root.getByRole('button', { name: 'Zoom in (+)' }).click();
      await showsRamp(viewer, ARRANGED);
    },
    async expectStopped() {
      const viewer = now().notebook.viewer();
      await viewer.notice.filter({ hasText: RUN_AGAIN }).waitFor();
      expect(await viewer.root.getAttribute('data-state')).toBe('stopped');
      expect(await viewer.slider.isDisabled()).toBe(true);
    },
    async runAgain() {
      const { notebook } = now();
      await notebook.ready();
      await notebook.hearsKernel();
      await notebook.runCell(0);
      await showsRamp(notebook.viewer(), { index: 10 });
      await scrub(notebook.viewer(), 'End');
      await showsRamp(notebook.viewer(), { index: 19 });
      expect(await notebook.viewer().notice.isVisible()).toBe(false);
    },
    async dismissDialogs() {
      const accept = now().notebook.page.locator('.jp-Dialog .jp-mod-accept');
      while ((await accept.count()) > 0) await accept.first().click();
    },
  };
}
