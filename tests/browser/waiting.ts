const STEP_MS = 50;

/** Try `check` until it does not throw; then its result. What it threw last is thrown when the time is up. */
export async function eventually<T>(check: () => T | Promise<T>, limitMs = 30_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((wake) => setTimeout(wake, STEP_MS));
  }
}
