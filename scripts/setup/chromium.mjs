import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall, isRootOnDebian } from './python.mjs';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser that the tests and benchmarks drive: CHROME_PATH, else a Chromium or Chrome of the system; or null. */
export function findChromium() {
  if (process.env.CHROME_PATH) return isExecutable(process.env.CHROME_PATH) ? process.env.CHROME_PATH : null;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...paths, MAC].find(isExecutable) ?? null;
}

const COMMAND =
  {
    darwin: 'brew install --cask google-chrome',
    win32: 'winget install Google.Chrome, and set CHROME_PATH to its chrome.exe',
  }[process.platform] ??
  'sudo apt-get install chromium (Fedora: sudo dnf install chromium; Ubuntu: sudo snap install chromium)';

/** Only the browser tests and the benchmarks need it, so its absence is told and is no failure. */
export async function installChromium(doing) {
  const found = findChromium();
  if (found !== null) return found;
  if (process.env.CHROME_PATH)
    return `CHROME_PATH is ${process.env.CHROME_PATH}, which can't be run: the browser tests will fail`;
  if (!(await isRootOnDebian())) return `none found; only the tests and benchmarks need one. To install it: ${COMMAND}`;
  doing('apt-get install chromium');
  await aptInstall('chromium', `install a Chromium or Chrome and name it in CHROME_PATH. ${COMMAND}`);
  return findChromium() ?? `apt-get installed none that can be found; set CHROME_PATH`;
}
