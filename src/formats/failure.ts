import { SlicescopeError, isSlicescopeError, messageOf, type ErrorCode, type ErrorDetails } from '../protocol';

/** An error on its way to another thread: one of this library, or a failed call of the system. */
export type Failure =
  | {
      readonly type: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails[ErrorCode];
    }
  | { readonly type: 'failed'; readonly code: string; readonly syscall: string; readonly message: string };

/** What another thread is told of an error; null for an error that is neither, which is a fault of ours. */
export function failureOf(error: unknown): Failure | null {
  if (isSlicescopeError(error)) {
    return { type: 'error', code: error.code, message: error.message, details: error.details };
  }
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return null;
  return { type: 'failed', code: String(error.code), syscall: String(error.syscall), message: messageOf(error) };
}

/** The error that another thread has told of. */
export function errorOf(failure: Failure): Error {
  if (failure.type === 'error') return new SlicescopeError(failure.code, failure.message, failure.details);
  return Object.assign(new Error(failure.message), { code: failure.code, syscall: failure.syscall });
}

/** The error of a thread that ended while it wrote. */
export function writerStopped(path: string, why: string, cause: unknown): SlicescopeError<'write-failed'> {
  const message = `volume.save: ${path}: the writer stopped (${why})`;
  return new SlicescopeError('write-failed', message, { path }, { cause });
}
