import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { LIMITS } from './limits';

test('every limit stands in docs/protocol.md, with its default', () => {
  const text = readFileSync(join(__dirname, '../../docs/protocol.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| ([\d ]+)\|/gm)];
  const documented = rows.map(([, name, value = '']) => [name, Number(value.replaceAll(' ', ''))]);
  expect(Object.fromEntries(documented)).toEqual(LIMITS);
});

test('all that may wait for a page that does not read is within 20 MB, its frames included', () => {
  const { backlogBytes, credits, frameBytes } = LIMITS;
  expect(backlogBytes).toBeGreaterThan(credits * frameBytes);
  expect(backlogBytes).toBeLessThan(20_000_000);
});
