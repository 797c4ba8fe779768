import { expect, test } from '@jest/globals';
import { stage, volumeOf } from '../../tests/browser/volumes';
import type { NotebookPage } from './notebook';
import { useJupyter } from './stand';

const stand = useJupyter();
const wave = volumeOf('int16', [24, 18, 5], (x, y, z) => x * 67 - y * 131 + z * 577, { window: [-2000, 4000] });

test('what a person reads is in JupyterLab’s language', async () => {
  const locale = async (name: string): Promise<void> => {
    const url = `${stand.server.url}lab/api/settings/@jupyterlab/translation-extension:plugin`;
    const headers = { Authorization: `token ${stand.server.token}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ raw: JSON.stringify({ locale: name }) });
    expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(204);
  };
  stage(stand.server, 'wave', wave);
  await locale('de_DE');
  let notebook: NotebookPage;
  try {
    notebook = await stand.open([`const view = show(load('wave'), { index: 2 });`], () => {
      const { fetch } = window;
      const catalog = {
        '': { domain: 'slicescope', language: 'de-DE', plural_forms: 'nplurals=2; plural=(n != 1);' },
        'Zoom in': ['Vergrößern'],
        '%1, %2 slice %3 of %4': ['%1, Schicht %3 von %4 in %2'],
      };
      window.fetch = async (...asked) => {
        const url = asked[0] instanceof Request ? asked[0].url : String(asked[0]);
        if (!url.includes('/translations/de_DE')) return await fetch(...asked);
        return new Response(JSON.stringify({ data: { slicescope: catalog }, message: '' }), {
          headers: { 'Content-Type': 'application/json' },
        });
      };
    });
  } finally {
    await locale('default');
  }
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await viewer.shows(2);
  expect(await viewer.canvas.getAttribute('aria-label')).toBe('wave, Schicht 2 von 4 in xy');
  await viewer.root.getByRole('button', { name: 'Vergrößern' }).waitFor();
});
