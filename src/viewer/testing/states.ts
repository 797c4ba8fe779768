import { initialSettings } from '../../shading';
import { GEOMETRY } from '../../shading/testing/settings-fixture';
import {
  PLANE_AXES,
  type DType,
  type Plane,
  type PlaneInfo,
  type ValueKind,
  type ViewState,
  type VolumeInfo,
} from '../../protocol';

const upright = { transpose: false, flipX: false, flipY: false };

/** Values that are stored as they are. */
export const asStored = (dtype: DType): ValueKind => ({ dtype, rescale: null });

/** A volume of 4 × 3 × 5 voxels, as a companion describes it. */
export function volumeInfo(revision: number): VolumeInfo {
  const plane = (count: number, width: number, height: number): PlaneInfo => ({
    count,
    width,
    height,
    spacing: [1, 1],
    orientation: upright,
    edges: null,
  });
  return {
    revision,
    name: 'test',
    shape: [4, 3, 5],
    dtype: 'uint16',
    rescale: null,
    components: 1,
    ...GEOMETRY,
    planes: { xy: plane(5, 4, 3), xz: plane(3, 4, 5), yz: plane(4, 3, 5) },
  };
}

export function viewState(revision: number, plane: Plane, index: number): ViewState {
  const volume = volumeInfo(revision);
  const position = [2, 1, 2] as [number, number, number];
  position[PLANE_AXES[plane][2]] = index;
  return {
    ...initialSettings(volume, [0, 100]),
    plane,
    index,
    position,
    volume,
    overlayVolumes: [],
    defaulted: [],
    listens: [],
  };
}
