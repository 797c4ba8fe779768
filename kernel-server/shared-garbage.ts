import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * So many bytes let go of are collected at once, even if the thread never comes to rest. A collection takes the
 * main thread of a notebook’s kernel 0.15 to 0.5 s, and the worker 10 to 75 ms.
 */
const AT_ONCE_BYTES = 268_435_456;
/** Fewer than this are left to V8. */
const WORTH_BYTES = 16_777_216;
/** How long nothing more must be let go of before the rest is collected, in milliseconds. */
const REST_MS = 250;

/**
 * V8 does not count shared memory when it decides whether to collect garbage: a volume that is swapped away
 * would stay for as long as nothing else fills the heap, and fifty of them with it. So each thread counts what
 * it lets go of, and asks for a collection itself.
 */
let pending = 0;
let sinceRest = 0;
let timer: NodeJS.Timeout | undefined;
let collector: (() => void) | undefined;

/** This thread refers to so many bytes of shared memory no longer; somebody else may. */
export function letGo(bytes: number): void {
  pending += bytes;
  sinceRest += bytes;
  if (pending >= AT_ONCE_BYTES) {
    pending = 0;
    collect();
  }
  if (sinceRest < WORTH_BYTES) return;
  // Also after a collection: what is let go of right now is still on the stack of those who do it.
  clearTimeout(timer);
  timer = setTimeout(() => {
    pending = 0;
    sinceRest = 0;
    collect();
  }, REST_MS).unref();
}

function collect(): void {
  collector ??= findCollector();
  collector();
}

/** V8 hands out its `gc` in contexts that are made while a flag is set. The flag is one for all threads: it stays. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
