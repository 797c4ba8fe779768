import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import type { VolumeRecord } from '../../volume';
import type { ReadRequest } from '../format';

/** What came of reading a file: a volume as plain data, or the error. */
export interface ReadAnswer {
  readonly dtype?: string;
  readonly components?: number;
  readonly shape?: readonly number[];
  readonly data?: readonly number[];
  readonly isShared?: boolean;
  readonly code?: string;
  readonly message?: string;
}

const SCRIPT = `
const { formatOf } = require(process.argv[1]);
const answers = [];
(async () => {
  for (const request of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) {
    try {
      const volume = await (await formatOf(request)).read(request, () => undefined);
      const isShared = volume.data.buffer instanceof SharedArrayBuffer;
      answers.push({ ...volume.toRecord(), dtype: volume.dtype, data: Array.from(volume.data), isShared });
    } catch ({ code, message }) {
      answers.push({ code, message });
    }
  }
  process.stdout.write(require('node:v8').serialize(answers));
})();
`;

/** All that a volume says of itself, or the error. */
export type Described = Partial<Omit<VolumeRecord, 'data'>> & ReadAnswer;

/**
 * Read many small files, one after the other, in one process. Jest itself can't load the packages that
 * some formats need.
 */
export function describeAll(requests: readonly ReadRequest[]): readonly Described[] {
  const registry = join(__dirname, '../../../lib/src/formats/registry.js');
  const input = JSON.stringify(requests);
  return deserialize(
    execFileSync(process.execPath, ['-e', SCRIPT, registry], { input, maxBuffer: 2 ** 28 }),
  ) as readonly Described[];
}

/** What came of reading files, without all else that volumes say of themselves. */
export function readAll(requests: readonly ReadRequest[]): readonly ReadAnswer[] {
  const names = new Set(['dtype', 'components', 'shape', 'data', 'isShared', 'code', 'message']);
  return describeAll(requests).map((said) =>
    Object.fromEntries(Object.entries(said).filter(([name]) => names.has(name))),
  );
}
