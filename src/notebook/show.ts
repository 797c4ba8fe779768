import { randomUUID } from 'node:crypto';
import type { Companion } from '../../kernel-server';
import { checkVolume, lookAt } from '../export';
import { VIEW_MIME, type ViewBundle, type ViewMetadata } from '../protocol';
import type { Volume } from '../volume';
import { SETTING_NAMES, chosenIn } from '../shading';
import { hasScreen, openBrowser } from './browser';
import { findHost, type NotebookHost } from './host';
import { companionOf, connectedPort, recordOf, views } from './ports';
import { SliceView } from './slice-view';
import type { ViewOptions } from './view-options';

/**
 * Put a viewer of `volume` under the running cell.
 *
 * Synchronous: when it returns, the view is there, and the output has a picture that stays in the saved
 * notebook. Outside a notebook it prints the address of a page with the viewer, and opens it where a person is at a
 * terminal with a screen; the process then goes on until the view is closed.
 * @throws SlicescopeError `invalid-argument`, `unknown-plane`, `index-out-of-range`, `invalid-window`,
 * `unknown-window`, `unknown-colormap`, `no-overlap`, `companion-failed`.
 */
export function show(volume: Volume, options: ViewOptions = {}): SliceView {
  const host = findHost();
  if (host !== null) return showUnderCell(host, volume, options);
  const { view, url } = showOnPage(volume, options, 'show');
  console.log(`show: ${url} shows ${String(volume)}, until Ctrl-C or view.close().`);
  if (process.stdout.isTTY && hasScreen()) openBrowser(url).catch(() => undefined); // The address is printed.
  return view;
}

/** A view on a page of its own, and the address of that. Its process goes on until the view is closed. */
export function showOnPage(
  volume: Volume,
  options: ViewOptions,
  caller: string,
): { readonly view: SliceView; readonly url: string } {
  const [view, server] = serve(null, volume, options, caller);
  return { view, url: server.pageUrl(view.id) };
}

function showUnderCell(host: NotebookHost, volume: Volume, options: ViewOptions): SliceView {
  const [view, server] = serve(host, volume, options, 'show');
  const bundle: ViewBundle = { kernelId: host.kernelId, viewId: view.id };
  const data = { [VIEW_MIME]: bundle, 'text/plain': String(view) };
  let isDisplayed = false;
  // The browser connects while the picture for the saved notebook is drawn, if that takes a while, as the first one does.
  const { png, key } = server.snapshot(view.id, hasDrawn ? SHORT_MS : 0, () => {
    host.display({ data, displayId: view.id, update: false });
    isDisplayed = true;
  });
  hasDrawn = true;
  const picture = { 'image/png': Buffer.from(png).toString('base64') };
  const metadata: ViewMetadata = { [VIEW_MIME]: { picture: key } };
  host.display({ data: { ...data, ...picture }, metadata, displayId: view.id, update: isDisplayed });
  return view;
}

/** How long a view may wait for its picture before it is displayed without, in milliseconds. */
const SHORT_MS = 30;
/** Whether what draws is loaded. */
let hasDrawn = false;

/** A new view that browsers may show. What is refused starts no server. */
function serve(
  host: NotebookHost | null,
  volume: Volume,
  options: ViewOptions,
  caller: string,
): [view: SliceView, server: Companion] {
  checkVolume(volume, caller);
  const { settings, overlays } = lookAt(volume, options, caller);
  const chosen = chosenIn(options);
  const first = { settings, defaulted: SETTING_NAMES.filter((name) => !chosen.includes(name)) };
  const viewId = randomUUID();
  const server = companionOf(host);
  server.put({ viewId, volume: volume.toRecord(), overlays: overlays.map(recordOf), ...first });
  const view = new SliceView(viewId, volume, overlays, connectedPort(server, viewId, first), options);
  views.set(viewId, view);
  return [view, server];
}
