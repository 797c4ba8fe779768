import type { Worker } from 'node:worker_threads';
import { messageOf } from '../protocol';

interface Asking<Message, Answer> {
  /** Told of each message. What it returns is the answer, and what it throws ends the thread. */
  readonly hear: (message: Message) => Answer | undefined;
  /** The error of a thread that ended without an answer. */
  readonly stopped: (why: string, cause: unknown) => Error;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Ask a thread for one thing. The thread ends with its answer, or with what went wrong.
 * @throws what `hear` throws, what `stopped` returns, and the signal's reason.
 */
export async function askThread<Message, Answer>(
  worker: Worker,
  request: unknown,
  { hear, stopped, signal }: Asking<Message, Answer>,
): Promise<Answer> {
  let stop: (() => void) | undefined;
  const answered = new Promise<Answer>((fulfil, reject) => {
    stop = () => {
      reject(signal?.reason as Error);
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop);
    worker.on('message', (message: Message) => {
      try {
        const answer = hear(message);
        if (answer !== undefined) fulfil(answer);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(messageOf(error), { cause: error }));
      }
    });
    worker.on('error', (error) => {
      reject(stopped(messageOf(error), error));
    });
    worker.on('exit', (code) => {
      reject(stopped(`exit code ${String(code)}`, undefined));
    });
  });
  try {
    worker.postMessage(request);
    const answer = await answered;
    void worker.terminate(); // It has closed its files, and its end takes a few ms.
    return answer;
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    if (stop !== undefined) signal?.removeEventListener('abort', stop);
  }
}
