import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openNotebook, startJupyter, writeNotebook } from './jupyter.mjs';
import { orClose, removeInTheEnd } from './processes.mjs';
import { SHAPE, VOLUME_BYTES, WINDOW } from './volume.mjs';

export const CANVAS = '.slicescope-canvas';
/** The same canvas as the baselines': 512 × 512 pixels. */
export const CANVAS_STYLE = `${CANVAS} { width: 512px !important; height: 512px !important; }`;
export const SLIDER = '.slicescope-slider';

/** The longest that a cell spins. */
const SPIN_MS = 300_000;

/** Where something else is, see `instead`. */
export const PLACE = '.bench-place';

/** In the page: an empty element in the place of the view. */
function makePlace(canvas) {
  const view = document.querySelector(canvas).closest('.slicescope-view');
  const place = document.createElement('div');
  place.className = 'bench-place';
  view.before(place);
  view.style.display = 'none';
}

/** In the page: the view is back. */
function leavePlace(selector) {
  const place = document.querySelector(selector);
  place.nextElementSibling.style.display = '';
  place.remove();
}

const READ = (path, data) => `
const file = openSync(${JSON.stringify(path)}, 'r');
readSync(file, new Uint8Array(${data}.buffer, ${data}.byteOffset, ${data}.byteLength));
closeSync(file);`;

/** The cells that people would write. */
export const CELLS = {
  prepare: (path) => `import { closeSync, openSync, readSync } from 'fs';
import { Volume, show } from 'slicescope';
const volume = Volume.alloc([${SHAPE}], 'uint16');${READ(path, 'volume.data')}`,

  /** Prints the time at which show was called, ms since the epoch. */
  show: `console.log(performance.timeOrigin + performance.now());
const view = show(volume, { plane: 'xy', index: 0, window: [${WINDOW}] });`,

  import: `import { Volume, show } from 'slicescope';`,

  /** A file to a picture. Prints the time at which it was opened, ms since the epoch. */
  open: (path) => `console.log(performance.timeOrigin + performance.now());
const volume = await Volume.open(${JSON.stringify(path)});
const view = show(volume, { plane: 'xy', index: 0 });`,

  /** To the start, with nothing cached: data counts as changed. */
  fresh: 'view.index = 0;\nview.refresh();',

  /** Swap in further volumes, each with the same voxels in memory of its own. */
  swap: (times) => `for (let turn = 0; turn < ${times}; turn++) {
  const next = Volume.alloc([${SHAPE}], 'uint16', { window: [${WINDOW}] });
  next.data.set(volume.data);
  view.volume = next;
  await new Promise((resolve) => setTimeout(resolve, 100));
}`,

  /** So many more views of the volume, each of its own. */
  more: (views) => `const more = Array.from({ length: ${views} }, (_, at) =>
  show(volume, { plane: 'xy', index: 5 * at, window: [${WINDOW}] }));`,

  /** A simulation: slice 0 becomes slice 1, 2, 3 … in turn, each shown. */
  simulate: (pictures, perSecond) => `const voxels = ${SHAPE[0] * SHAPE[1]};
const first = volume.data.slice(0, voxels);
{
  const began = performance.now();
  for (let turn = 1; turn <= ${pictures}; turn++) {
    volume.data.copyWithin(0, turn * voxels, (turn + 1) * voxels);
    view.refresh();
    const next = began + (1000 * turn) / ${perSecond};
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
}`,

  /** Slice 0 as it was before. */
  undo: 'volume.data.set(first);',

  /** Spins until there is a file of this name, or for so long. */
  spin: (path, ms) => `{
  const { existsSync } = require('fs');
  const until = Date.now() + ${ms};
  for (let now = Date.now(), next = now; now < until; now = Date.now()) {
    if (now < next) continue;
    if (existsSync(${JSON.stringify(path)})) break;
    next = now + 50;
  }
}`,

  /** The same volume in the same kind of kernel, without slicescope. */
  prepareWithout: (path) => `import { closeSync, openSync, readSync } from 'fs';
import { Worker } from 'worker_threads';
const data = new Uint16Array(new SharedArrayBuffer(${VOLUME_BYTES}));${READ(path, 'data')}`,

  /** The least that a companion's start can be: a worker with an HTTP server. Prints how long it took, ms. */
  bareWorker: `const start = performance.now();
const port = new Int32Array(new SharedArrayBuffer(4));
const body = \`const server = require('http').createServer().listen(0, '127.0.0.1', () => {
  const port = require('worker_threads').workerData;
  Atomics.store(port, 0, server.address().port);
  Atomics.notify(port, 0);
});\`;
new Worker(body, { eval: true, workerData: port }).unref();
Atomics.wait(port, 0, 0);
console.log(performance.now() - start);`,

  /** The companion's start, as the first show does it. Prints how long it took, ms. */
  companion: `const { Companion } = require('slicescope/lib/kernel-server');
const began = performance.now();
new Companion({ kernelId: 'bench', runtimeDir: require('os').tmpdir(), onChange: () => undefined });
console.log(performance.now() - began);`,
};

const NOTEBOOK = 'bench.ipynb';

/**
 * JupyterLab with an empty notebook in a folder of its own, in a page of `context`; `at` makes the address of the page
 * out of the server's, for a page that reaches it by another name or another way.
 */
export async function startOurs(context, volumePath, at = (url) => url) {
  const folder = mkdtempSync(join(dirname(volumePath), 'notebooks-'));
  const removeFolder = removeInTheEnd(folder);
  writeNotebook(join(folder, NOTEBOOK), []);
  const venv = process.env.SLICESCOPE_BENCH_VENV;
  const jupyter = await startJupyter({ folder, venv, args: ['--ServerApp.allow_remote_access=True'] });
  const close = async () => {
    await jupyter.close();
    await removeFolder();
  };
  return await orClose({ close }, async () => {
    jupyter.url = await at(jupyter.url);
    const page = await context.newPage();
    return await orClose(page, async () => {
      const notebook = await openNotebook(page, jupyter, NOTEBOOK);
      await page.addStyleTag({ content: CANVAS_STYLE });
      return {
        ...oursIn(page, notebook, volumePath, join(folder, 'stop')),
        jupyter,
        close: () => page.close().finally(close),
      };
    });
  });
}

/** Ours in the page of a notebook. */
function oursIn(page, notebook, volumePath, stopPath) {
  const lookAtView = async () => {
    await page.bringToFront();
    await page.evaluate((selector) => document.querySelector(selector).scrollIntoView({ block: 'center' }), CANVAS);
    await page.waitForTimeout(500);
  };

  /** A new kernel and the cell that shows. Milliseconds to the first picture: from the time that the cell prints, and from running it. */
  const firstPicture = async (prepare, show) => {
    await page.bringToFront();
    await notebook.restart();
    await notebook.print(prepare);
    await page.waitForTimeout(500);
    await page.evaluate((selector) => void (window.firstPicture = window.probe.shown(selector, 0)), CANVAS);
    const called = Number(await notebook.print(show));
    return await page.evaluate(async (time) => {
      const shown = await window.firstPicture;
      return { fromCall: performance.timeOrigin + shown - time, fromCell: shown - window.cellBegan };
    }, called);
  };

  return {
    id: 'ours',
    page,
    notebook,
    /** The volume in memory, shown. */
    show: () => firstPicture(CELLS.prepare(volumePath), CELLS.show),

    /** A file, opened and shown. */
    open: (path) => firstPicture(CELLS.import, CELLS.open(path)),

    async round(_context, measure) {
      await notebook.print(CELLS.fresh);
      await lookAtView();
      await page.evaluate((selector) => window.probe.shown(selector, 0), CANVAS);
      return measure({ page, slider: SLIDER, canvas: CANVAS });
    },

    /**
     * A round of something else in the place of the view: `use` is given the page, in which `PLACE` is empty. With
     * software GL the whole window is composited with each frame, so what is beside a canvas counts.
     */
    async instead(use) {
      await lookAtView();
      await page.evaluate(makePlace, CANVAS);
      try {
        return await use(page);
      } finally {
        await page.evaluate(leavePlace, PLACE);
      }
    },

    /** A round while a cell spins; an error if the cell ended first. */
    async busyRound(measure) {
      await notebook.print(CELLS.fresh);
      rmSync(stopPath, { force: true });
      let spinning = true;
      const spin = notebook.print(CELLS.spin(stopPath, SPIN_MS)).then(() => (spinning = false));
      spin.catch(() => undefined); // If what comes next fails too, nobody waits for this.
      await page.waitForTimeout(500);
      await lookAtView();
      const result = await measure({ page, slider: SLIDER, canvas: CANVAS });
      if (!spinning) throw new Error(`the cell that spins ended before the steps did, after ${SPIN_MS} ms`);
      writeFileSync(stopPath, '');
      await spin;
      return result;
    },
  };
}
