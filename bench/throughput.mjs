import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { compiled } from './compiled.mjs';
import { nextMessage, orClose, removeInTheEnd, startModule } from './processes.mjs';
import { residentBytes } from './show.mjs';
import { median, quantile, shuffled } from './statistics.mjs';

const COUNT = 512;
/** Slices that are on their way: as many as a page grants frames. */
const IN_FLIGHT = 4;
/** Slices in a page's list, which is filled up when half of them have come. */
const WISHES = 16;
/** A page wishes anew with every frame that its screen draws. */
const FRAME_MS = 1000 / 60;

/** Start slice-servers.mjs, in a process of its own. */
export async function startServers() {
  const { KERNEL_ID, Page, RuntimeDir } = await compiled('page');
  const dir = new RuntimeDir();
  const removeDir = removeInTheEnd(dir.path);
  const program = startModule(fileURLToPath(new URL('slice-servers.mjs', import.meta.url)), [dir.path, KERNEL_ID]);
  const close = async () => {
    await program.close();
    await removeDir();
  };
  return await orClose({ close }, async () => {
    const barePort = await nextMessage(program);
    dir.notePage();
    return {
      barePort,
      close,
      openPage: () => Page.open(dir.record),
      /** Resident, in bytes. */
      get memory() {
        return residentBytes(program.pid);
      },
      /** Give the volume a new revision: what was built for the old one goes. */
      async refresh() {
        program.child.send('refresh');
        await nextMessage(program);
      },
    };
  });
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
  ask();
  while (waiting.size > 0) {
    const { requestId } = await page.frame();
    waiting.delete(requestId);
    if (waiting.size < WISHES / 2 && next < indices.length) ask();
  }
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
  await new Promise((resolve, reject) => {
    socket.onclose = () => reject(new Error('the bare server closed the connection'));
    socket.onerror = ({ error }) => reject(error);
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
 * Slices a second, in turn: the bare server and the companion in each plane, `count` slices of the volume, each once, in
 * random order. `xzFirst` and `yzFirst` are the first time that the plane is looked at, as a hand scrubs, in order.
 */
export async function ratesAll(servers, rounds, count = COUNT) {
  const rates = { bare: [], xy: [], xz: [], yz: [], xzFirst: [], yzFirst: [] };
  const page = await servers.openPage();
  const bare = new WebSocket(`ws://127.0.0.1:${servers.barePort}`, { perMessageDeflate: false });
  bare.binaryType = 'nodebuffer';
  try {
    await once(bare, 'open');
    const inOrder = Array.from({ length: count }, (_, index) => index);
    for (let round = 0; round <= rounds; round += 1) {
      const { revision } = page;
      await servers.refresh();
      await page.revisionAfter(revision);
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
  } finally {
    bare.terminate();
    await page.close();
  }
  return Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, median(values)]));
}

/** Milliseconds from a wish to its slice, of each slice that came: a newer wish drops the one before it. Closes the page. */
async function scrub(page, durationMs) {
  const times = [];
  const wished = new Map();
  let index = Math.floor(Math.random() * COUNT);
  const timer = setInterval(() => {
    index = (index + 1) % COUNT;
    const requestId = page.nextRequestId();
    wished.set(requestId, performance.now());
    page.wish([{ requestId, plane: 'xy', index }]);
  }, FRAME_MS);
  const end = setTimeout(() => {
    clearInterval(timer);
    void page.close();
  }, durationMs);
  try {
    for (let frame = await page.frame(); frame !== null; frame = await page.frame()) {
      times.push(performance.now() - wished.get(frame.requestId));
    }
    return times;
  } finally {
    clearInterval(timer);
    clearTimeout(end);
  }
}

/** `clients` pages that scrub at once: the 95th percentile of each one's latency, and the server's memory meanwhile. */
export async function scrubTogether(servers, clients, durationMs) {
  const pages = [];
  let most = 0;
  let watch;
  try {
    for (let k = 0; k < clients; k += 1) pages.push(await servers.openPage());
    watch = setInterval(() => (most = Math.max(most, servers.memory)), 100);
    const all = await Promise.all(pages.map((page) => scrub(page, durationMs)));
    const p95s = all.map((times) => quantile(times, 0.95));
    return {
      p95: median(p95s),
      worst: Math.max(...p95s),
      slices: all.flat().length / (durationMs / 1000),
      memory: most,
    };
  } finally {
    clearInterval(watch);
    await Promise.all(pages.map((page) => page.close()));
  }
}
