export * from './export-slice';
export * from './export-stack';
export { checkTarget, type FileFormat } from './files';
export * from './look';
export { fileOptions, rangeOptions, type ExportOptions, type FileOptions, type RangeOptions } from './options';
export * from './overlays';
export { encodePng } from './picture';
export * from './preview';
