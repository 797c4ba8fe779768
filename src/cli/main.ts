#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run';

const { version } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as { version: string };

void runCommand(
  version,
  process.argv.slice(2),
  (text) => {
    process.stdout.write(`${text}\n`);
  },
  (sentence) => {
    process.stderr.write(`${sentence}\n`);
  },
).then((status) => {
  process.exitCode = status;
});
