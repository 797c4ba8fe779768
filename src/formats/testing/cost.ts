import { writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { isSlicescopeError, messageOf, type SlicescopeError } from '../../protocol';

/** What a file may cost at most that is refused. */
const MOST_MS = 2000;
const MOST_MEGABYTES = 64;

/** Let the peak of resident memory begin anew. Only Linux can; elsewhere growth below an earlier peak goes unseen. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

/**
 * What `action` fails with: soon, and taking little. Soon is measured in this process's time on processors, all threads
 * together, because other processes may keep a busy machine from running it.
 */
export async function cheapRefusal(action: () => Promise<unknown>): Promise<SlicescopeError> {
  forgetPeak();
  const memory = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const error = await action().then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1000).toBeLessThan(MOST_MS);
  expect(process.resourceUsage().maxRSS / 1024 - memory / 2 ** 20).toBeLessThan(MOST_MEGABYTES);
  if (!isSlicescopeError(error)) throw new Error(`expected a SlicescopeError: ${messageOf(error)}`, { cause: error });
  return error;
}
