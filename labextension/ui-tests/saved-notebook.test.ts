import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { VIEW_MIME } from '../../src/protocol';
import { expectRampPng, SHOW_CELL, showsRamp } from '../../tests/browser/ramp';
import { recordOf } from './kernels';
import { useJupyter } from './stand';
import { REMOTE_HOST } from './way';

const stand = useJupyter();
/** Text of a file that would say where a companion is or was. */
const ADDRESSES = ['ws:', 'http', '127.0.0.1', 'localhost', REMOTE_HOST, 'secret'];

interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

function outputsOf(path: string): Output[] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as { cells: { outputs?: Output[] }[] };
  return cells.flatMap(({ outputs = [] }) => outputs);
}

test('the saved notebook has a PNG of the view and ids, and neither address nor secret', async () => {
  const { server } = stand;
  const { notebook: page, name } = await stand.openMortal([SHOW_CELL]);
  await page.runCell(0);
  await showsRamp(page.viewer(), { index: 10 });
  const kernelId = await page.kernelId();
  const { port, secret } = recordOf(server, kernelId);
  await page.save();

  const path = join(server.folder, name);
  const [output, ...more] = outputsOf(path);
  expect(more).toEqual([]);
  const data = output?.data ?? {};
  expect(Object.keys(data).sort()).toEqual([VIEW_MIME, 'image/png', 'text/plain']);
  expect(data[VIEW_MIME]).toEqual({ kernelId, viewId: expect.stringMatching(/^[\w-]+$/) });
  await expectRampPng((data['image/png'] as string).replaceAll(/\s/g, ''), { index: 10 });

  const bytes = readFileSync(path);
  for (const text of [...ADDRESSES, secret, server.token, String(port), new URL(server.url).port]) {
    expect([text, bytes.includes(text)]).toEqual([text, false]);
  }
  const secretBytes = Buffer.from(secret, 'hex');
  expect(bytes.includes(secretBytes)).toBe(false);
  expect(bytes.includes(secretBytes.toString('base64'))).toBe(false);
});
