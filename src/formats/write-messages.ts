import type { ErrorCode, ErrorDetails } from '../protocol';
import type { VolumeRecord } from '../volume';
import type { Plain, WritableName, WriteOptions } from './writer';

/** What the writing thread is asked for. */
export interface WriteRequest {
  readonly record: VolumeRecord;
  readonly plain: Plain;
  readonly name: WritableName;
  /** Where it goes in the end: stands in errors. */
  readonly path: string;
  /** Where it is written. */
  readonly target: string;
  readonly options: WriteOptions;
}

/** What the writing thread says; in the end `written`, `error`, or `failed` for a call of the system. */
export type WriteMessage =
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'note'; readonly note: string }
  | { readonly type: 'written' }
  | { readonly type: 'failed'; readonly code: string; readonly syscall: string; readonly message: string }
  | {
      readonly type: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails[ErrorCode];
    };
