import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser, newContext } from './browser.mjs';
import { startArticle, startBare, startMemory } from './contestants.mjs';
import { startOurs } from './ours.mjs';
import { startOwnPage } from './own-page.mjs';
import { writeVolume } from './volume.mjs';

/** What the rows need, each started when a row first asks for it, and closed in the end. */
export class Stage {
  #closers = [];
  #started = new Map();
  #folder = fileURLToPath(new URL('.work', import.meta.url));
  /** Chromium's version, once it runs. */
  chromium = null;

  /** @param {Set<string>} wanted the ids of the rows that are measured */
  constructor(wanted) {
    this.wanted = wanted;
  }

  /** Whether one of these rows is measured. */
  wants(...ids) {
    return ids.some((id) => this.wanted.has(id));
  }

  /** Where the volume that every contestant reads is. */
  get volumePath() {
    return this.#once('volume', () => {
      const path = `${this.#folder}/volume.raw`;
      mkdirSync(this.#folder, { recursive: true });
      writeVolume(path);
      return path;
    });
  }

  context() {
    return this.#once('context', async () => {
      const browser = await this.#open(launchBrowser());
      this.chromium = browser.version();
      return await newContext(browser);
    });
  }

  article() {
    return this.#once('article', () => this.#open(startArticle(this.volumePath)));
  }

  bare() {
    return this.#once('bare', () => this.#open(startBare(this.volumePath)));
  }

  memory() {
    return this.#once('memory', () => this.#open(startMemory(this.volumePath)));
  }

  ours() {
    return this.#once('ours', async () => this.#open(startOurs(await this.context(), this.volumePath)));
  }

  ownPage() {
    return this.#once('ownPage', () => this.#open(startOwnPage(this.volumePath)));
  }

  /** What was started last is closed first. */
  async close() {
    for (const close of this.#closers.reverse()) await close();
  }

  async #open(starting) {
    const thing = await starting;
    this.#closers.push(() => thing.close());
    return thing;
  }

  #once(name, start) {
    if (!this.#started.has(name)) this.#started.set(name, start());
    return this.#started.get(name);
  }
}
