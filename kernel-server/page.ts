import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isOwnHost } from './access';

interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** The files of the page that a companion outside of Jupyter serves, by their paths. */
export type Page = ReadonlyMap<string, PageFile>;

const FILES = [
  { path: '/', name: 'index.html', type: 'text/html' },
  { path: '/page.js', name: 'page.js', type: 'text/javascript' },
  { path: '/page.css', name: 'page.css', type: 'text/css' },
] as const;

const PLAIN = 'text/plain; charset=utf-8';

/** Reads them all, so that no request ever reaches the disk. @param folder what `npm run build` has made. */
export function readPage(folder: string): Page {
  return new Map(
    FILES.map(({ path, name, type }) => [
      path,
      { type: `${type}; charset=utf-8`, body: readFileSync(join(folder, name)) },
    ]),
  );
}

/**
 * What belongs to every answer. The page loads its own files only, talks to nobody but this server, is in nobody's
 * frame, and nothing of it is kept: the next run may have the same port.
 * @param host that was asked, which must be one of ours.
 */
function headersFor(host: string): Record<string, string> {
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': 'data:',
    'connect-src': `ws://${host}`,
    'worker-src': 'blob:', // In which the socket is (src/viewer/transport/socket.ts).
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return {
    'Content-Security-Policy': Object.entries(policy)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

/** Answer a request for a file of the page; anything else is refused with a sentence. @param port the server's own. */
export function answerWithPage(page: Page, request: IncomingMessage, response: ServerResponse, port: number): void {
  const { host } = request.headers;
  const send = (status: number, { type, body }: PageFile, more: Record<string, string> = {}): void => {
    // One request a connection: what is sent after it is not read.
    const plain = { 'Content-Type': type, 'Content-Length': body.length, Connection: 'close' };
    response.writeHead(status, { ...plain, ...more });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const refuse = (status: number, sentence: string, more: Record<string, string> = {}): void => {
    send(status, { type: PLAIN, body: Buffer.from(`${sentence}\n`) }, more);
  };
  // A browser that was led here by DNS rebinding sends the attacker's name.
  if (host === undefined || !isOwnHost(host, port)) {
    refuse(403, `This is not the server of that name. Open http://127.0.0.1:${String(port)}/ with its secret.`);
    return;
  }
  const headers = headersFor(host);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(405, 'There is nothing here but a page to look at.', { ...headers, Allow: 'GET, HEAD' });
    return;
  }
  const file = page.get(request.url ?? '');
  if (file === undefined) {
    refuse(404, `There is nothing here. The page is at http://${host}/, with its secret.`, headers);
    return;
  }
  send(200, file, headers);
}
