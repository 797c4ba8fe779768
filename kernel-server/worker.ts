import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { drawSnapshot, encodePng } from '../src/export';
import { SlicescopeError, messageOf } from '../src/protocol';
import { pictureKey } from '../src/shading';
import { Outbox } from './outbox';
import { readPage } from './page';
import { takeRevision } from './publication';
import { serve, type RunningServer } from './server';
import type { FromWorker, Snapshot, SyncReply, ToWorker, WorkerSetup } from './thread';
import { Views } from './views';

/** The companion's thread: it serves slices while the kernel's main thread runs a cell. */
if (parentPort === null) throw new Error('worker.ts runs in a worker thread that companion-worker.ts starts');
const toMain = parentPort;
const { secret, readerSecret, pagesFile, port, sync, signal } = workerData as WorkerSetup;

/** Null before it listens. */
let server: RunningServer | null = null;

function reply(answer: SyncReply): void {
  sync.postMessage(answer);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

const outbox = new Outbox((message) => {
  toMain.postMessage(message);
});
const views = new Views(
  (viewId, patch, seen) => {
    outbox.changed(viewId, patch, seen);
  },
  (viewId, message) => {
    outbox.pointed(viewId, message);
  },
  () => {
    for (;;) {
      const received: { message: ToWorker } | undefined = receiveMessageOnPort(toMain);
      if (received === undefined) return;
      take(received.message);
    }
  },
  (viewId) => {
    toMain.postMessage({ type: 'discarded', viewId } satisfies FromWorker);
  },
);

async function snapshot(viewId: string): Promise<Snapshot> {
  const view = views.get(viewId);
  if (view === undefined) throw new SlicescopeError('unknown-view', 'the view is closed', { viewId });
  const { state } = view;
  return {
    png: await encodePng(await view.readAll((volume, overlays) => drawSnapshot(volume, state, overlays))),
    key: pictureKey(state),
  };
}

function take(message: ToWorker): void {
  switch (message.type) {
    case 'put':
      views.put(message.view, message.seq);
      break;
    case 'set':
      views.set(message.viewId, message.patch, message.seq, message.chosen);
      break;
    case 'listen':
      views.listen(message.viewId, message.listens);
      break;
    case 'link':
      views.links.add(message.link);
      break;
    case 'unlink':
      views.links.remove(message.linkId);
      break;
    case 'taken':
      outbox.taken(message.viewId);
      break;
    case 'refresh':
      views.refresh(message.viewId, takeRevision(message.news), message.published);
      break;
    case 'renumber':
      server?.renew();
      views.renumber(message.revisions);
      break;
    case 'overlay':
      views.setOverlay(message.viewId, message.at, message.overlay, message.patch, message.seq);
      break;
    case 'close':
      views.close(message.viewId);
      outbox.forget(message.viewId);
      break;
    case 'snapshot':
      snapshot(message.viewId).then(
        (drawn) => {
          reply({ type: 'snapshot', ...drawn });
        },
        (error: unknown) => {
          reply({ type: 'failed', message: messageOf(error) });
        },
      );
      break;
  }
}

toMain.on('message', take);

/** After a restart the old port is taken again, so that pages find the companion where it was. */
async function start(): Promise<RunningServer> {
  const page = pagesFile === null ? readPage(join(__dirname, '../page')) : undefined;
  const options = { secret, readerSecret, pagesFile, page };
  return await serve(views, { ...options, port }).catch(async (error: unknown) => {
    if (port === 0) throw error;
    return await serve(views, { ...options, port: 0 });
  });
}

start().then(
  (running) => {
    server = running;
    reply({ type: 'listening', port: running.port });
  },
  (error: unknown) => {
    reply({ type: 'failed', message: messageOf(error) });
  },
);
