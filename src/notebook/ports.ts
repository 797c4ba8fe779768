import { Companion, type OverlayLayerRecord } from '../../kernel-server';
import { Volume, type OverlayLayer } from '../volume';
import type { NotebookHost } from './host';
import type { SliceView } from './slice-view';
import type { ChosenSettings, ViewPort } from './view-port';

/** The views that browsers may show, by their ids. */
export const views: Map<string, SliceView> = new Map();
let companion: Companion | null = null;

/** The one of this process. @param host null outside of a notebook, where it serves a page itself. */
export function companionOf(host: NotebookHost | null): Companion {
  companion ??= new Companion({
    ...(host === null ? { kernelId: null } : { kernelId: host.kernelId, runtimeDir: host.runtimeDir }),
    onChange: (viewId, patch) => views.get(viewId)?.changedByViewer(patch),
    onPointer: (viewId, message) => views.get(viewId)?.pointedByViewer(message),
    onDiscard: (viewId) => views.get(viewId)?.discardedByViewer(),
  });
  return companion;
}

export function recordOf({ volume, labels }: OverlayLayer): OverlayLayerRecord {
  return { volume: volume.toRecord(), labels };
}

/** A view's port to the companion. */
export function connectedPort(server: Companion, viewId: string, first: ChosenSettings): ViewPort {
  let last = first.settings;
  return {
    settings: () => (last = server.settings(viewId) ?? last),
    defaulted: () => server.defaulted(viewId),
    set: (patch, chosen) => {
      server.set(viewId, patch, chosen);
    },
    put: (volume, overlays, settings) => {
      server.put({ viewId, volume: volume.toRecord(), overlays: overlays.map(recordOf), ...settings });
    },
    setOverlay: (at, overlay, patch) => {
      server.setOverlay(viewId, at, recordOf(overlay), patch);
    },
    listen: (types) => {
      server.listen(viewId, types);
    },
    link: (link) => {
      server.link(link);
    },
    unlink: (linkId) => {
      server.unlink(linkId);
    },
    refresh: () => {
      server.refresh(viewId);
    },
    shown: (volume) => {
      const data = server.published(volume.toRecord().data);
      return data === undefined ? volume : Volume.fromRecord({ ...volume.toRecord(), data });
    },
    close: () => {
      last = server.settings(viewId) ?? last;
      views.delete(viewId);
      server.close(viewId);
    },
  };
}
