import { randomUUID } from 'node:crypto';
import { findHost } from './host';

/** The bytes of a PNG, which a notebook displays as the picture where they are the last expression of a cell. */
export function displayedBytes(png: Uint8Array): Uint8Array {
  // What a kernel calls to show a value.
  return Object.defineProperty(png, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: Uint8Array): string {
      const data = {
        'image/png': Buffer.from(this.buffer as ArrayBuffer, this.byteOffset, this.length).toString('base64'),
      };
      findHost()?.display({ data, displayId: randomUUID(), update: false });
      return `PNG of ${String(this.length)} bytes`;
    },
  });
}
