/** Whether a file begins as DICOM's do: 128 bytes of anything, then this word. */
export function hasPrefix(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
}
