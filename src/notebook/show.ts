import { randomUUID } from 'node:crypto';
import { Companion, type OverlayLayerRecord } from '../../kernel-server';
import { checkVolume, lookAt } from '../export';
import { VIEW_MIME, type ViewBundle, type ViewMetadata, type ViewSettings } from '../protocol';
import { Volume, type OverlayLayer } from '../volume';
import { findHost, type NotebookHost } from './host';
import { SliceView, type ViewOptions, type ViewPort } from './slice-view';

const views = new Map<string, SliceView>();
let companion: Companion | null = null;

function companionOf(host: NotebookHost): Companion {
  companion ??= new Companion({
    kernelId: host.kernelId,
    runtimeDir: host.runtimeDir,
    onChange: (viewId, patch) => views.get(viewId)?.changedByViewer(patch),
  });
  return companion;
}

function recordOf({ volume, labels }: OverlayLayer): OverlayLayerRecord {
  return { volume: volume.toRecord(), labels };
}

/** A view's port to the companion. */
function connectedPort(server: Companion, viewId: string, first: ViewSettings): ViewPort {
  let last = first;
  return {
    settings: () => (last = server.settings(viewId) ?? last),
    set: (patch) => {
      server.set(viewId, patch);
    },
    put: (volume, overlays, settings) => {
      server.put({ viewId, volume: volume.toRecord(), overlays: overlays.map(recordOf), settings });
    },
    setOverlay: (at, overlay, patch) => {
      server.setOverlay(viewId, at, recordOf(overlay), patch);
    },
    refresh: () => {
      server.refresh(viewId);
    },
    shown: (volume) => {
      const data = server.published(volume.data);
      return data === undefined ? volume : Volume.fromRecord({ ...volume.toRecord(), data });
    },
    close: () => {
      last = server.settings(viewId) ?? last;
      views.delete(viewId);
      server.close(viewId);
    },
  };
}

/** In plain Node a view has its state and its exports, and nobody looks at it. */
function headlessPort(first: ViewSettings): ViewPort {
  let settings = first;
  return {
    settings: () => settings,
    set: (patch) => (settings = { ...settings, ...patch }),
    put: (_volume, _overlays, next) => (settings = next),
    setOverlay: (_at, _overlay, patch) => (settings = { ...settings, ...patch }),
    refresh: () => undefined,
    shown: (volume) => volume,
    close: () => undefined,
  };
}

/**
 * Put a viewer of `volume` under the running cell.
 *
 * Synchronous: when it returns, the view is there, and the output has a picture that stays in the saved
 * notebook. Outside a notebook it says how to look at the volume instead, and returns a view that can be
 * set and exported.
 * @throws SlicescopeError `invalid-argument`, `unknown-plane`, `index-out-of-range`, `invalid-window`,
 * `unknown-colormap`, `no-overlap`, `companion-failed`.
 */
export function show(volume: Volume, options: ViewOptions = {}): SliceView {
  checkVolume(volume, 'show');
  const { settings, overlays } = lookAt(volume, options, 'show');
  const windowIsGiven = options.window !== undefined;
  const viewId = randomUUID();
  const host = findHost();
  if (host === null) {
    console.log('show: this is no notebook, so there is nowhere to draw. Write slices with view.exportSlice(path).');
    return new SliceView(viewId, volume, overlays, windowIsGiven, headlessPort(settings));
  }
  const server = companionOf(host);
  server.put({ viewId, volume: volume.toRecord(), overlays: overlays.map(recordOf), settings });
  const view = new SliceView(viewId, volume, overlays, windowIsGiven, connectedPort(server, viewId, settings));
  views.set(viewId, view);
  const bundle: ViewBundle = { kernelId: host.kernelId, viewId };
  const data = { [VIEW_MIME]: bundle, 'text/plain': String(view) };
  // The browser connects while the picture for the saved notebook is drawn.
  host.display({ data, displayId: viewId, update: false });
  const { png, key } = server.snapshot(viewId);
  const picture = { 'image/png': Buffer.from(png).toString('base64') };
  const metadata: ViewMetadata = { [VIEW_MIME]: { picture: key } };
  host.display({ data: { ...data, ...picture }, metadata, displayId: viewId, update: true });
  return view;
}
