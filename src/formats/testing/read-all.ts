import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
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
      const { dtype, components, shape, data } = await (await formatOf(request)).read(request, () => undefined);
      const isShared = data.buffer instanceof SharedArrayBuffer;
      answers.push({ dtype, components, shape, data: Array.from(data), isShared });
    } catch ({ code, message }) {
      answers.push({ code, message });
    }
  }
  process.stdout.write(require('node:v8').serialize(answers));
})();
`;

/**
 * Read many small files, one after the other, in one process. Jest itself can't load the packages that
 * some formats need.
 */
export function readAll(requests: readonly ReadRequest[]): readonly ReadAnswer[] {
  const registry = join(__dirname, '../../../lib/src/formats/registry.js');
  const input = JSON.stringify(requests);
  return deserialize(
    execFileSync(process.execPath, ['-e', SCRIPT, registry], { input, maxBuffer: 2 ** 28 }),
  ) as readonly ReadAnswer[];
}
