import type { VolumeRecord } from '../volume';
import type { Failure } from './failure';
import type { Plain, WritableName, WriteOptions } from './writer';

/** What a thread is asked to write. */
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

/** What a thread says that writes a file; in the end `written` or a failure. */
export type WriteMessage =
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'note'; readonly note: string }
  | { readonly type: 'written' }
  | Failure;
