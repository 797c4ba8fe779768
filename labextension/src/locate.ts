import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { SlicescopeError, type CompanionAddress } from 'slicescope/lib/src/viewer';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Ask Jupyter's server, which knows who we are, for a kernel's companion. A page on loopback connects to the
 * companion's port directly if it can; every page can through jupyter-server-proxy.
 */
export async function locate(
  kernelId: string,
  settings: ServerConnection.ISettings,
  signal: AbortSignal,
): Promise<CompanionAddress> {
  const url = URLExt.join(settings.baseUrl, 'slicescope/api/companions', kernelId);
  const response = await ServerConnection.makeRequest(url, { cache: 'no-store', signal }, settings).catch(
    (cause: unknown) => {
      throw new SlicescopeError('companion-failed', 'Jupyter’s server can’t be reached. Trying again.', {}, { cause });
    },
  );
  const body = (await response.json().catch(() => ({}))) as { port?: unknown; secret?: unknown; message?: unknown };
  if (response.status === 404) {
    const text = 'The kernel was restarted or shut down since. Run the cell again to look at this volume.';
    throw new SlicescopeError('unknown-view', text, { viewId: '' });
  }
  const { port, secret } = body;
  if (!response.ok || typeof port !== 'number' || typeof secret !== 'string') {
    const text = `Jupyter’s server does not say where the viewer’s server is (${String(response.status)}). Trying again.`;
    throw new SlicescopeError('companion-failed', text, {});
  }
  const proxied = URLExt.join(settings.wsUrl || PageConfig.getWsUrl(), 'proxy', String(port), '/');
  const direct = `ws://127.0.0.1:${String(port)}/`;
  return { urls: LOOPBACK.includes(window.location.hostname) ? [direct, proxied] : [proxied], secret };
}
