import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { Page } from './page.mjs';
import { median, quantile, shuffled } from './statistics.mjs';
import { residentBytes } from './show.mjs';

const COUNT = 512;
/** Slices that are on their way: as many as a page grants frames. */
const IN_FLIGHT = 4;
/** Slices in a page's list, which is filled up when half of them have come. */
const WISHES = 16;
/** A page wishes anew with every frame that its screen draws. */
const FRAME_MS = 1000 / 60;
const SCRUB_MS = 3000;

/** The servers, in a process of their own. */
export class Servers {
  #child;

  static async start() {
    const servers = new Servers();
    servers.#child = fork(fileURLToPath(new URL('slice-servers.mjs', import.meta.url)));
    [servers.where] = await once(servers.#child, 'message');
    return servers;
  }

  get memory() {
    return residentBytes(this.#child.pid);
  }

  /** Give the volume a new revision: what was built for the old one goes. */
  async refresh() {
    this.#child.send('refresh');
    [this.where] = await once(this.#child, 'message');
  }

  close() {
    this.#child.disconnect();
  }
}

/** Slices a second of a companion, these indices of `plane` in turn. */
async function pageRate(page, plane, indices) {
  const waiting = new Map();
  let next = 0;
  const ask = () => {
    for (; waiting.size < WISHES && next < indices.length; next += 1) {
      const requestId = page.nextRequestId();
      waiting.set(requestId, { requestId, plane, index: indices[next] });
    }
    page.wish([...waiting.values()]);
  };
  const start = performance.now();
  await new Promise((resolve) => {
    page.onFrame = (requestId) => {
      waiting.delete(requestId);
      if (waiting.size === 0 && next === indices.length) resolve();
      else if (waiting.size < WISHES / 2 && next < indices.length) ask();
    };
    ask();
  });
  return (1000 * indices.length) / (performance.now() - start);
}

/** The same of the bare server. */
async function bareRate(socket, indices) {
  let [next, arrived] = [0, 0];
  const number = new Uint32Array(1);
  const ask = () => {
    number[0] = indices[next];
    next += 1;
    socket.send(number);
  };
  const start = performance.now();
  await new Promise((resolve) => {
    socket.onmessage = () => {
      arrived += 1;
      if (next < indices.length) ask();
      else if (arrived === indices.length) resolve();
    };
    while (next < IN_FLIGHT) ask();
  });
  return (1000 * indices.length) / (performance.now() - start);
}

/**
 * Slices a second, in turn: the bare server and the companion in each plane, every slice of the volume once in random order.
 * `xzFirst` and `yzFirst` are the first time that the plane is looked at, as a hand scrubs, in order.
 */
export async function ratesAll(servers, rounds) {
  const bare = new WebSocket(`ws://127.0.0.1:${servers.where.barePort}`, { perMessageDeflate: false });
  bare.binaryType = 'nodebuffer';
  await once(bare, 'open');
  const page = await Page.open(servers.where);
  const inOrder = Array.from({ length: COUNT }, (_, index) => index);
  const rates = { bare: [], xy: [], xz: [], yz: [], xzFirst: [], yzFirst: [] };
  for (let round = 0; round <= rounds; round += 1) {
    await servers.refresh();
    const results = {
      bare: await bareRate(bare, shuffled(inOrder)),
      xy: await pageRate(page, 'xy', shuffled(inOrder)),
      xzFirst: await pageRate(page, 'xz', inOrder),
      xz: await pageRate(page, 'xz', shuffled(inOrder)),
      yzFirst: await pageRate(page, 'yz', inOrder),
      yz: await pageRate(page, 'yz', shuffled(inOrder)),
    };
    if (round === 0) continue; // The first one warms up.
    for (const [name, rate] of Object.entries(results)) rates[name].push(rate);
  }
  page.close();
  bare.terminate();
  return Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, median(values)]));
}

/** Milliseconds from a wish to its slice, of each slice that came: a newer wish drops the one before it. */
async function scrub(page) {
  const times = [];
  const wished = new Map();
  let index = Math.floor(Math.random() * COUNT);
  page.onFrame = (requestId) => {
    times.push(performance.now() - wished.get(requestId));
  };
  const timer = setInterval(() => {
    index = (index + 1) % COUNT;
    const requestId = page.nextRequestId();
    wished.set(requestId, performance.now());
    page.wish([{ requestId, plane: 'xy', index }]);
  }, FRAME_MS);
  await new Promise((resolve) => setTimeout(resolve, SCRUB_MS));
  clearInterval(timer);
  return times;
}

/** `clients` pages that scrub at once: the 95th percentile of each one's latency, and the server's memory meanwhile. */
export async function scrubTogether(servers, clients) {
  const pages = await Promise.all(Array.from({ length: clients }, () => Page.open(servers.where)));
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, servers.memory)), 100);
  const all = await Promise.all(pages.map(scrub));
  clearInterval(watch);
  for (const page of pages) page.close();
  const p95s = all.map((times) => quantile(times, 0.95));
  return {
    p95: median(p95s),
    worst: Math.max(...p95s),
    slices: all.flat().length / (SCRUB_MS / 1000),
    memory: most,
  };
}
