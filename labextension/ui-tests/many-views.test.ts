import { expect, test } from '@jest/globals';
import { canvasesHeld, counts, expectSlice, watch, wave } from './many-views';
import { useJupyter } from './stand';
import { stage } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const VIEWS = 12;

test('a dozen views are drawn as they are scrolled to, share one context, and leave nothing when they are closed', async () => {
  stage(stand.server, 'wave', wave);
  const cells = Array.from({ length: VIEWS }, (_, index) => `show(wave, { index: ${String(index)} });`);
  const notebook = await stand.open([`const wave = load('wave');`, ...cells], watch);
  const { page } = notebook;
  await page.setViewportSize({ width: 800, height: 900 });
  await notebook.command('notebook:run-all-cells');
  for (let at = 0; at < VIEWS; at++) await expectSlice(notebook, at, at);
  for (const at of [VIEWS - 1, 5, 0]) await expectSlice(notebook, at, at);
  expect((await counts(page)).contexts).toBe(1);

  await notebook.save();
  const session = await page.context().newCDPSession(page);
  await notebook.command('application:close');
  await page.waitForSelector('.jp-NotebookPanel', { state: 'detached' });
  await eventually(async () => {
    expect((await counts(page)).opened).toBe(0);
  });
  await eventually(async () => {
    expect(await canvasesHeld(session)).toBe(0);
  });
});
