/** Pictures a second while the window is dragged, against an empty scene redrawn in the same place of the same page. */
import { withPage } from './browser.mjs';
import { rounded } from './report.mjs';
import { median } from './statistics.mjs';
import { CANVAS, PLACE } from './ours.mjs';
import { WINDOW } from './volume.mjs';

const ROUNDS = 5;

/** In the page: drag with the right button, a step a frame, and count the frames that had a new picture. */
function drag([selector, ms]) {
  const canvas = document.querySelector(selector);
  canvas.setPointerCapture = () => undefined; // The browser knows of no such pointer.
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const fire = (type, x, buttons) => {
    const where = { clientX: left + width / 2 + x, clientY: top + height / 2 };
    const pointer = {
      pointerId: 1,
      pointerType: 'mouse',
      isPrimary: true,
      button: type === 'pointermove' ? -1 : 2,
      buttons,
    };
    canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, ...where, ...pointer }));
  };
  const { prototype } = ImageBitmapRenderingContext;
  const transfer = prototype.transferFromImageBitmap;
  let isNew = false;
  prototype.transferFromImageBitmap = function (bitmap) {
    isNew = true;
    return transfer.call(this, bitmap);
  };
  return new Promise((resolve) => {
    let [step, pictures] = [0, 0];
    const began = performance.now();
    fire('pointerdown', 0, 2);
    const frame = () => {
      pictures += isNew ? 1 : 0;
      isNew = false;
      const passed = performance.now() - began;
      if (passed < ms) {
        step += 1;
        fire('pointermove', 100 * Math.sin(step / 15), 2);
        requestAnimationFrame(frame);
        return;
      }
      fire('pointerup', 0, 0);
      prototype.transferFromImageBitmap = transfer;
      resolve((1000 * pictures) / passed);
    };
    requestAnimationFrame(frame);
  });
}

/** In the page: the least that can be drawn, on a canvas of the same size. */
function redraw([place, ms]) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 512;
  (document.querySelector(place) ?? document.body).append(canvas);
  const gl = canvas.getContext('webgl2');
  return new Promise((resolve) => {
    let pictures = 0;
    const began = performance.now();
    const frame = () => {
      const passed = performance.now() - began;
      if (passed >= ms) {
        gl.getExtension('WEBGL_lose_context').loseContext();
        resolve((1000 * pictures) / passed);
        return;
      }
      pictures += 1;
      gl.clearColor(0, 0, (pictures % 2) / 2, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

export const windowDrag = {
  title: 'The window',
  ids: ['window-drag'],
  async measure(stage, add) {
    const [context, ours] = [await stage.context(), await stage.ours()];
    await ours.show();
    const [dragged, empty, blank] = [[], [], []];
    const ms = stage.amount(3000, 1000);
    const redrawn = (page) => page.evaluate(redraw, [PLACE, ms]);
    for (let round = 0; round < stage.rounds(ROUNDS); round += 1) {
      blank.push(await withPage(context, 'about:blank', redrawn));
      empty.push(await ours.instead(redrawn));
      dragged.push(await ours.round(context, ({ page }) => page.evaluate(drag, [CANVAS, ms])));
      // A round begins with a slice whose number can be read, which it can't be through any window.
      await ours.notebook.print(`view.window = [${WINDOW}];`);
    }
    add('window-drag', 'pictures a second while the window is dragged; baseline: an empty scene, redrawn', {
      unit: '/s',
      value: rounded(median(dragged)),
      baseline: rounded(median(empty)),
      bound: 0.9,
      bounds: 'ratio',
      at: 'least',
      onBlankPage: rounded(median(blank)),
    });
  },
};
