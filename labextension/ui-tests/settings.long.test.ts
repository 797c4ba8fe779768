import { expect, test } from '@jest/globals';
import { LOADED_ANEW } from './lab';
import { expectPicture } from '../../tests/browser/pictures';
import { useOwnJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useOwnJupyter();
const wave = volumeOf('int16', [24, 18, 10], (x, y, z) => x * 67 - y * 131 + z * 577, { window: [-2000, 6000] });

async function putSettings(settings: object): Promise<number> {
  const url = `${stand.server.url}lab/api/settings/@slicescope/labextension:plugin`;
  const response = await fetch(url, {
    method: 'PUT',
    headers: { Authorization: `token ${stand.server.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ raw: JSON.stringify(settings) }),
  });
  return response.status;
}

test('what nobody has chosen is as JupyterLab’s settings say, and settings that can’t be are refused', async () => {
  for (const wrong of [
    { colormap: 'jet' },
    { interpolation: 'cubic' },
    { convention: 'left' },
    { rate: 0 },
    { rate: 61 },
    { cacheMegabytes: 1 },
    { unknown: true },
  ]) {
    expect([wrong, await putSettings(wrong)]).toEqual([wrong, 400]);
  }
  expect(await putSettings({ colormap: 'viridis', rate: 24, convention: 'neurological' })).toBe(204);
  stage(stand.server, 'wave', wave);
  const notebook = await stand.open(
    [
      `const view = show(load('wave'), { index: 7 });`,
      `const gray = show(load('wave'), { index: 7, colormap: 'gray' });`,
    ],
    LOADED_ANEW,
  );
  await notebook.runCell(1);
  await notebook.runCell(2);
  await expectPicture(notebook.viewer(0), wave, { index: 7, colormap: 'viridis' });
  await expectPicture(notebook.viewer(1), wave, { index: 7, colormap: 'gray' });
  await eventually(async () => {
    expect(await notebook.run('console.log(view.colormap, view.rate, view.convention)')).toBe(
      'viridis 24 neurological\n',
    );
    expect(await notebook.run('console.log(gray.colormap, gray.rate)')).toBe('gray 24\n');
  });
  expect(await putSettings({})).toBe(204);
});
