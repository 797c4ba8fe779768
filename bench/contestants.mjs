import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startProgram } from './processes.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Python for the article's server, in bench/.venv; made on the first run and when requirements.txt changes. */
function articlePython() {
  const python = here('.venv/bin/python');
  const stamp = here('.venv/requirements.txt');
  const requirements = readFileSync(here('article/requirements.txt'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements) return python;
  console.log("Installing the article's server into bench/.venv ...");
  const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  run('python3', ['-m', 'venv', '--clear', here('.venv')]);
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', here('article/requirements.txt')]);
  writeFileSync(stamp, requirements);
  return python;
}

/** The article's server as it stands; `at` makes the address of its page out of the server's. */
export async function startArticle(volumePath, at) {
  const args = ['-m', 'uvicorn', 'server:app', '--port', '0', '--log-level', 'info', '--no-access-log'];
  const env = { ...process.env, VOLUME: volumePath, THREE: here('../node_modules/three') };
  const server = await startProgram(articlePython(), args, {
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

function startBareServer(volumePath) {
  return startProgram(process.execPath, [here('bare/server.mjs'), volumePath], { ready: /listening on port (\d+)/ });
}

/** A contestant whose page is opened for a round and closed after it, so that its drawing costs the others nothing. */
async function baseline(id, server, at = (url) => url) {
  const url = await at(`http://127.0.0.1:${server.match[1]}/`);
  return {
    id,
    url,
    close: server.close,
    async round(context, measure) {
      const page = await context.newPage();
      await page.addInitScript(
        (afterMessage) => (window.firstPicture = window.probe.shown('#canvas', 0, { afterMessage })),
        id !== 'memory',
      );
      await page.goto(url);
      const firstPicture = await page.evaluate(() => window.firstPicture);
      const result = await measure({ page, slider: '#slider', canvas: '#canvas', firstPicture });
      await page.close();
      return result;
    },
  };
}
