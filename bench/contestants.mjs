import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withPage } from './browser.mjs';
import { PLACE } from './ours.mjs';
import { orClose, runProgram, startProgram } from './processes.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Python for the article's server, in bench/.venv; made on the first run and when requirements.txt changes. */
async function articlePython() {
  const python = here('.venv/bin/python');
  const stamp = here('.venv/requirements.txt');
  const requirements = readFileSync(here('article/requirements.txt'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements) return python;
  console.log("Installing the article's server into bench/.venv ...");
  await runProgram('python3', ['-m', 'venv', '--clear', here('.venv')]);
  await runProgram(python, ['-m', 'pip', 'install', '--quiet', '-r', here('article/requirements.txt')]);
  writeFileSync(stamp, requirements);
  return python;
}

/** The article's server as it stands; `at` makes the address of its page out of the server's. */
export async function startArticle(volumePath, at) {
  const args = ['-m', 'uvicorn', 'server:app', '--port', '0', '--log-level', 'info', '--no-access-log'];
  const env = { ...process.env, VOLUME: volumePath, THREE: here('../node_modules/three') };
  const server = await startProgram(await articlePython(), args, {
    ready: /running on http:\/\/127\.0\.0\.1:(\d+)/,
    cwd: here('article'),
    env,
  });
  return baseline('article', server, at);
}

/** The bare page, the floor. */
export async function startBare(volumePath) {
  return baseline('bare', await startBareServer(volumePath));
}

/** The bare page with all slices in memory: what is drawn at once. */
export async function startMemory(volumePath) {
  return baseline('memory', await startBareServer(volumePath), (url) => `${url}?memory`);
}

/** In the page: the bare page's canvas and slider. Resolves when it has asked for its first slice. */
async function putBare({ place, host, isFromMemory }) {
  const element = document.querySelector(place);
  element.innerHTML = `<canvas width="512" height="512"></canvas>
    <p><input type="range" min="0" max="255" value="0" /></p>`;
  window.letGo = await window.bare(...element.querySelectorAll('canvas, input'), host, isFromMemory);
}

/** One of the two bare contestants as `…InPlace`: where the view of `ours` is, in the same page. */
export function inPlace({ id, url }, ours) {
  const { origin, host, search } = new URL(url);
  const [canvas, slider] = [`${PLACE} canvas`, `${PLACE} input`];
  return {
    id: `${id}InPlace`,
    round: (_, measure) =>
      ours.instead(async (page) => {
        await page.addScriptTag({ url: `${origin}/bare.js` });
        const isFromMemory = search === '?memory';
        await page.evaluate(putBare, { place: PLACE, host, isFromMemory });
        const options = { afterMessage: !isFromMemory };
        await page.evaluate(([s, c, o]) => window.probe.scrub(s, c, [0], o), [slider, canvas, options]);
        try {
          return await measure({ page, slider, canvas });
        } finally {
          await page.evaluate(() => window.letGo());
        }
      }),
  };
}

function startBareServer(volumePath) {
  return startProgram(process.execPath, [here('bare/server.mjs'), volumePath], { ready: /listening on port (\d+)/ });
}

/** A contestant whose page is opened for a round and closed after it, so that its drawing costs the others nothing. */
async function baseline(id, server, at = (url) => url) {
  const url = await orClose(server, () => at(`http://127.0.0.1:${server.match[1]}/`));
  const lookForPicture = (page) =>
    page.addInitScript(
      (afterMessage) => (window.firstPicture = window.probe.shown('#canvas', 0, { afterMessage })),
      id !== 'memory',
    );
  return {
    id,
    url,
    close: server.close,
    round: (context, measure) =>
      withPage(
        context,
        url,
        async (page) => {
          const firstPicture = await page.evaluate(() => window.firstPicture);
          return await measure({ page, slider: '#slider', canvas: '#canvas', firstPicture });
        },
        lookForPicture,
      ),
  };
}
