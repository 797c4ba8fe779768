import { freemem, totalmem } from 'node:os';

/**
 * Bytes of memory that this process may still take: what the system has left, with what it only keeps of files; and what the process's
 * own limit leaves, where it has one (a container, a notebook server's limit for each user).
 */
export function availableBytes(): number {
  const own = process.memoryUsage.rss();
  // macOS does not count what it keeps of files as free.
  const free = process.platform === 'darwin' ? totalmem() - own : freemem();
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? Math.max(0, Math.min(free, limit - own)) : free;
}
