/** What this folder uses of ITK-Wasm, whose own declarations its package points past. */
declare module '@itk-wasm/image-io' {
  export interface ItkImage {
    readonly imageType: { readonly dimension: number; readonly componentType: string; readonly components: number };
    /** In millimetres, whatever unit the file uses. */
    readonly spacing: readonly number[];
    /** LPS, in millimetres. */
    readonly origin: readonly number[];
    /** Row-major, LPS. */
    readonly direction: Float64Array;
    readonly size: readonly number[];
    /** Over a SharedArrayBuffer. */
    readonly data:
      Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
  }

  /** `path` must be absolute, and not directly in the root folder. */
  export function niftiReadImageNode(path: string): Promise<{ couldRead: boolean; image?: ItkImage }>;
}
