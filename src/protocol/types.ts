/** What both ends mean by a volume, a slice and a view. */

/** The element types of a volume, in the order of their codes on the wire. */
export const DTYPES = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const;
export type DType = (typeof DTYPES)[number];

/** A dtype's typed array. */
export interface DTypeArrays {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}
export type VoxelArray = DTypeArrays[DType];

/** The constructors of the typed arrays, by dtype. */
export const ARRAY_OF: {
  readonly [D in DType]: {
    new (length: number): DTypeArrays[D];
    new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): DTypeArrays[D];
    readonly BYTES_PER_ELEMENT: number;
  };
} = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** The planes of a volume, in the order of their codes on the wire. `xy` cuts along z, `xz` along y, `yz` along x. */
export const PLANES = ['xy', 'xz', 'yz'] as const;
export type Plane = (typeof PLANES)[number];

/** Low is drawn in the first colour and high in the last; low < high, in the volume's values. */
export type Window = readonly [low: number, high: number];

/** Number of voxels along x, y and z; x runs fastest. */
export type Shape = readonly [width: number, height: number, depth: number];

/**
 * A slice's level of detail: 2^level voxels along its columns and along its rows stand for one. [0, 0] is full
 * resolution. Each axis has its own, because a picture may stretch one of them.
 */
export type Level = readonly [columns: number, rows: number];

/** The highest level of an axis: the longest one that an array can have then takes 2048 pixels. */
export const MAX_LEVEL = 21;

/** How a tile travels, in the order of the codes on the wire. */
export const ENCODINGS = ['raw', 'packed', 'preview'] as const;
/**
 * `raw`: the voxels. `packed`: the same, compressed without loss. `preview`: a small WebP picture of them
 * through a window, for a line on which the voxels would take long.
 */
export type Encoding = (typeof ENCODINGS)[number];

/** A rectangle of a slice, in pixels of its level. */
export interface TileRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * How the rows and columns of a slice lie on the screen: first transposed (rows become columns), then
 * flipped. Eight orientations, closed under quarter turns.
 */
export interface Orientation {
  readonly transpose: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

/** Letters at the edges of the picture, such as R, L, A, P; null where the volume has no direction. */
export interface Edges {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** What is needed to draw slices of one plane. Width and height are those of the data, before orientation. */
export interface PlaneInfo {
  /** Number of slices: an index is from 0 to count − 1. */
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Distance between columns and between rows, in the volume's unit. */
  readonly spacing: readonly [columns: number, rows: number];
  readonly orientation: Orientation;
  readonly edges: Edges | null;
}

/** All that a client learns of a volume, besides its slices. */
export interface VolumeInfo {
  /** Identifies a volume and its content: a swap and a `refresh()` each take a new number. */
  readonly revision: number;
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** 1, or 3 or 4 for RGB and RGBA `uint8`. */
  readonly components: number;
  readonly planes: { readonly [P in Plane]: PlaneInfo };
}

/** The part of a view's state that both ends may change. */
export interface ViewSettings {
  readonly plane: Plane;
  /** From 0 to the plane's count − 1. */
  readonly index: number;
  readonly window: Window;
  /** One of `shading`'s colour maps. */
  readonly colormap: string;
  /** Quarter turns clockwise. */
  readonly rotation: 0 | 1 | 2 | 3;
  /** 1 fits the slice into the canvas; 2 shows it twice as large. */
  readonly zoom: number;
  /** The point of the picture at the middle of the canvas; [0.5, 0.5] is the picture's own middle. */
  readonly center: readonly [x: number, y: number];
}

/** A view's whole state, as every client has it. */
export interface ViewState extends ViewSettings {
  readonly volume: VolumeInfo;
}
