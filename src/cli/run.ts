import { CommanderError } from 'commander';
import { isSlicescopeError, messageOf } from '../protocol';
import { programOf } from './program';
import type { Print } from './view';

/** How the command ends: all is well, it failed, it was used wrongly. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * Run the command `slicescope` with these arguments.
 * @param print is told what it answers, `say` what is said to the person besides
 * @returns its exit status
 */
export async function runCommand(version: string, args: readonly string[], print: Print, say: Print): Promise<number> {
  const program = programOf(version, print, say);
  // Commands take what their program says of its exits when they are made before it.
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // commander has said what was wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const message = messageOf(error);
    // Sentences say what to do in TypeScript.
    const said = isSlicescopeError(error, 'file-exists')
      ? message.replace('{ overwrite: true }', '--overwrite')
      : message;
    say(`slicescope: ${said}`);
    return EXIT.failed;
  }
}
