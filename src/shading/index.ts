export * from './colormaps';
export * from './layers';
export * from './orientation';
export * from './picture-key';
export * from './render';
export * from './window';
export * from './settings';
