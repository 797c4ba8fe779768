/** `#rrggbb` of red, green and blue from 0 to 255, and of how opaque it is, if that is given and not all. */
export function hexColor(bytes: readonly number[]): string {
  const parts = bytes[3] === 255 ? bytes.slice(0, 3) : bytes;
  return `#${parts.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
