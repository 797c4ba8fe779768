export * from './colormaps';
export * from './layers';
export * from './orientation';
export { LARGEST, type LayerData } from './painters';
export * from './render';
export * from './window';
export * from './settings';
