import type { DType, Orientation, PlaneInfo, VolumeInfo, ViewSettings } from '../../protocol';

export const AS_STORED: Orientation = { transpose: false, flipX: false, flipY: false };

/** All eight, the one without any change first. */
export const ORIENTATIONS: readonly Orientation[] = Array.from({ length: 8 }, (_, bits) => ({
  transpose: (bits & 4) !== 0,
  flipX: (bits & 2) !== 0,
  flipY: (bits & 1) !== 0,
}));

/** What clients learn of a volume of 5 × 7 × 9 voxels. */
export function volumeInfo(dtype: DType = 'uint16'): VolumeInfo {
  const plane = (width: number, height: number, count: number): PlaneInfo => {
    return { count, width, height, spacing: [1, 1], orientation: AS_STORED, edges: null };
  };
  const planes = { xy: plane(5, 7, 9), xz: plane(5, 9, 7), yz: plane(7, 9, 5) };
  return { revision: 1, name: 'phantom', shape: [5, 7, 9], dtype, components: 1, planes };
}

export const SETTINGS: ViewSettings = {
  plane: 'xy',
  index: 4,
  window: [0, 255],
  colormap: 'gray',
  rotation: 0,
  zoom: 1,
  center: [0.5, 0.5],
};
