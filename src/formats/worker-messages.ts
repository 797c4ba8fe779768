import type { ErrorCode, ErrorDetails } from '../protocol';
import type { VolumeRecord } from '../volume';
import type { FileHeader } from './file-header';

/** How far opening a file has come. */
export interface OpenProgress {
  readonly stage: 'reading' | 'done';
  /** From 0 to 1. */
  readonly fraction: number;
}

/** What a thread says that reads a file; in the end `volume` or `error`. */
export type ReadMessage =
  | { readonly type: 'progress'; readonly progress: OpenProgress }
  | { readonly type: 'header'; readonly header: FileHeader }
  | { readonly type: 'volume'; readonly record: VolumeRecord }
  | {
      readonly type: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails[ErrorCode];
    };
