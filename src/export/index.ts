export * from './export-slice';
export * from './look';
export * from './overlays';
export * from './png';
export * from './preview';
