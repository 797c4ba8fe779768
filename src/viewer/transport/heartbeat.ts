import type { Limits } from '../../protocol';

/**
 * Finds out that a connection is dead although nobody has closed it: a link that was dropped, a laptop that
 * has slept, a proxy that hides the close. A browser's own pings can't be asked for, so `ping` sends a
 * message that the other end answers, and whatever arrives is a sign of life.
 */
export class Heartbeat {
  readonly #limits: Limits;
  readonly #ping: () => void;
  readonly #onDead: () => void;
  readonly #interval: ReturnType<typeof setInterval>;
  #check: ReturnType<typeof setTimeout> | undefined;
  #heard = 0;
  #heardBefore = 0;
  #missed = 0;
  #lastBeat: number = Date.now();

  constructor(limits: Limits, ping: () => void, onDead: () => void) {
    this.#limits = limits;
    this.#ping = ping;
    this.#onDead = onDead;
    this.#interval = setInterval(() => {
      this.#beat();
    }, limits.heartbeatMs);
  }

  /** Something has arrived. */
  heard(): void {
    this.#heard += 1;
  }

  /** Ask at once, and wait for one heartbeat only: the link may have changed. */
  check(): void {
    const { heartbeatMs } = this.#limits;
    const before = this.#heard;
    const asked = Date.now();
    clearTimeout(this.#check);
    this.#check = setTimeout(() => {
      if (this.#heard > before) return;
      // A page that was held up itself may have the answer waiting.
      if (Date.now() - asked > 2 * heartbeatMs) this.check();
      else this.#onDead();
    }, heartbeatMs);
    this.#ping();
  }

  stop(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#check);
  }

  #beat(): void {
    const now = Date.now();
    const isLate = now - this.#lastBeat > 2 * this.#limits.heartbeatMs;
    this.#lastBeat = now;
    this.#missed = this.#heard > this.#heardBefore ? 0 : this.#missed + 1;
    this.#heardBefore = this.#heard;
    // No beat for a while: the computer slept, or the page did. What was missed meanwhile means nothing.
    if (isLate) {
      this.#missed = 0;
      this.check();
    } else if (this.#missed >= this.#limits.missedHeartbeats) {
      this.#onDead();
    } else {
      this.#ping();
    }
  }
}
