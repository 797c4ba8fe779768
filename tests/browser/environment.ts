/**
 * Jest's environment for tests in a browser. What is dear to start lives as long as the jest worker, and is handed
 * from file to file: one Chromium, and what the files themselves put into `kept` (a page of JupyterLab, its kernel).
 */
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser';

/** What a jest worker keeps from file to file. Plain objects only: each file has its own classes. */
export interface Kept {
  browser(): Promise<Browser>;
  /** What files leave for the next ones, by a name of theirs. */
  readonly kept: Map<string, unknown>;
  /** Whether the test that is running has failed so far. */
  hasFailed: boolean;
}

declare global {
  var slicescopeKept: Kept;
}

/** Jest has no end of a worker; it stops listening for work then, and kills the worker if it has not gone by itself. */
const POLL_MS = 50;
/** For so long a browser waits for another file; then it is closed, with what was kept in it, for the files that need none. */
const UNUSED_MS = 3000;

let unused: NodeJS.Timeout | undefined;
let browser: Promise<Browser> | null = null;
const kept = new Map<string, unknown>();

async function launched(): Promise<Browser> {
  if (browser !== null) {
    const running = await browser.catch(() => null);
    if (running?.isConnected() === true) return running;
    kept.clear();
  }
  browser = launchBrowser();
  closeAtTheEnd();
  return await browser;
}

/** End this process when it gets no more files: Playwright kills the browser then. Jest would wait for the browser. */
function closeAtTheEnd(): void {
  if (process.send === undefined) return; // Jest runs the files in its own process; `closeBrowser` is called then.
  setInterval(() => {
    if (process.listenerCount('message') === 0) process.exit();
  }, POLL_MS).unref();
}

/** Close this process' browser, if it has one. */
export async function closeBrowser(): Promise<void> {
  const running = await browser?.catch(() => null);
  browser = null;
  kept.clear();
  await running?.close();
}

export default class BrowserEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    clearTimeout(unused);
    await super.setup();
    this.global.slicescopeKept = { browser: launched, kept, hasFailed: false };
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    unused = setTimeout(() => void closeBrowser(), UNUSED_MS).unref();
  }

  handleTestEvent(event: Circus.Event): void {
    const state = this.global.slicescopeKept;
    if (event.name === 'test_start') state.hasFailed = false;
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') state.hasFailed = true;
  }
}
