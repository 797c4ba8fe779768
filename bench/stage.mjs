import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser, newContext } from './browser.mjs';
import { startArticle, startBare, startMemory } from './contestants.mjs';
import { startOurs } from './ours.mjs';
import { startOwnPage } from './own-page.mjs';
import { writeVolume } from './volume.mjs';

/** Things that were opened. What was opened last is closed first. */
class Opened {
  #closers = [];

  async add(opening) {
    const thing = await opening;
    this.#closers.push(() => thing.close());
    return thing;
  }

  /** Close all of them. If some can't be closed, the others are, and the first error is thrown. */
  async close() {
    const errors = [];
    for (const close of this.#closers.splice(0).reverse()) await close().catch((error) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }
}

/** What groups need. It is started when a group first asks for it. */
export class Stage {
  #shared = new Opened();
  #own = new Opened();
  #started = new Map();
  #folder = fileURLToPath(new URL('.work', import.meta.url));
  #volumePath = null;
  /** Chromium's version, once it has run. */
  chromium = null;

  /** @param {Set<string>} wanted the ids of the rows that are measured */
  constructor(wanted, { quick = false } = {}) {
    this.wanted = wanted;
    this.quick = quick;
  }

  /** Whether one of these rows is measured. */
  wants(...ids) {
    return ids.some((id) => this.wanted.has(id));
  }

  /** So many rounds, or a single one in a quick run. */
  rounds(count) {
    return this.quick ? 1 : count;
  }

  /** Something of which a quick run takes less, such as the steps of a round. */
  amount(full, quick) {
    return this.quick ? quick : full;
  }

  /** Where the volume that every contestant reads is. */
  get volumePath() {
    if (this.#volumePath === null) {
      mkdirSync(this.#folder, { recursive: true });
      this.#volumePath = `${this.#folder}/volume.raw`;
      writeVolume(this.#volumePath);
    }
    return this.#volumePath;
  }

  context() {
    return this.#once('context', async () => {
      const browser = await this.#shared.add(launchBrowser());
      this.chromium = browser.version();
      return await newContext(browser);
    });
  }

  article() {
    return this.#once('article', () => this.#shared.add(startArticle(this.volumePath)));
  }

  bare() {
    return this.#once('bare', () => this.#shared.add(startBare(this.volumePath)));
  }

  memory() {
    return this.#once('memory', () => this.#shared.add(startMemory(this.volumePath)));
  }

  ours() {
    return this.#once('ours', async () => this.#shared.add(startOurs(await this.context(), this.volumePath)));
  }

  ownPage() {
    return this.#once('ownPage', () => this.#shared.add(startOwnPage(this.volumePath)));
  }

  /** Something that only the present group needs. It is closed when the group ends, whether well or not. */
  own(opening) {
    return this.#own.add(opening);
  }

  /** The present group has ended. */
  closeOwn() {
    return this.#own.close();
  }

  /** Close everything. What a later group asks for is started anew. */
  async close() {
    this.#started.clear();
    try {
      await this.#own.close();
    } finally {
      await this.#shared.close();
    }
  }

  #once(name, start) {
    if (!this.#started.has(name)) this.#started.set(name, start());
    return this.#started.get(name);
  }
}
