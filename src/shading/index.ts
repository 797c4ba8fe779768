export * from './bars';
export * from './colormaps';
export * from './layers';
export * from './orientation';
export type { LayerData } from './painters';
export * from './presets';
export * from './render';
export * from './window';
export * from './settings';
