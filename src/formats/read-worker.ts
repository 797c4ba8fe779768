import { parentPort, workerData } from 'node:worker_threads';
import { isSlicescopeError, SlicescopeError, messageOf, quote } from '../protocol';
import type { ReadRequest } from './format';
import { FORMATS, formatOf } from './registry';
import type { ReadMessage } from './worker-messages';

/** The thread that reads, so that whatever a broken file does to the reader ends with the thread. It may read several files, one after the other. */
function tell(message: ReadMessage): void {
  parentPort?.postMessage(message);
}

/** Tells at most a hundred times. */
function progress(): (fraction: number) => void {
  let told = -1;
  return (fraction) => {
    const percent = Math.floor(fraction * 100);
    if (percent === told) return;
    told = percent;
    tell({ type: 'progress', progress: { stage: 'reading', fraction } });
  };
}

/** What the volume itself refuses of what a file says. */
function fromFile(error: unknown, path: string): SlicescopeError | null {
  if (!isSlicescopeError(error)) return null;
  if ('path' in error.details || error.message.startsWith(path)) return error;
  const message = `${path}: its header is broken (${messageOf(error)})`;
  return new SlicescopeError('file-corrupt', message, { path }, { cause: error });
}

async function run(request: ReadRequest): Promise<void> {
  const [path] = request.paths;
  try {
    const format = await formatOf(request);
    for (const option of ['series', 'level', 'over'] as const) {
      const value = request[option];
      if (value === undefined || format.several?.includes(option) === true) continue;
      const what = { series: 'has no series', level: 'has no levels', over: 'is drawn over nothing' }[option];
      const message = `${path}: ${option} is ${quote(value)}, but ${format.title} ${what}; leave it out`;
      throw new SlicescopeError('invalid-argument', message, { argument: option });
    }
    const volume = await format.read(request, progress());
    if (request.wantsHeader === true) tell({ type: 'header', header: (await format.header?.(request)) ?? {} });
    tell({ type: 'volume', record: volume.toRecord() });
  } catch (thrown) {
    const error = fromFile(thrown, path);
    if (error === null) throw thrown;
    tell({ type: 'error', code: error.code, message: error.message, details: error.details });
  }
}

/** While it waits for its file. */
async function prepare(): Promise<void> {
  for (const format of FORMATS) await format.prepare?.();
}

parentPort?.on('message', (request: ReadRequest) => {
  tell({ type: 'begun' });
  void run(request);
});
if (workerData === 'spare') void prepare();
