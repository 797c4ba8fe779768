import { plainText } from './plain-text';

/**
 * Every error that crosses a boundary of slicescope: a stable code, the facts behind it, and a sentence
 * that says what was wrong, what was expected and what to do. The codes are listed in docs/protocol.md.
 */
export interface ErrorDetails {
  /** An argument has the wrong type or an impossible value, and no code below says it better. */
  'invalid-argument': { argument: string };
  /** A shape that is not three whole numbers from 1 on, or that is too large to hold: then `bytes` says how many it needs. */
  'invalid-shape': { shape: readonly unknown[]; bytes?: number };
  /** The number of elements is not what the shape needs. */
  'shape-mismatch': { elements: number; expected: number };
  'unknown-dtype': { dtype: string };
  'index-out-of-range': { index: number; count: number };
  /** A window whose two ends are equal, reversed, or not finite. */
  'invalid-window': { window: readonly unknown[] };
  /** A window by a name that there is none of. */
  'unknown-window': { window: string };
  'unknown-plane': { plane: string };
  'unknown-colormap': { colormap: string };
  /** An overlay that has no place in common with the volume below it. */
  'no-overlap': { overlay: string };
  /** The voxels are left in their chunks, and can be had by asking for them. */
  'not-in-memory': { member: string };
  'file-not-found': { path: string };
  'file-unreadable': { path: string };
  /** The file is of a kind that there is no reader for. */
  'unsupported-format': { path: string };
  /** The file says that it is of a kind, but its content is broken. */
  'file-corrupt': { path: string };
  /** There is a file already where one is to be written. */
  'file-exists': { path: string };
  /** Several DICOM series of which none was chosen, or none that is there. */
  'unknown-series': {
    path: string;
    series: readonly { readonly uid: string; readonly description: string; readonly slices: number }[];
  };
  'write-failed': { path: string };
  'view-closed': { viewId: string };
  /** The companion does not know the view: the kernel was restarted since, or the view closed. */
  'unknown-view': { viewId: string };
  /** The other end did not prove that it holds the secret. */
  unauthorized: Record<string, never>;
  /** A message or frame that slicescope.v1 does not allow. */
  'protocol-error': Record<string, never>;
  /** A limit of limits.ts was passed. */
  'limit-exceeded': { limit: string; value: number };
  /** The companion could not be started, or did not answer in time. */
  'companion-failed': Record<string, never>;
}

export type ErrorCode = keyof ErrorDetails;

/** The one error class. `code` is stable; `details` has the facts of that code; `cause` what lies beneath. */
export class SlicescopeError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly details: ErrorDetails[C];

  constructor(code: C, message: string, details: ErrorDetails[C], options?: { cause?: unknown }) {
    super(plainText(message), options); // It may quote a file.
    this.name = 'SlicescopeError';
    this.code = code;
    this.details = details;
  }
}

/** Whether `error` is a SlicescopeError, and of this `code` if one is given. */
export function isSlicescopeError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is SlicescopeError<C> {
  return error instanceof SlicescopeError && (code === undefined || error.code === code);
}

/** The sentence of any thrown thing. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Refuse options that nobody knows, which are misspelt ones: they would do nothing, silently.
 * @throws SlicescopeError `invalid-argument`.
 */
export function checkNames(options: object, names: readonly string[], caller: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || names.includes(name)) continue;
    const message = `${caller}: there is no option ${quote(name)}, expected one of ${names.join(', ')}`;
    throw new SlicescopeError('invalid-argument', message, { argument: name });
  }
}

/** How a refused value stands in a sentence: short, on one line, strings in quotes. */
export function quote(value: unknown): string {
  const text = textOf(value, false);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A list in a list is not opened: it may be as deep as a message is long, or contain itself. */
function textOf(value: unknown, isInner: boolean): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) {
    if (isInner) return 'a list';
    const shown = value.slice(0, 20).map((item) => textOf(item, true));
    return `[${shown.join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
