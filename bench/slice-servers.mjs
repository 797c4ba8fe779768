/**
 * A process that serves one volume twice, each in a worker thread over the same shared memory: a companion, and a bare
 * `ws` server that answers a slice's number with the bytes of that slice of xy. Its arguments are the companion's
 * runtime folder and the kernel's id. It sends the bare server's port when both listen, and answers every message by
 * refreshing the view.
 */
import { createRequire } from 'node:module';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { WebSocketServer } from 'ws';

const SHAPE = [512, 512, 512];
const SLICE_BYTES = 512 * 512 * 2;

if (isMainThread) await serveBoth(...process.argv.slice(2));
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

async function serveBoth(runtimeDir, kernelId) {
  const require = createRequire(import.meta.url);
  const { Companion } = require('../lib/kernel-server');
  const { initialSettings } = require('../lib/src/shading');
  const { Volume } = require('../lib/src/volume');
  const volume = Volume.alloc(SHAPE, 'uint16');
  const { data } = volume;
  for (let at = 0; at < data.length; at += 1) data[at] = (at * 2654435761) >>> 20;

  const bare = new Worker(new URL(import.meta.url), { workerData: data.buffer });
  const barePort = await new Promise((resolve) => bare.once('message', resolve));

  const companion = new Companion({ kernelId, runtimeDir, onChange: () => undefined });
  const settings = initialSettings(volume.info(0), [0, 4095]);
  const refresh = () => {
    companion.put({ viewId: 'view', volume: volume.toRecord(), overlays: [], settings });
    process.send(barePort);
  };
  process.on('message', refresh);
  process.on('disconnect', () => process.exit());
  refresh();
}
