import { setMaxListeners } from 'node:events';
import { WebSocket } from 'ws';
import { PAGE_HOST } from '../../../../kernel-server/testing/client';

/** Node's socket, which says where it comes from as a page's does. */
export class PageSocket extends WebSocket {
  /** How many pings pages have sent. */
  static pings = 0;

  constructor(url: string, protocol: string) {
    super(url, protocol, { origin: `http://${PAGE_HOST}` });
    this.on('error', () => undefined); // In a page it would be a line in the console.
  }

  override send(data: string): void {
    if (data === '{"type":"ping"}') PageSocket.pings += 1;
    super.send(data);
  }
}

/** What a connection needs of a page, as globals. */
export function installPage(): {
  readonly window: EventTarget;
  readonly document: EventTarget & { visibilityState: string };
} {
  const page = {
    window: new EventTarget(),
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  };
  setMaxListeners(0, page.window, page.document); // A test may stand for many pages.
  Object.assign(globalThis, { WebSocket: PageSocket, ...page });
  return page;
}
