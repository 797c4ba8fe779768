export * from './export-slice';
export * from './look';
export * from './png';
