export { Connection, type ChannelListener, type CompanionAddress, type Locate } from './connection';
