import { Companion, type OverlayLayerRecord } from '../../kernel-server';
import { SlicescopeError } from '../protocol';
import { Volume, type OverlayLayer } from '../volume';
import type { NotebookHost } from './host';
import type { SliceView } from './slice-view';
import { VERSION } from './version';
import type { ChosenSettings, ViewPort } from './view-port';

/**
 * What all copies of the library in this process have in common. There may be several: in two folders, or after the cache of
 * modules was emptied. A kernel has one record, so it has one companion.
 */
interface Shared {
  readonly views: Map<string, SliceView>;
  served: { readonly version: string; readonly companion: Companion } | null;
}

const KEY = Symbol.for('slicescope.companion');
const scope = globalThis as { [KEY]?: Shared };
const shared: Shared = (scope[KEY] ??= { views: new Map(), served: null });

/** The views that browsers may show, by their ids. */
export const views: Map<string, SliceView> = shared.views;

/**
 * The one of this process.
 * @param host null outside of a notebook, where it serves a page itself.
 * @throws SlicescopeError `companion-failed`, also where a copy of another version has made it.
 */
export function companionOf(host: NotebookHost | null): Companion {
  shared.served ??= {
    version: VERSION,
    companion: new Companion({
      ...(host === null ? { kernelId: null } : { kernelId: host.kernelId, runtimeDir: host.runtimeDir }),
      onChange: (viewId, patch) => views.get(viewId)?.changedByViewer(patch),
      onPointer: (viewId, message) => views.get(viewId)?.pointedByViewer(message),
      onDiscard: (viewId) => views.get(viewId)?.discardedByViewer(),
    }),
  };
  const { version, companion } = shared.served;
  if (version === VERSION) return companion;
  const again = host === null ? 'the program' : 'the kernel';
  const message = `show: slicescope ${version} already shows volumes here, and this is ${VERSION}; import only one of them, and restart ${again}`;
  throw new SlicescopeError('companion-failed', message, {});
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
