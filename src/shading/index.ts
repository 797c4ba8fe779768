export * from './colormaps';
export * from './orientation';
export * from './render';
export * from './window';
export * from './settings';
