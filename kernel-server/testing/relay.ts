import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One connection through the relay. */
interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isStalled: boolean;
}

/**
 * A stretch of wire between a page and a companion that a test can damage: cut it, or make it half open, where
 * bytes no longer pass and neither end hears of it.
 */
export class Relay {
  /** The companion's port. */
  readonly target: number;
  readonly #listener: Server;
  readonly #links: Set<Link> = new Set();
  #isDown = false;
  #bytesLeft = Infinity;
  /** Connections that have been made through it. */
  count = 0;
  /** Called once the bytes that `stallAfter` lets pass have passed. */
  #onStalled: () => void = () => undefined;

  private constructor(target: number) {
    this.target = target;
    this.#listener = createServer((client) => {
      this.#connected(client);
    });
  }

  /** `port` is the companion's. */
  static async start(port: number): Promise<Relay> {
    const relay = new Relay(port);
    relay.#listener.listen(0, '127.0.0.1');
    await once(relay.#listener, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** End all connections, as a cable that both ends see pulled. */
  cut(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.#links.clear();
  }

  /** No more bytes pass on the connections that there are, and no end of one. */
  stall(): void {
    for (const link of this.#links) this.#stallLink(link);
  }

  /** The same, once so many more bytes of the companion's have passed. */
  async stallAfter(bytes: number): Promise<void> {
    this.#bytesLeft = bytes;
    await new Promise<void>((resolve) => (this.#onStalled = resolve));
  }

  /** Whether new connections are accepted and then stalled. */
  set isDown(isDown: boolean) {
    this.#isDown = isDown;
  }

  close(): void {
    this.cut();
    this.#listener.close();
  }

  #stallLink(link: Link): void {
    link.isStalled = true;
    link.client.pause();
    link.server.pause();
  }

  #connected(client: Socket): void {
    this.count += 1;
    const server = connect(this.target, '127.0.0.1');
    const link: Link = { client, server, isStalled: false };
    this.#links.add(link);
    if (this.#isDown) this.#stallLink(link);
    client.once('data', (bytes: Buffer) => {
      // The companion answers only to its own address.
      const text = bytes
        .toString('latin1')
        .replace(`127.0.0.1:${String(this.port)}`, `127.0.0.1:${String(this.target)}`);
      server.write(text, 'latin1');
      client.on('data', (more: Buffer) => server.write(more));
    });
    server.on('data', (bytes: Buffer) => {
      const passed = bytes.subarray(0, this.#bytesLeft);
      this.#bytesLeft -= passed.length;
      if (passed.length > 0) client.write(passed);
      if (this.#bytesLeft > 0) return;
      this.#bytesLeft = Infinity;
      this.stall();
      this.#onStalled();
    });
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      end.on('error', () => undefined); // Its close follows.
      end.on('close', () => {
        if (!link.isStalled) other.destroy();
      });
    }
  }
}
