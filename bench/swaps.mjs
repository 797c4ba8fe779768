import { CANVAS, CELLS } from './ours.mjs';
import { kernelMegabytes, residentBytes } from './show.mjs';

const FIRST = 2;

/** Resident megabytes of the browser's renderers: the pages, with everything that they cache. */
export async function pagesMegabytes(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return renderers.reduce((sum, { id }) => sum + residentBytes(id), 0) / 1e6;
}

/** Swap, see that the last volume is in the picture, and come to rest. */
async function swap({ notebook, page }, context, times, index) {
  await notebook.print(CELLS.swap(times));
  await page.evaluate(([canvas, z]) => void (window.shownAfter = window.probe.shown(canvas, z)), [CANVAS, index]);
  await notebook.print(`view.index = ${index};`);
  await page.evaluate(() => window.shownAfter);
  return { kernel: await kernelMegabytes(notebook), pages: await pagesMegabytes(context) };
}

/**
 * Memory after the second and after the last of so many swaps, of the kernel and of the pages. Each is a volume of its
 * own, never shown before: whatever keeps one of them shows.
 */
export async function swapAll(context, ours, swaps) {
  await ours.show();
  const first = await swap(ours, context, FIRST, 40);
  const last = await swap(ours, context, swaps - FIRST, 80);
  return { first, last };
}
