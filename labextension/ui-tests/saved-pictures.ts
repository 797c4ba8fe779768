import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import sharp from 'sharp';
import { VIEW_MIME } from '../../src/protocol';
import type { NotebookPage } from './notebook';
import { differences, type Expected, type Pixels } from '../../tests/browser/pictures';
import type { Stand } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';

export const wave = volumeOf('uint16', [60, 45, 30], (x, y, z) => (x * 67 + y * 131 + z * 577) % 4000, {
  window: [0, 4000],
});
/** Longer than a view waits for rest, and than it then takes to make a PNG. */
const RESTED_MS = 2500;

/** The parts of JupyterLab that say whether a notebook has changed. */
interface Lab {
  shell: {
    currentWidget: {
      context: {
        path: string;
        model: {
          dirty: boolean;
          contentChanged: { connect(handler: () => void): void };
        };
      };
    };
  };
}

export interface Output {
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, { readonly picture?: string; readonly width?: number }>>;
}

/** A notebook in which these cells have run, with the volume `wave`. */
export async function open(stand: Stand, ...cells: string[]): Promise<NotebookPage> {
  stage(stand.server, 'wave', wave);
  const notebook = await stand.open([`const wave = load('wave');`, ...cells]);
  await notebook.page.setViewportSize({ width: 900, height: 900 });
  await notebook.runCell(1);
  for (const [at] of cells.entries()) await notebook.runCell(at + 2);
  return notebook;
}

export async function isDirty(notebook: NotebookPage): Promise<boolean> {
  return await notebook.page.evaluate(
    () => (window as unknown as { jupyterapp: Lab }).jupyterapp.shell.currentWidget.context.model.dirty,
  );
}

/** Count how often the notebook's content changes from now on. */
export async function watchChanges(notebook: NotebookPage): Promise<() => Promise<number>> {
  await notebook.page.evaluate(() => {
    const page = window as unknown as { jupyterapp: Lab; changes: number };
    page.changes = 0;
    page.jupyterapp.shell.currentWidget.context.model.contentChanged.connect(() => {
      page.changes += 1;
    });
  });
  return async () => await notebook.page.evaluate(() => (window as unknown as { changes: number }).changes);
}

/** Save, and read what is in the file then: the outputs of ours. */
export async function saved(stand: Stand, notebook: NotebookPage): Promise<Output[]> {
  await notebook.save();
  const path = await notebook.page.evaluate(
    () => (window as unknown as { jupyterapp: Lab }).jupyterapp.shell.currentWidget.context.path,
  );
  const name = path.slice(stand.server.prefix.length);
  const { cells } = JSON.parse(readFileSync(join(stand.server.folder, name), 'utf8')) as {
    cells: { outputs?: Output[] }[];
  };
  return cells.flatMap(({ outputs = [] }) => outputs.filter(({ data }) => VIEW_MIME in data));
}

export async function pixelsOf({ data }: Output): Promise<Pixels> {
  const png = Buffer.from((data['image/png'] ?? '').replaceAll(/\s/g, ''), 'base64');
  const { data: bytes, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(bytes) };
}

/** The picture that is saved must be this slice, to the pixel. */
export async function expectSaved(output: Output | undefined, expected: Expected): Promise<void> {
  if (output === undefined) throw new Error('nothing of ours is saved');
  expect(differences(await pixelsOf(output), wave, expected)).toEqual([]);
}

export async function rest(notebook: NotebookPage): Promise<void> {
  await notebook.page.waitForTimeout(RESTED_MS);
}
