import { randomUUID } from 'node:crypto';
import { checkVolume, lookAt } from '../export';
import { VIEW_MIME, type ViewBundle, type ViewMetadata } from '../protocol';
import type { Volume } from '../volume';
import { SETTING_NAMES, chosenIn } from '../shading';
import { findHost } from './host';
import { headlessPort } from './headless';
import { companionOf, connectedPort, recordOf, views } from './ports';
import { SliceView, type ViewOptions } from './slice-view';

/**
 * Put a viewer of `volume` under the running cell.
 *
 * Synchronous: when it returns, the view is there, and the output has a picture that stays in the saved
 * notebook. Outside a notebook it says how to look at the volume instead, and returns a view that can be
 * set and exported.
 * @throws SlicescopeError `invalid-argument`, `unknown-plane`, `index-out-of-range`, `invalid-window`,
 * `unknown-window`, `unknown-colormap`, `no-overlap`, `companion-failed`.
 */
export function show(volume: Volume, options: ViewOptions = {}): SliceView {
  checkVolume(volume, 'show');
  const { settings, overlays } = lookAt(volume, options, 'show');
  const chosen = chosenIn(options);
  const first = { settings, defaulted: SETTING_NAMES.filter((name) => !chosen.includes(name)) };
  const viewId = randomUUID();
  const host = findHost();
  if (host === null) {
    console.log('show: this is no notebook, so there is nowhere to draw. Write slices with view.exportSlice(path).');
    return new SliceView(viewId, volume, overlays, headlessPort(viewId, volume, first), options);
  }
  const server = companionOf(host);
  server.put({ viewId, volume: volume.toRecord(), overlays: overlays.map(recordOf), ...first });
  const view = new SliceView(viewId, volume, overlays, connectedPort(server, viewId, first), options);
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
