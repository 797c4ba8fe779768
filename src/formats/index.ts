export { openShownChunks } from './open-chunks';
export { openVolume, type OpenOptions, type Openable } from './open-volume';
export { keepSpareReader } from './reading-thread';
export type { FileHeader } from './file-header';
export { FORMAT_NAMES, type FormatName, type RawDescription } from './format';
export type { OpenProgress } from './worker-messages';
