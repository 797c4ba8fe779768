import { initialSettings } from '../settings';
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
  return { revision: 1, name: 'phantom', shape: [5, 7, 9], dtype, rescale: null, components: 1, planes, ...GEOMETRY };
}

/** Of a plain image. */
export const GEOMETRY = {
  frames: 1,
  channels: 1,
  channelNames: null,
  frameTimes: null,
  frameLabels: null,
  spacing: [1, 1, 1],
  origin: [0, 0, 0],
  direction: null,
  unit: 'mm',
  chunked: false,
} as const;

export const SETTINGS: ViewSettings = initialSettings(volumeInfo(), [0, 255]);
