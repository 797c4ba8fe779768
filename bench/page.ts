/** A page's end of the wire without a browser: the tests' client, with one view open and a credit for each frame. */
import { TestClient, type Arrival, type Asked } from '../kernel-server/testing/client';
import { LIMITS, type CompanionRecord, type Frame } from '../src/protocol';

export { KERNEL_ID, RuntimeDir } from '../kernel-server/testing/companions';

/** The view that slice-servers.mjs makes. */
const VIEW = 'view';

export class Page {
  readonly #client: TestClient;
  #revision: number;
  #lastRequest = 0;
  #isClosed = false;

  private constructor(client: TestClient, revision: number) {
    this.#client = client;
    this.#revision = revision;
  }

  static async open({ port, secret }: CompanionRecord): Promise<Page> {
    const client = await TestClient.proven(port, secret);
    try {
      const { state } = await client.open(VIEW);
      client.grant(LIMITS.credits);
      return new Page(client, state.volume.revision);
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  nextRequestId(): number {
    this.#lastRequest += 1;
    return this.#lastRequest;
  }

  /** Wish for these slices, and for nothing else. */
  wish(slices: readonly Asked[]): void {
    this.#client.wish(VIEW, this.#revision, ...slices);
  }

  /** Of the volume, as the companion has told it. */
  get revision(): number {
    return this.#revision;
  }

  /** The next frame, or null once this page is closed. Rejects if the companion ends the connection or reports an error. */
  async frame(): Promise<Frame | null> {
    for (;;) {
      const arrival = await this.#next();
      if (arrival.kind === 'frame') return arrival.frame;
      if (arrival.kind === 'closed') return null;
    }
  }

  /** Resolves when the companion has told of a revision after this one. Rejects as `frame` does. */
  async revisionAfter(revision: number): Promise<void> {
    while (this.#revision <= revision) await this.#next();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.end();
  }

  async #next(): Promise<Arrival> {
    const arrival = await this.#client.next();
    if (arrival.kind === 'frame') {
      this.#client.grant(1);
    } else if (arrival.kind === 'closed') {
      if (!this.#isClosed) throw new Error(`the companion closed: ${String(arrival.code)} ${arrival.reason}`);
    } else {
      const { message } = arrival;
      if (message.type === 'error') throw new Error(`the companion said: ${message.message}`);
      if (message.type === 'comm' && message.data.method !== 'custom') {
        this.#revision = message.data.state.volume?.revision ?? this.#revision;
      }
    }
    return arrival;
  }
}
