import { setTimeout } from 'node:timers/promises';

const STEP_MS = 20;
const LIMIT_MS = 30_000;

/** Try `check` until it does not throw; what it threw last is thrown when the time is up. */
export async function eventually(check: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await setTimeout(STEP_MS);
  }
}
