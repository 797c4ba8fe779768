import { isSlicescopeError, messageOf, type ErrorCode, type ErrorDetails, type SlicescopeError } from '../errors';

/** The SlicescopeError of `code` that `action` throws; anything else is a failure that says what came instead. */
export function thrown<C extends ErrorCode>(action: () => unknown, code: C): SlicescopeError<C> {
  let result: unknown;
  try {
    result = action();
  } catch (error) {
    if (isSlicescopeError(error, code)) return error;
    throw new Error(`expected a SlicescopeError of ${code}, got: ${messageOf(error)}`, { cause: error });
  }
  throw new Error(`expected a SlicescopeError of ${code}, got a result: ${String(result)}`);
}

/** What is to be known of a refusal: its code, its sentence, its facts. */
export function refusal<C extends ErrorCode>(
  action: () => unknown,
  code: C,
): { message: string; details: ErrorDetails[C] } {
  const { message, details } = thrown(action, code);
  return { message, details };
}

/** What `action` throws, whatever it is; a failure if it throws nothing. */
export function failure(action: () => unknown): { code: ErrorCode; message: string; details: unknown } {
  try {
    action();
  } catch (error) {
    return error as { code: ErrorCode; message: string; details: unknown };
  }
  throw new Error('nothing was thrown');
}
