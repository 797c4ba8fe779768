/** What this folder uses of packages that come without declarations. */
interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

/** A decoder of Emscripten's, in memory of its own. */
interface WasmDecoder {
  /** Where the packed bytes are to be put. */
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  /** Samples of a pixel next to each other, of one byte, or two with the lower first. */
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): FrameInfo;
  delete(): void;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  function open(options: object): Promise<{ J2KDecoder: new () => WasmDecoder }>;
  export = open;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  function open(options: object): Promise<{
    JpegLSDecoder: new () => WasmDecoder;
    getExceptionMessage(pointer: number): string;
  }>;
  export = open;
}

/** For the tests, which have no other encoder. */
declare module '@cornerstonejs/codec-charls/wasmjs' {
  function open(options: object): Promise<{
    JpegLSEncoder: new () => {
      getDecodedBuffer(info: FrameInfo): Uint8Array;
      /** 0 for samples that lie apart, 1 for lines of them, 2 for those of a pixel next to each other. */
      setInterleaveMode(mode: number): void;
      encode(): void;
      getEncodedBuffer(): Uint8Array;
      delete(): void;
    };
  }>;
  export = open;
}

declare module 'jpeg-lossless-decoder-js' {
  const jpeg: {
    lossless: {
      Decoder: new () => {
        /** Samples of a pixel next to each other, of one byte or of two in the machine's order. */
        decompress(bytes: ArrayBuffer, offset: number, length: number): ArrayBuffer;
      };
    };
  };
  export = jpeg;
}

/** What dicom-parser has, but does not declare. */
declare module 'dicom-parser' {
  interface DataSet {
    /** Of what `readPart10Header` returns: where the elements behind the header begin. */
    position: number;
  }
  const DataSet: new (parser: ByteArrayParser, bytes: ByteArray, elements: Record<string, Element>) => DataSet;
}
