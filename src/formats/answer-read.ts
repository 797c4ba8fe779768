import { parentPort } from 'node:worker_threads';
import { isSlicescopeError, SlicescopeError, messageOf, plainText, quote } from '../protocol';
import type { VolumeRecord } from '../volume';
import { unsupported, type ReadRequest } from './format';
import { FORMATS, formatOf } from './registry';
import { nameOf } from './web';
import type { ReadMessage } from './worker-messages';

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

/** What a file says in words, as it can be shown: a terminal takes some characters for commands. */
function inPlainText(record: VolumeRecord): VolumeRecord {
  const { name, unit, axes, labels, channelInfo, frameLabels, notes } = record;
  const [x = '', y = '', z = ''] = axes?.map(plainText) ?? [];
  const named = Object.entries(labels ?? {}).map(
    ([value, { name: label, ...rest }]) =>
      [value, label === undefined ? rest : { name: plainText(label), ...rest }] as const,
  );
  return {
    ...record,
    name: plainText(name),
    unit: plainText(unit),
    axes: axes && [x, y, z],
    labels: labels && Object.fromEntries(named),
    channelInfo: channelInfo?.map((each) => ({ ...each, name: plainText(each.name) })) ?? null,
    frameLabels: frameLabels?.map(plainText) ?? null,
    notes: notes.map(plainText),
  };
}

/** What the volume itself refuses of what a file says. */
function fromFile(error: unknown, path: string): SlicescopeError | null {
  if (!isSlicescopeError(error)) return null;
  if ('path' in error.details || error.message.startsWith(path)) return error;
  if (isSlicescopeError(error, 'invalid-shape') && error.details.bytes !== undefined) {
    const what = error.message.replace(/^[\w.]+: /, '');
    return unsupported(path, `it is larger than memory: ${what}; free some, or open a part of it`, error);
  }
  const message = `${path}: its header is broken (${messageOf(error)})`;
  return new SlicescopeError('file-corrupt', message, { path }, { cause: error });
}

/** Read a file, and tell what it has. */
export async function answerRead(request: ReadRequest): Promise<void> {
  const path = nameOf(request.paths[0]);
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
    if (request.strict === true && volume.notes.length > 0) {
      throw unsupported(path, `it opens with a note, which strict refuses: ${volume.notes.join(' ')}`);
    }
    if (request.wantsHeader === true) tell({ type: 'header', header: (await format.header?.(request)) ?? {} });
    tell({ type: 'volume', record: inPlainText(volume.toRecord()) });
  } catch (thrown) {
    const error = fromFile(thrown, path);
    if (error === null) throw thrown;
    tell({ type: 'error', code: error.code, message: error.message, details: error.details });
  }
}

/** Load what reading needs, while the thread waits for its first file. */
export async function prepareToRead(): Promise<void> {
  for (const format of FORMATS) await format.prepare?.();
}
