export * from './export-slice';
export * from './look';
export * from './png';
export * from './preview';
