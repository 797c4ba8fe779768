import { CommanderError } from 'commander';
import { isSlicescopeError, messageOf, plainText } from '../protocol';
import { programOf } from './program';
import type { Print } from './view';

/** How the command ends: all is well, it failed, it was used wrongly. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** What is printed may come from a file, or be its name: no terminal takes it for a command. */
function plainly(print: Print): Print {
  return (text) => {
    print(plainText(text));
  };
}

/**
 * Run the command `slicescope` with these arguments.
 * @param print is told what it answers, `say` what is said to the person besides
 * @returns its exit status
 */
export async function runCommand(version: string, args: readonly string[], print: Print, say: Print): Promise<number> {
  const tell = plainly(say);
  const program = programOf(version, plainly(print), tell);
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
    tell(`slicescope: ${said}`);
    return EXIT.failed;
  }
}
