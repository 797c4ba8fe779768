import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * The text of a file that nobody but this user can have written: a regular file of theirs, which others may not write
 * to. It is checked on the open file, so that it can't be swapped, and a pipe is not waited for.
 * @throws Error if it is not such a file, or has more than `most` bytes.
 */
export function readOwnFile(path: string, most: number): string {
  // Windows has neither of the last two: they are undefined there, and count as 0.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    const user = process.getuid?.() ?? null;
    const isOwn = user === null || (status.uid === user && (status.mode & 0o022) === 0);
    if (!status.isFile() || !isOwn) throw new Error(`${path} is not a regular file that only this user may write to`);
    if (status.size > most) throw new Error(`${path} has more than ${String(most)} bytes`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
