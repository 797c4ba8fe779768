import type { IncomingHttpHeaders } from 'node:http';
import { readOwnFile } from './own-file';

/**
 * Who may open a WebSocket at all, before any proof. In Jupyter: pages of the server that has handed out the
 * companion's record, and nobody else. Outside of it: the page that the companion serves itself, and nobody else.
 *
 * Jupyter's server extension notes the host of every authenticated request for the record in the pages
 * file, which is trusted if only the user can have written it. A page connects in one of two ways:
 * - directly: Host is a loopback name with the companion's own port. A browser that was led here by
 *   DNS rebinding sends the attacker's name with that port.
 * - through jupyter-server-proxy, which passes the browser's headers on: Host is that of the page.
 * In both, Origin is a page of a noted host.
 *
 * The companion's own page comes from the very host that it connects to.
 */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Of the pages file; Jupyter's server writes a quarter of it at most. */
const MOST_BYTES = 65_536;

function notedHosts(pagesFile: string): readonly unknown[] {
  try {
    const hosts: unknown = JSON.parse(readOwnFile(pagesFile, MOST_BYTES));
    return Array.isArray(hosts) ? hosts : [];
  } catch {
    return []; // Nobody has asked for the record yet, or the file is not to be trusted.
  }
}

/** The host of an http(s) origin, with its port if the origin names one; null for anything else. */
function hostOf(origin: string | undefined): string | null {
  if (origin === undefined) return null;
  try {
    const url = new URL(origin);
    const isPage = (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === origin;
    return isPage ? url.host : null;
  } catch {
    return null;
  }
}

/** Whether a Host is a loopback name with the server's own port. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return LOOPBACK.some((name) => host === `${name}:${String(port)}`);
}

/** @param pagesFile null where the companion serves its page itself. */
export function mayConnect(headers: IncomingHttpHeaders, port: number, pagesFile: string | null): boolean {
  const { host, origin } = headers;
  if (pagesFile === null) return isOwnHost(host, port) && origin === `http://${String(host)}`;
  const page = hostOf(origin);
  if (page === null || !notedHosts(pagesFile).includes(page)) return false;
  return isOwnHost(host, port) || host === page;
}
