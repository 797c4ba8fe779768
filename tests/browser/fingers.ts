import type { CDPSession, Page } from 'playwright-core';
import type { Point } from './places';

/** Fingers on the screen. */
export class Fingers {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async on(page: Page): Promise<Fingers> {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 5 });
    return new Fingers(session);
  }

  /** Put fingers down where the ways begin, move them to where they end, and lift them. */
  async move(...ways: readonly (readonly [from: Point, to: Point])[]): Promise<void> {
    const steps = 12;
    await this.#send(
      'touchStart',
      ways.map(([from]) => from),
    );
    for (let step = 1; step <= steps; step++) {
      const along = (from: number, to: number): number => from + ((to - from) * step) / steps;
      await this.#send(
        'touchMove',
        ways.map(([from, to]) => [along(from[0], to[0]), along(from[1], to[1])] as const),
      );
    }
    await this.#send('touchEnd', []);
  }

  /** There is no touch screen any more. */
  async leave(): Promise<void> {
    await this.#session.send('Emulation.setTouchEmulationEnabled', { enabled: false });
    await this.#session.detach();
  }

  async #send(type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]): Promise<void> {
    const touchPoints = points.map(([x, y], id) => ({ x, y, id }));
    await this.#session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}
