import { expect, test } from '@jest/globals';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { expectPicture } from '../../tests/browser/pictures';
import { useOwnJupyter } from './stand';
import { recordContexts, type Contexts } from '../../tests/browser/contexts';
import { stage, volumeOf } from '../../tests/browser/volumes';

const stand = useOwnJupyter();
const VIEWS = 22;
const wave = volumeOf('float32', [60, 50, VIEWS], (x, y, z) => Math.sin(x / 9) * Math.cos(y / 7) + z / VIEWS, {
  window: [-1, 2],
});

async function openMany(): Promise<[NotebookPage, ViewerPage[]]> {
  stage(stand.server, 'wave', wave);
  const cell = `const wave = load('wave');
    const views = Array.from({ length: ${String(VIEWS)} }, (_, index) => show(wave, { index }));`;
  const notebook = await stand.open([cell], recordContexts);
  await notebook.runCell(1);
  const viewers = Array.from({ length: VIEWS }, (_, at) => notebook.viewer(at));
  for (const [index, viewer] of viewers.entries()) await expectPicture(viewer, wave, { index }, 30_000);
  return [notebook, viewers];
}

test('many views share one WebGL context and one worker with the socket, and when it is lost and restored their pictures are back', async () => {
  const [notebook, viewers] = await openMany();
  const { page } = notebook;
  const count = async (): Promise<number> => await page.evaluate(() => (window as unknown as Contexts).contexts.length);
  expect(await count()).toBe(1);
  expect(page.workers().filter((worker) => worker.url().startsWith('blob:'))).toHaveLength(1);

  // The canvases are emptied first, so that only a new drawing can bring the pictures back.
  await page.evaluate(() => {
    const [gl] = (window as unknown as Contexts).contexts;
    const extension = gl?.getExtension('WEBGL_lose_context');
    if (gl === undefined || extension == null) throw new Error('no context to be lost');
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.slicescope-canvas')) {
      canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(null);
    }
    return new Promise<void>((resolve) => {
      gl.canvas.addEventListener('webglcontextlost', () => {
        resolve();
        setTimeout(() => {
          extension.restoreContext();
        }, 200);
      });
      extension.loseContext();
    });
  });
  for (const [index, viewer] of viewers.entries()) await expectPicture(viewer, wave, { index }, 30_000);
  await viewers[3]?.canvas.press('End');
  await expectPicture(viewers[3] as ViewerPage, wave, { index: VIEWS - 1 });
  expect(await count()).toBe(1);
});

/** The least contrast (WCAG 2) of the texts of a viewer, whatever its picture is: black or white. */
async function contrasts(viewer: ViewerPage): Promise<Record<string, number>> {
  return await viewer.root.evaluate((root) => {
    type Color = [red: number, green: number, blue: number, alpha: number];
    const parse = (text: string): Color => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, alpha];
    };
    const over = (top: Color, below: Color): Color => {
      const mix = (at: 0 | 1 | 2): number => top[at] * top[3] + below[at] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const luminance = (color: Color): number => {
      const part = (at: 0 | 1 | 2): number => {
        const value = color[at] / 255;
        return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
    };
    const contrast = (a: Color, b: Color): number => {
      const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other) as [number, number];
      return (light + 0.05) / (dark + 0.05);
    };
    const behind = (node: Element, picture: Color): Color => {
      if (node.classList.contains('slicescope-stage')) return picture;
      const own = parse(getComputedStyle(node).backgroundColor);
      if (own[3] === 1 || node.parentElement === null) return own;
      return over(own, behind(node.parentElement, picture));
    };
    const found: Record<string, number> = {};
    for (const name of ['plane', 'count', 'number', 'button', 'notice']) {
      const node = root.querySelector(`.slicescope-${name}`);
      if (node === null) continue;
      const color = parse(getComputedStyle(node).color);
      const values = ([0, 255] as const).map((level) => {
        const background = behind(node, [level, level, level, 1]);
        return contrast(over(color, background), background);
      });
      found[name] = Math.min(...values);
    }
    return found;
  });
}

test('in the light and in the dark theme the texts have a contrast of 4.5 or more', async () => {
  stage(stand.server, 'wave', wave);
  const notebook = await stand.open([`const view = show(load('wave'), { index: 4 });`]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await notebook.command('apputils:change-theme', { theme });
    await notebook.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
    const found = await contrasts(viewer);
    expect(Object.keys(found)).toEqual(['plane', 'count', 'number', 'button', 'notice']);
    for (const [name, value] of Object.entries(found)) {
      if (value < 4.5) throw new Error(`${theme}: the contrast of ${name} is ${value.toFixed(2)}`);
    }
    await viewer.root.hover();
    await expectPicture(viewer, wave, { index: 4 });
  }
});
