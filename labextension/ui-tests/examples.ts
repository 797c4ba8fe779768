import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from '@jest/globals';
import { messageOf } from '../../src/protocol';
import type { NotebookPage } from './notebook';
import type { Stand } from './stand';

export const EXAMPLES: string = resolve(__dirname, '../../examples');

/** The numbers of the code cells of an example, by their source. */
export function cellsOf(name: string): ReadonlyMap<string, number> {
  const { cells } = JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const found = new Map<string, number>();
  cells.forEach(({ cell_type, source }, at) => {
    if (cell_type === 'code') found.set([source].flat().join(''), at);
  });
  return found;
}

/** An example in the server's folder, with the data that it needs beside it. */
export async function openExample(stand: Stand, name: string, data: readonly string[]): Promise<NotebookPage> {
  const { folder } = stand.server;
  mkdirSync(join(folder, 'data'), { recursive: true });
  for (const each of data) cpSync(join(EXAMPLES, 'data', each), join(folder, 'data', each), { recursive: true });
  cpSync(join(EXAMPLES, name), join(folder, name));
  const { notebook } = await stand.openFile(name);
  await notebook.page.setViewportSize({ width: 800, height: 900 }); // Smaller canvases are compared sooner.
  return notebook;
}

/** No cell has failed or complained. */
export async function expectNoComplaints({ page }: NotebookPage): Promise<void> {
  for (const kind of ['stderr', 'error']) {
    const outputs = page.locator(`.jp-NotebookPanel [data-mime-type="application/vnd.jupyter.${kind}"]`);
    expect(await outputs.allTextContents()).toEqual([]);
  }
}

/**
 * Run an example from top to bottom.
 * @param checks what must hold after the cell that has these words in it; `run` is how the cell is run, if not as usual.
 */
export async function runExample(
  notebook: NotebookPage,
  name: string,
  checks: Readonly<Record<string, () => Promise<void>>>,
  started: Readonly<Record<string, () => Promise<void>>> = {},
): Promise<void> {
  const met = new Set<string>();
  const meet = async (all: typeof checks, source: string): Promise<boolean> => {
    const words = Object.keys(all).filter((each) => source.includes(each));
    for (const each of words) {
      try {
        await all[each]?.();
      } catch (cause) {
        throw new Error(`after the cell with “${each}”: ${messageOf(cause)}`, { cause });
      }
      met.add(each);
    }
    return words.length > 0;
  };
  for (const [source, at] of cellsOf(name)) {
    const isStarted = Object.keys(started).some((words) => source.includes(words));
    await (isStarted ? notebook.startCell(at) : notebook.runCell(at));
    await meet(started, source);
    await meet(checks, source);
  }
  expect([...met].sort()).toEqual([...Object.keys(checks), ...Object.keys(started)].sort());
  await expectNoComplaints(notebook);
}
