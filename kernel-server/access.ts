import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who may open a WebSocket at all, before any proof: pages of the Jupyter server that has handed out the
 * companion's record, and nobody else.
 *
 * Jupyter's server extension notes the host of every authenticated request for the record in the pages
 * file, which only the user can write. A page connects in one of two ways:
 * - directly: Host is a loopback name with the companion's own port. A browser that was led here by
 *   DNS rebinding sends the attacker's name with that port.
 * - through jupyter-server-proxy, which passes the browser's headers on: Host is that of the page.
 * In both, Origin is a page of a noted host.
 */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function notedHosts(pagesFile: string): readonly unknown[] {
  try {
    const hosts: unknown = JSON.parse(readFileSync(pagesFile, 'utf8'));
    return Array.isArray(hosts) ? hosts : [];
  } catch {
    return []; // Nobody has asked for the record yet.
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

export function mayConnect(headers: IncomingHttpHeaders, port: number, pagesFile: string): boolean {
  const page = hostOf(headers.origin);
  if (page === null || !notedHosts(pagesFile).includes(page)) return false;
  const isDirect = LOOPBACK.some((name) => headers.host === `${name}:${String(port)}`);
  return isDirect || headers.host === page;
}
