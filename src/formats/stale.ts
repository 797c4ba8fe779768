import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

/** So long nothing must have changed in a folder whose process can't be asked for. */
const LONG_MS = 86_400_000;
/** Where a file is made: by which machine, and by which process there. */
const NAME = /^\.slicescope-(?:([0-9a-f]{8})-(\d+)-)?\w{6}$/;

function said(read: () => string): string {
  try {
    return read();
  } catch {
    return ''; // Only Linux says it.
  }
}

/** Names where process ids are unique: this machine since its last start, or a container on it. */
const MACHINE: string = createHash('sha256')
  .update(hostname())
  .update(said(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')))
  .update(said(() => readlinkSync('/proc/self/ns/pid')))
  .digest('hex')
  .slice(0, 8);

/** How the name of a folder begins in which this process makes a file, beside its place. */
export const MAKING_PREFIX: string = `.slicescope-${MACHINE}-${String(process.pid)}-`;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One that may not be asked is somebody else's, and runs.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Whether something in a folder, at any depth, has changed since. */
async function hasChanged(path: string, since: number): Promise<boolean> {
  const there = await lstat(path);
  if (there.mtimeMs > since) return true;
  if (!there.isDirectory()) return false;
  for (const name of await readdir(path)) if (await hasChanged(join(path, name), since)) return true;
  return false;
}

/** Whether a folder was left by a process that has ended, and has nothing that a person may want back. */
async function isStale(path: string, machine: string | undefined, pid: number): Promise<boolean> {
  const there = await lstat(path);
  if (!there.isDirectory() || (process.getuid !== undefined && there.uid !== process.getuid())) return false;
  // What was there before, and could not be put back.
  if ((await readdir(join(path, 'old')).catch(() => [])).length > 0) return false;
  if (machine === MACHINE) return !isRunning(pid);
  return !(await hasChanged(path, Date.now() - LONG_MS));
}

/** How long the files of one folder are made without looking there again, in milliseconds. */
const REST_MS = 60_000;
let last = { folder: '', at: 0 };

/**
 * Remove what processes that were killed have left beside a file that is to be made. Files of one folder that follow each other are
 * made without looking each time.
 */
export async function sweepBeside(path: string): Promise<void> {
  const folder = dirname(path);
  if (folder === last.folder && Date.now() - last.at < REST_MS) return;
  last = { folder, at: Date.now() };
  for (const name of await readdir(folder).catch(() => [])) {
    const found = NAME.exec(name);
    if (found === null) continue;
    const left = join(folder, name);
    if (await isStale(left, found[1], Number(found[2])).catch(() => false)) {
      await rm(left, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
