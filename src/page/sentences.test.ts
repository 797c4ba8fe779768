import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SENTENCE_KEYS, sentenceOf } from './sentences';

const PLACES = ['../viewer/transport', '../../kernel-server'].map((folder) => join(__dirname, folder));

test('each sentence that the page says in other words is one that the viewer or its server says', () => {
  const files = PLACES.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const sources = files.filter((file) => /(?<!\.test)\.ts$/.test(file)).map((file) => readFileSync(file, 'utf8'));
  expect(SENTENCE_KEYS.filter((key) => !sources.some((source) => source.includes(key)))).toEqual([]);
});

test('no kernel and no cell is in what it says instead; what it does not know it says as it is', () => {
  for (const key of SENTENCE_KEYS) expect(sentenceOf(key)).not.toMatch(/kernel|cell|notebook/i);
  expect(sentenceOf('Something new.')).toBe('Something new.');
});
