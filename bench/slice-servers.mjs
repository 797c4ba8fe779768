/**
 * A process that serves one volume twice, each in a worker thread over the same shared memory: a companion, and a bare
 * `ws` server that answers a slice's number with the bytes of that slice of xy. Forked by throughput.mjs: it sends
 * where they are, and answers every message by refreshing the view, with its new revision.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { WebSocketServer } from 'ws';

const SHAPE = [512, 512, 512];
const SLICE_BYTES = 512 * 512 * 2;
const PAGE = 'localhost:8888';

if (isMainThread) await serveBoth();
else serveBare(workerData);

function serveBare(buffer) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (message) => {
      socket.send(new Uint8Array(buffer, message.readUInt32LE(0) * SLICE_BYTES, SLICE_BYTES));
    });
  });
  server.on('listening', () => parentPort.postMessage(server.address().port));
}

async function serveBoth() {
  const require = createRequire(import.meta.url);
  const { Companion } = require('../lib/kernel-server');
  const { initialSettings } = require('../lib/src/shading');
  const { Volume } = require('../lib/src/volume');
  const volume = Volume.alloc(SHAPE, 'uint16');
  const { data } = volume;
  for (let at = 0; at < data.length; at += 1) data[at] = (at * 2654435761) >>> 20;

  const bare = new Worker(new URL(import.meta.url), { workerData: data.buffer });
  const barePort = await new Promise((resolve) => bare.once('message', resolve));

  const runtimeDir = mkdtempSync(join(tmpdir(), 'slicescope-bench-'));
  const companion = new Companion({ kernelId: 'bench', runtimeDir, onChange: () => undefined });
  writeFileSync(join(runtimeDir, 'slicescope-bench.pages.json'), JSON.stringify([PAGE]));
  const { port, secret } = JSON.parse(readFileSync(join(runtimeDir, 'slicescope-bench.json'), 'utf8'));
  process.once('exit', () => rmSync(runtimeDir, { recursive: true, force: true }));
  const settings = initialSettings(volume.info(0), [0, 4095]);
  let revision = 0;
  const refresh = () => {
    revision += 1;
    companion.put({ viewId: 'view', volume: volume.toRecord(), overlays: [], settings });
    process.send({ port, secret, origin: `http://${PAGE}`, barePort, revision });
  };
  process.on('message', refresh);
  process.on('disconnect', () => process.exit());
  refresh();
}
