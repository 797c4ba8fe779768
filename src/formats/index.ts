export { openVolume, type OpenOptions, type Openable } from './open-volume';
export type { FormatName, RawDescription } from './format';
export type { OpenProgress } from './worker-messages';
