import type { ViewSettings } from '../../src/protocol';
import { PLAIN_SETTINGS, clampSettings } from '../../src/shading';
import type { Volume } from '../../src/volume';
import type { ViewRecord } from '../thread';

export const SETTINGS: ViewSettings = {
  ...PLAIN_SETTINGS,
  index: 0,
  position: [0, 0, 0],
  window: [0, 250],
  channels: [],
  overlays: [],
};

/** The rest of a view's state, of which nobody said anything. */
export const NOTHING_MORE = { overlayVolumes: [], defaulted: [], listens: [] } as const;

/** A slice of xy, as settings. */
export function at(index: number): Pick<ViewSettings, 'index' | 'position'> {
  return { index, position: [0, 0, index] };
}

/** A view of a volume, as the main thread hands it over. */
export function viewRecord(
  viewId: string,
  volume: Volume,
  revision = 1,
  settings: Partial<ViewSettings> = {},
): ViewRecord {
  const whole = clampSettings({ ...SETTINGS, ...settings }, volume.info(revision));
  return { viewId, volume: volume.toRecord(), memory: revision, revision, overlays: [], settings: whole };
}
