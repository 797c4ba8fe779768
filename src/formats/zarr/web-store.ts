import type { AsyncReadable, GetOptions, RangeQuery } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import type { Location } from 'zarrita' with { 'resolution-mode': 'import' };
import { corrupt } from '../format';
import { bodyOf, fetchPlain, nameOf } from '../web';

/** Bytes of what describes a group or an array, such as zarr.json, at most. */
const MOST_METADATA_BYTES = 2 ** 24;
/** Bytes of anything else that is no chunk, such as OME-XML or the index of a shard, at most. */
const MOST_OTHER_BYTES = 2 ** 26;

/** Whether a name leads to what lies in its folder, and nowhere else, also where zarrita takes it for a part of an address. */
function isPlain(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[\\%?#\u0000-\u001f\u007f]/.test(name);
}

/** Whether a path leads to what lies in a folder, or in one within it. */
export function isPlainPath(path: string): boolean {
  return path.split('/').every(isPlain);
}

/** @throws SlicescopeError `file-corrupt` for a path that a file says, or how it is made of numbers, which may lead elsewhere. */
function namesOf(path: string, location: string): readonly string[] {
  if (isPlainPath(path)) return path.split('/');
  throw corrupt(nameOf(location), `it names ${JSON.stringify(path)}, which is no path of plain names in it`);
}

/** The names in a key of zarrita's, such as `/0/c/1/2`. */
function namesIn(key: string, location: string): readonly string[] {
  return namesOf(key.replace(/^\//, ''), location);
}

/**
 * What lies at a path that a file says, below the group or the root that it is said in.
 * @throws SlicescopeError `file-corrupt` where it may lie elsewhere.
 */
export function within<Store extends AsyncReadable>(
  group: Location<Store>,
  path: string,
  location: string,
): Location<Store> {
  // In the part of an address a colon may mean something.
  return group.resolve(namesOf(path, location).map(encodeURIComponent).join('/'));
}

/** The files of a folder by plain keys only. */
export function plainKeys(store: Required<AsyncReadable>, location: string): Required<AsyncReadable> {
  const checked = (key: Parameters<AsyncReadable['get']>[0]): typeof key => {
    namesIn(key, location);
    return key;
  };
  return {
    get: async (key, options) => await store.get(checked(key), options),
    getRange: async (key, range, options) => await store.getRange(checked(key), range, options),
  };
}

/** The files below an address, which are asked for with its query. Nothing else is asked for, and no file is read endlessly. */
export class WebStore implements Required<AsyncReadable> {
  readonly #root: URL;
  /** Bytes that the chunks of an array have at most, by the array's path. */
  readonly #limits: Map<string, number> = new Map();

  constructor(location: string) {
    this.#root = new URL(location);
    this.#root.hash = '';
    if (!this.#root.pathname.endsWith('/')) this.#root.pathname += '/';
  }

  /** Packed chunks may be a little larger than what they hold. */
  limit(arrayPath: string, chunkBytes: number): void {
    this.#limits.set(`${arrayPath === '/' ? '' : arrayPath}/`, Math.ceil(1.125 * chunkBytes) + 65_536);
  }

  async get(key: string, options?: GetOptions): Promise<Uint8Array | undefined> {
    return await this.#bytes(this.#addressOf(key), this.#mostOf(key), {}, options);
  }

  async getRange(key: string, range: RangeQuery, options?: GetOptions): Promise<Uint8Array | undefined> {
    const address = this.#addressOf(key);
    const length = 'length' in range ? range.length : range.suffixLength;
    if (!(length <= Math.max(this.#mostOf(key), MOST_OTHER_BYTES))) {
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

  #mostOf(key: string): number {
    if (/\/(zarr\.json|\.z\w+)$/.test(key)) return MOST_METADATA_BYTES;
    for (const [prefix, most] of this.#limits) if (key.startsWith(prefix)) return most;
    return MOST_OTHER_BYTES;
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
