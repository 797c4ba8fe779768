import { SlicescopeError, messageOf, quote } from '../protocol';

/** How often a server may say that what is asked for lies elsewhere. */
const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Whether a location is in the web. */
export function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/**
 * An address as sentences say it: without user, password, query and fragment, any of which may be a secret. It need not be a
 * valid one.
 */
export function plainAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url !== null && url.host !== '') return `${url.protocol}//${url.host}${url.pathname}`;
  const [place = ''] = address.split(/[?#]/, 1);
  const scheme = /^[a-z][a-z0-9+.-]*:\/*/i.exec(place)?.[0];
  const at = place.lastIndexOf('@');
  return scheme === undefined || at < scheme.length ? place : `${scheme}${place.slice(at + 1)}`;
}

/** What sentences call a location, which may be a path. */
export function nameOf(location: string): string {
  return isUrl(location) ? plainAddress(location) : location;
}

/**
 * The address that a person gives.
 * @throws SlicescopeError `invalid-argument` for one that is none, or that has a user or a password in it.
 */
export function webAddress(source: string | URL): URL {
  const address = String(source);
  const refuse = (what: string): SlicescopeError =>
    new SlicescopeError('invalid-argument', `Volume.open: path is ${quote(plainAddress(address))}, ${what}`, {
      argument: 'path',
    });
  if (!URL.canParse(address)) throw refuse('which is no address; expected one such as https://host/folder/file.nii.gz');
  const url = new URL(address);
  if (url.username === '' && url.password === '') return url;
  throw refuse('with a user or a password in front of the host, which are never sent; leave them out');
}

/**
 * Ask for an address. Redirects are followed where `mayFollow` says so. Nothing is sent there but the request: no query of the
 * first address, and nothing about where it comes from.
 * @throws an Error that says why, and what `fetch` throws.
 */
export async function fetchPlain(address: URL, init: RequestInit, mayFollow: (to: URL) => boolean): Promise<Response> {
  let at = address;
  for (let hops = 0; ; hops++) {
    const answer = await fetch(at, { ...init, redirect: 'manual', referrerPolicy: 'no-referrer' });
    const location = answer.headers.get('location');
    if (!REDIRECTS.includes(answer.status) || location === null) return answer;
    await answer.body?.cancel();
    if (hops === MOST_REDIRECTS) throw new Error(`it leads on and on, ${String(hops)} times`);
    if (!URL.canParse(location, at.href)) throw new Error('it leads on to what is no address');
    const to = new URL(location, at);
    if (!mayFollow(to)) {
      throw new Error(`it leads on to ${plainAddress(to.href)}, which is not followed; open that if you trust it`);
    }
    at = to;
  }
}

/** A file may lie on another host, as downloads often do, but not where everybody on the way can read it. */
export function mayFollowFile(from: URL): (to: URL) => boolean {
  return (to) =>
    isUrl(to.href) &&
    to.username === '' &&
    to.password === '' &&
    (to.protocol === 'https:' || from.protocol === 'http:');
}

/**
 * All of an answer.
 * @throws an Error for more than `most` bytes, as soon as that is known.
 */
export async function bodyOf(answer: Response, most: number): Promise<Uint8Array> {
  const tooLong = (): Error => new Error(`an answer of more than ${String(most)} bytes`);
  if (Number(answer.headers.get('content-length') ?? 0) > most) {
    await answer.body?.cancel();
    throw tooLong();
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > most) throw tooLong(); // Leaving the loop ends the connection.
    pieces.push(piece);
  }
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}

/** fetch says that it has failed, and its cause why. */
export function reasonOf(error: unknown): string {
  const hasCause = typeof error === 'object' && error !== null && 'cause' in error && error.cause !== undefined;
  return messageOf(hasCause && messageOf(error).endsWith('fetch failed') ? error.cause : error);
}
