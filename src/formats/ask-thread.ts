import type { Worker } from 'node:worker_threads';
import { messageOf } from '../protocol';

export interface Asking<Message, Answer> {
  /** Told of each message. What it returns is the answer, and what it throws ends the thread. */
  readonly hear: (message: Message) => Answer | undefined;
  /** The error of a thread that ended without an answer. */
  readonly stopped: (why: string, cause: unknown) => Error;
  readonly signal?: AbortSignal | undefined;
  /** Decides what to do with the thread after its answer. */
  readonly afterwards: (worker: Worker, answer: Answer) => void;
}

/**
 * Ask a thread for one thing. If anything goes wrong, the thread ends.
 * @throws what `hear` throws, what `stopped` returns, and the signal's reason.
 */
export async function askThread<Message, Answer>(
  worker: Worker,
  request: unknown,
  { hear, stopped, signal, afterwards }: Asking<Message, Answer>,
): Promise<Answer> {
  const { promise, resolve, reject } = withResolvers<Answer>();
  const onAbort = (): void => {
    reject(signal?.reason as Error);
  };
  const onMessage = (message: Message): void => {
    try {
      const answer = hear(message);
      if (answer !== undefined) resolve(answer);
    } catch (error) {
      reject(error instanceof Error ? error : new Error(messageOf(error), { cause: error }));
    }
  };
  const onError = (error: unknown): void => {
    reject(stopped(messageOf(error), error));
  };
  const onExit = (code: number): void => {
    reject(stopped(`exit code ${String(code)}`, undefined));
  };
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort);
  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  try {
    worker.postMessage(request);
    const answer = await promise;
    afterwards(worker, answer);
    return answer;
  } catch (error) {
    // A thread that waits for the system can't be ended, and the signal ends the asking all the same.
    if (signal?.aborted === true) void worker.terminate();
    else await worker.terminate();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
  }
}

/** A promise with what settles it. */
function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
} {
  let [resolve, reject]: [(value: T) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((fulfil, refuse) => {
    [resolve, reject] = [fulfil, refuse];
  });
  return { promise, resolve, reject };
}
