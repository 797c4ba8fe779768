import type { ViewSettings } from '../../src/protocol';
import type { Volume } from '../../src/volume';
import type { ViewRecord } from '../thread';

export const SETTINGS: ViewSettings = {
  plane: 'xy',
  index: 0,
  window: [0, 250],
  colormap: 'gray',
  rotation: 0,
  zoom: 1,
  center: [0.5, 0.5],
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
