import type { GetOptions, RangeQuery } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import { corrupt } from '../format';
import { bodyOf, fetchPlain, nameOf } from '../web';
import { ByteLimits, namesIn, type BoundedStore } from './bounds';

/** The files below an address, which are asked for with its query. Nothing else is asked for, and no file is read endlessly. */
export class WebStore implements Required<BoundedStore> {
  readonly limits: ByteLimits = new ByteLimits();
  readonly #root: URL;

  constructor(location: string) {
    this.#root = new URL(location);
    this.#root.hash = '';
    if (!this.#root.pathname.endsWith('/')) this.#root.pathname += '/';
  }

  async get(key: string, options?: GetOptions): Promise<Uint8Array | undefined> {
    return await this.#bytes(this.#addressOf(key), this.limits.of(key), {}, options);
  }

  async getRange(key: string, range: RangeQuery, options?: GetOptions): Promise<Uint8Array | undefined> {
    const address = this.#addressOf(key);
    const length = 'length' in range ? range.length : range.suffixLength;
    if (!(length <= this.limits.ofPart(key))) {
      throw corrupt(nameOf(this.#root.href), `${key} is said to have a part of ${String(length)} bytes`);
    }
    let offset: number;
    if ('offset' in range) offset = range.offset;
    else {
      // Not all servers know what the last bytes are.
      const head = await this.#ask(address, { method: 'HEAD' }, options);
      if (head.status === 404) return undefined;
      offset = Number(head.headers.get('content-length') ?? NaN) - length;
    }
    return await this.#bytes(
      address,
      length,
      { Range: `bytes=${String(offset)}-${String(offset + length - 1)}` },
      options,
    );
  }

  #addressOf(key: string): URL {
    const address = new URL(this.#root);
    address.pathname += namesIn(key, this.#root.href).map(encodeURIComponent).join('/');
    return address;
  }

  async #ask(address: URL, init: RequestInit, options: GetOptions = {}): Promise<Response> {
    const { origin, pathname } = this.#root;
    const isWithin = (to: URL): boolean => to.origin === origin && to.pathname.startsWith(pathname);
    return await fetchPlain(address, { ...options, ...init }, isWithin);
  }

  async #bytes(
    address: URL,
    most: number,
    headers: Readonly<Record<string, string>>,
    options?: GetOptions,
  ): Promise<Uint8Array | undefined> {
    const answer = await this.#ask(address, { headers }, options);
    const { status } = answer;
    if (status === 200 && headers.Range !== undefined) {
      await answer.body?.cancel();
      throw new Error('the server sends whole files where a part is asked for, as chunks in shards are');
    }
    if (status === 200 || status === 206) return await bodyOf(answer, most);
    await answer.body?.cancel();
    if (status === 404) return undefined;
    throw new Error(`status ${String(status)}`);
  }
}
