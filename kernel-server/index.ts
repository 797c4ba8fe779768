export { Companion, type CompanionOptions } from './companion';
export type { ViewRecord } from './thread';
