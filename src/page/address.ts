import type { CompanionAddress } from '../viewer';

/** Which view a page shows, and where it is. */
export interface PageAddress extends CompanionAddress {
  readonly viewId: string;
}

/**
 * What a page's own address says: `http://127.0.0.1:40123/#view=…&secret=…`. Null where a part of it is missing.
 * What is behind the # is never sent, and survives a reload.
 */
export function addressOf({ host, hash }: Pick<Location, 'host' | 'hash'>): PageAddress | null {
  const fragment = new URLSearchParams(hash.slice(1));
  const [viewId, secret] = [fragment.get('view') ?? '', fragment.get('secret') ?? ''];
  if (viewId === '' || !/^[0-9a-f]{64}$/.test(secret)) return null;
  return { viewId, secret, urls: [`ws://${host}/`] };
}
