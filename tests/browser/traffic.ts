import type { Page } from 'playwright-core';

/** What a page has asked the network for since it was made. */
export class Traffic {
  readonly requests: string[];
  readonly sockets: string[];

  private constructor(requests: string[], sockets: string[]) {
    this.requests = requests;
    this.sockets = sockets;
  }

  /** Of a page from now on. */
  static of(page: Page): Traffic {
    const traffic = new Traffic([], []);
    page.on('request', (request) => traffic.requests.push(request.url()));
    page.on('websocket', (socket) => traffic.sockets.push(socket.url()));
    return traffic;
  }

  /** Of a page that was watched before. */
  static seen(requests: string[], sockets: string[]): Traffic {
    return new Traffic(requests, sockets);
  }

  /** Requests for a companion's port and secret. */
  get lookups(): string[] {
    return this.requests.filter((url) => url.includes('slicescope/api'));
  }

  /** WebSockets to companions; Jupyter's own have other paths. */
  get companions(): string[] {
    return this.sockets.filter((url) => /^wss?:\/\/127\.0\.0\.1:\d+\/$|\/proxy\/\d+\/$/.test(url));
  }

  /** All that went to another place than the page's own host. */
  elsewhere(host: string): string[] {
    return [...this.requests, ...this.sockets].filter((address) => {
      const url = new URL(address);
      return url.host !== host && url.protocol !== 'data:' && url.protocol !== 'blob:';
    });
  }
}
