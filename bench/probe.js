/**
 * Runs in every contestant's page before the page's own scripts, and tells when a canvas has the pixels of
 * a slice: at the end of each frame, after all animation callbacks and before the page is composited, it
 * reads the canvas' corner back, in the same way whatever draws on it, and decodes the slice number (volume.mjs).
 * The end of the frame is the last moment at which a WebGL canvas still has its drawing, and the moment
 * that decides what a person sees. Reading back waits for the GPU, so the picture is finished then. As it
 * is dear on a WebGL canvas, it is left out until a WebSocket message has come since the slider moved, where
 * no contestant can have the pixels before that (`afterMessage`).
 */
(() => {
  const requestFrame = window.requestAnimationFrame.bind(window);
  let callbacks = new Map();
  let running = new Map();
  let lastId = 0;
  let scheduled = false;
  let drive = null;
  let watch = null;
  let messageCame = false;

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', () => (messageCame = true));
    }
  };

  window.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', () => (messageCame = true));
    }
  };

  function schedule() {
    if (!scheduled) requestFrame(frame);
    scheduled = true;
  }

  function frame(time) {
    scheduled = false;
    running = callbacks;
    callbacks = new Map();
    drive?.(time);
    for (const callback of running.values()) {
      try {
        callback(time);
      } catch (error) {
        window.reportError(error);
      }
    }
    if (watch) {
      watch();
      schedule();
    } else if (callbacks.size > 0) schedule();
  }

  window.requestAnimationFrame = (callback) => {
    lastId += 1;
    callbacks.set(lastId, callback);
    schedule();
    return lastId;
  };
  window.cancelAnimationFrame = (id) => {
    callbacks.delete(id);
    running.delete(id);
  };

  const reader = document.createElement('canvas');
  const readerContext = reader.getContext('2d', { willReadFrequently: true });

  /** The RGBA pixels of a rectangle of `canvas`, in rows from the top. */
  function readPixels(canvas, left, top, width, height) {
    reader.width = width;
    reader.height = height;
    readerContext.drawImage(canvas, left, top, width, height, 0, 0, width, height);
    const { data } = readerContext.getImageData(0, 0, width, height);
    return (x, y) => data[4 * (y * width + x)];
  }

  /** The number of the slice that `canvas` shows, or -1. The slice is fitted into the canvas and centred. */
  function shownIndex(canvas) {
    const side = Math.min(canvas.width, canvas.height);
    const block = side / 32;
    if (block < 2) return -1;
    const left = Math.round((canvas.width - side) / 2);
    const top = Math.round((canvas.height - side) / 2);
    const red = readPixels(canvas, left, top, Math.floor(8 * block), Math.floor(2 * block));
    let index = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const x = Math.floor((bit + 0.5) * block);
      const contrast = red(x, Math.floor(0.5 * block)) - red(x, Math.floor(1.5 * block));
      if (Math.abs(contrast) < 128) return -1;
      if (contrast > 0) index += 2 ** bit;
    }
    return index;
  }

  /** Resolves with the time, on this page's clock, at which `canvas` has the pixels of slice `index`. */
  function shown(canvasSelector, index, { afterMessage = true, limitMs = 180_000 } = {}) {
    return new Promise((resolve, reject) => {
      const start = performance.now();
      let last = -1;
      watch = () => {
        const canvas = document.querySelector(canvasSelector);
        if (canvas && (messageCame || !afterMessage)) last = shownIndex(canvas);
        const now = performance.now();
        if (last !== index && now - start < limitMs) return;
        watch = null;
        if (last === index) resolve(now);
        else reject(new Error(`slice ${index} did not appear in ${limitMs} ms; the canvas shows ${last}`));
      };
      schedule();
    });
  }

  function moveSlider(slider, index) {
    slider.value = String(index);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /**
   * Milliseconds from moving the slider to pixels, one for each of `indices`. The pauses before the steps are
   * of random length between two times, so that steps begin at random phases of the frame. Without any a step begins
   * in a task of its own all the same: what is drawn at the end of a frame is gone when the next one ends.
   */
  async function scrub(sliderSelector, canvasSelector, indices, { afterMessage = true, pauseMs = [20, 60] } = {}) {
    const [least, most] = pauseMs;
    const times = [];
    for (const index of indices) {
      await new Promise((resolve) => setTimeout(resolve, least + (most - least) * Math.random()));
      const slider = document.querySelector(sliderSelector);
      messageCame = false;
      const start = performance.now();
      moveSlider(slider, index);
      times.push((await shown(canvasSelector, index, { afterMessage })) - start);
    }
    return times;
  }

  /**
   * Move the slider from 0 to `count` - 1 on a fixed clock, as a hand does: at the beginning of each frame
   * to where the clock is by then, so that a late frame leaves positions out. Resolves when the last slice is
   * shown, or `patienceMs` after it was asked for, with all slices that were seen: when each was asked for and
   * first seen, in milliseconds from the start; with the duration of the movement; and with the frames that it took.
   */
  function sweep(sliderSelector, canvasSelector, options) {
    const slider = document.querySelector(sliderSelector);
    return sweepWith((position) => moveSlider(slider, position), canvasSelector, options);
  }

  /**
   * The same with a pointer that is dragged over another canvas, from its upper left towards its lower right corner: at
   * position i it is over the row and the column that are i of `of`.
   */
  function drag(padSelector, canvasSelector, options) {
    const pad = document.querySelector(padSelector);
    pad.setPointerCapture = () => undefined; // There is no such pointer.
    const point = (type, position) => {
      const box = pad.getBoundingClientRect();
      const share = (position + 0.5) / options.of;
      const at = { clientX: box.left + share * box.width, clientY: box.top + share * box.height };
      pad.dispatchEvent(new PointerEvent(type, { ...at, pointerId: 1, button: 0, buttons: 1, bubbles: true }));
    };
    point('pointerdown', 0);
    return sweepWith((position) => point('pointermove', position), canvasSelector, options).finally(() => {
      point('pointerup', options.count - 1);
    });
  }

  function sweepWith(move, canvasSelector, { count, perSecond, patienceMs }) {
    return new Promise((resolve) => {
      const canvas = document.querySelector(canvasSelector);
      const durationMs = (1000 * count) / perSecond;
      const asked = new Map();
      const seen = new Map();
      let start = null;
      let position = -1;
      let frames = 0;
      drive = (time) => {
        start ??= time;
        const next = Math.min(count - 1, Math.floor(((time - start) * perSecond) / 1000 + 0.5));
        if (next === position) return;
        position = next;
        asked.set(position, performance.now() - start);
        move(position);
      };
      watch = () => {
        if (start === null) return;
        frames += 1;
        const index = shownIndex(canvas);
        const now = performance.now() - start;
        if (asked.has(index) && !seen.has(index)) seen.set(index, now);
        const isOver = position === count - 1 && (index === position || now - asked.get(position) > patienceMs);
        if (!isOver) return;
        drive = null;
        watch = null;
        const slices = [...seen].map(([slice, at]) => ({ slice, asked: asked.get(slice), at }));
        resolve({ durationMs, frames, seen: slices });
      };
      schedule();
    });
  }

  /** How many of the slices 1 to `last` were seen, until the last one is or `patienceMs` have passed. */
  function follow(canvasSelector, last, { patienceMs }) {
    return new Promise((resolve) => {
      const canvas = document.querySelector(canvasSelector);
      const seen = new Set();
      const start = performance.now();
      watch = () => {
        seen.add(shownIndex(canvas));
        if (!seen.has(last) && performance.now() - start < patienceMs) return;
        watch = null;
        resolve([...seen].filter((index) => index >= 1 && index <= last).length);
      };
      schedule();
    });
  }

  window.probe = { shown, shownIndex, scrub, sweep, drag, follow };
})();
