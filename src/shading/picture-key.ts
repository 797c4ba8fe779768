import type { Layout, ViewSettings, ViewState } from '../protocol';
import { settingsOf } from './settings';

/** Settings that the picture of a layout does not show. */
const UNSEEN: { readonly [L in Layout]: readonly (keyof ViewSettings)[] } = {
  slice: ['playing', 'rate', 'playback', 'position', 'crosshair', 'camera'],
  planes: ['playing', 'rate', 'playback', 'camera'],
  volume: ['playing', 'rate', 'playback', 'crosshair', 'zoom', 'center'],
};

/**
 * Names what a view shows, in 8 hexadecimal digits: the same in every page and in the companion, and another one
 * when anything else is to be seen. FNV-1a with 32 bits (Fowler, Noll, Vo).
 */
export function pictureKey(state: ViewState): string {
  const { volume, overlayVolumes, layout } = state;
  const settings = Object.entries(settingsOf(state))
    .filter(([name]) => !UNSEEN[layout].includes(name as keyof ViewSettings))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const revisions = [volume.revision, ...overlayVolumes.map(({ revision }) => revision)];
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify([revisions, settings])) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
