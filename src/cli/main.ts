#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { isSlicescopeError, messageOf } from '../protocol';
import { programOf } from './program';

/** How the command ends: all is well, it failed, it was used wrongly. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

const { version } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as { version: string };
const program = programOf(
  version,
  (text) => {
    process.stdout.write(`${text}\n`);
  },
  (sentence) => {
    process.stderr.write(`${sentence}\n`);
  },
);
// Commands take what their program says of its exits when they are made before it.
for (const command of [program, ...program.commands]) command.exitOverride();

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    // commander has said what was wrong.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return;
  }
  const message = messageOf(error);
  // Sentences say what to do in TypeScript.
  const said = isSlicescopeError(error, 'file-exists')
    ? message.replace('{ overwrite: true }', '--overwrite')
    : message;
  process.stderr.write(`slicescope: ${said}\n`);
  process.exitCode = EXIT.failed;
});
