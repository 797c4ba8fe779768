import type { ViewSettings } from '../../src/protocol';
import { PLAIN_SETTINGS } from '../../src/shading';
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

/** A view of a volume, as the main thread hands it over. */
export function viewRecord(
  viewId: string,
  volume: Volume,
  revision = 1,
  settings: Partial<ViewSettings> = {},
): ViewRecord {
  return { viewId, volume: volume.toRecord(), revision, settings: { ...SETTINGS, ...settings } };
}
