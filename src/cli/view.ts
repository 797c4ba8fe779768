import { once } from 'node:events';
import { hasScreen, openBrowser, showOnPage, type ViewOptions } from '../notebook';
import type { Volume } from '../volume';

/** Where a program writes a line. */
export type Print = (text: string) => void;

/** How a page is brought to a person. */
export interface Bringing {
  /** Whether a browser is opened, where one would be seen. */
  readonly opens: boolean;
  /** Is told the address. */
  readonly print: Print;
  /** Is told what to do. */
  readonly say: Print;
}

/**
 * Show a volume on a page of its own until Ctrl-C.
 * @throws SlicescopeError those of `show`.
 */
export async function viewUntilInterrupted(volume: Volume, look: ViewOptions, to: Bringing): Promise<void> {
  const interrupted = once(process, 'SIGINT');
  const { view, url } = showOnPage(volume, look, 'view');
  to.print(url);
  const isOpened = to.opens && hasScreen() && (await opened(url));
  to.say(isOpened ? 'Ctrl-C ends it.' : 'Open this address in a browser. Ctrl-C ends it.');
  await interrupted;
  view.close();
}

async function opened(url: string): Promise<boolean> {
  return await openBrowser(url).then(
    () => true,
    () => false, // There is no program that would.
  );
}
