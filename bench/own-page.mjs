/** The page of `slicescope view`: the viewer and the wire without JupyterLab around them. */
import { fileURLToPath } from 'node:url';
import { withPage } from './browser.mjs';
import { CANVAS, SLIDER } from './ours.mjs';
import { startProgram } from './processes.mjs';
import { SHAPE, WINDOW } from './volume.mjs';

const COMMAND = fileURLToPath(new URL('../lib/src/cli/main.js', import.meta.url));

/** That leaves 512 × 512 pixels to the canvas, as everywhere. */
const STYLE = 'main { width: 528px; height: 626px !important; }';

/** In the page: its policy lets no style element in. */
function setStyle(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
}

/** Its page is opened for a round and closed after it, as the baselines' are. */
export async function startOwnPage(volumePath) {
  const args = ['view', volumePath, '--shape', SHAPE.join('x'), '--dtype', 'uint16'];
  const look = ['--plane', 'xy', '--index', '0', '--window', ...WINDOW.map(String), '--no-open'];
  const program = await startProgram(process.execPath, [COMMAND, ...args, ...look], { ready: /http:\S+/ });
  const [url] = program.match;
  return {
    id: 'page',
    close: program.close,
    round: (context, measure) =>
      withPage(context, url, async (page) => {
        await page.waitForSelector(CANVAS);
        await page.evaluate(setStyle, STYLE);
        // Where the round before left the view, and then where every round begins.
        await page.waitForFunction((canvas) => window.probe.shownIndex(document.querySelector(canvas)) >= 0, CANVAS);
        await page.evaluate(([s, c]) => window.probe.scrub(s, c, [0], { afterMessage: false }), [SLIDER, CANVAS]);
        return await measure({ page, slider: SLIDER, canvas: CANVAS });
      }),
  };
}
