export * from './bundle';
export * from './errors';
export * from './frame';
export * from './handshake';
export * from './limits';
export * from './messages';
export * from './tiles';
export * from './types';
