export { Companion, type CompanionOptions, type NewView } from './companion';
export type { OverlayLayerRecord } from './thread';
