export { openVolume, type OpenOptions } from './open-volume';
export type { OpenProgress } from './worker-messages';
