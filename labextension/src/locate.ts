import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { SlicescopeError, text, type CompanionAddress } from 'slicescope/lib/src/viewer';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** The codes of Jupyter's answer by which there is nothing to connect to any more. */
const GONE = ['unknown-kernel', 'no-companion'];

/** Jupyter's answer, good or bad: `handlers.py` says what is in it. */
interface Answer {
  readonly port?: unknown;
  readonly secret?: unknown;
  /** In the place of `secret`, for a user who may not execute code. */
  readonly readerSecret?: unknown;
  readonly page?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

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
      throw new SlicescopeError(
        'companion-failed',
        text('Jupyter’s server can’t be reached. Trying again.'),
        {},
        { cause },
      );
    },
  );
  const answer = (await response.json().catch(() => ({}))) as Answer;
  const { port, page, code, message } = answer;
  const secret = answer.secret ?? answer.readerSecret;
  if (typeof code === 'string' && GONE.includes(code)) {
    const sentence = text('The kernel was restarted or shut down since. Run the cell again to look at this volume.');
    throw new SlicescopeError('unknown-view', sentence, { viewId: '' });
  }
  if (!response.ok || typeof port !== 'number' || typeof secret !== 'string') {
    const reason = typeof message === 'string' ? message : '';
    const sentence = text(
      'Jupyter’s server does not say where the viewer’s server is (%1). %2',
      response.status,
      reason || text('Trying again.'),
    );
    throw new SlicescopeError('companion-failed', sentence, {});
  }
  if (page !== window.location.host) {
    // The companion would refuse this page, and a refusal has no reason that a browser tells.
    const sentence = text(
      'This page’s address is %1, but Jupyter’s server was asked for %2. The proxy in front of it must pass the Host header on as it is.',
      window.location.host,
      String(page),
    );
    throw new SlicescopeError('unauthorized', sentence, {});
  }
  const proxied = URLExt.join(settings.wsUrl || PageConfig.getWsUrl(), 'proxy', String(port), '/');
  const direct = `ws://127.0.0.1:${String(port)}/`;
  const urls = LOOPBACK.includes(window.location.hostname) ? [direct, proxied] : [proxied];
  return { urls, secret, ...(answer.secret === undefined ? { access: 'look' } : {}) };
}
