import { REMOTE_HOST } from '../../tests/browser/browser';

/**
 * How the pages of the tests reach JupyterLab. Jest has a project for each way, which sets the global
 * (jest.config.js); a file that is about a way itself names it to `startJupyter`.
 *
 * - `direct`: at the root of a server on loopback. A page connects to the companion's own port.
 * - `proxied`: as if the server were elsewhere, below a base URL. The page may only use Jupyter's own address,
 *   so that all goes through jupyter-server-proxy; and it is http without being loopback, so it has no secure context.
 */
export type Way = 'direct' | 'proxied';

declare global {
  var slicescopeWay: Way | undefined;
}

export const WAY: Way = globalThis.slicescopeWay ?? 'direct';
export const REMOTE_BASE = '/some/base/';
export { REMOTE_HOST };

/**
 * Those sockets to companions that have gone another way than `way`. A page on loopback tries the proxy too where nobody
 * answers at the companion's own port.
 */
export function strays(companions: readonly string[], way: Way = WAY): string[] {
  const wanted =
    way === 'direct'
      ? /^ws:\/\/(127\.0\.0\.1:\d+|localhost:\d+\/proxy\/\d+)\/$/
      : /^ws:\/\/lab\.test:\d+\/some\/base\/proxy\/\d+\/$/;
  return companions.filter((url) => !wanted.test(url));
}
