/** What this folder uses of a package whose declarations can't be resolved. */
declare module 'numcodecs/blosc' {
  const codec: { fromConfig(how: object): { decode(bytes: Uint8Array): Promise<Uint8Array> } };
  export default codec;
}

declare module 'numcodecs/lz4' {
  const codec: { fromConfig(how: object): { decode(bytes: Uint8Array): Promise<Uint8Array> } };
  export default codec;
}
