export { Connection, type ChannelListener, type CompanionAddress, type Locate } from './connection';
export type { Line } from './line';
