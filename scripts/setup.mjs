/**
 * npm run setup: everything that slicescope needs, in this folder, from a fresh clone on. It is run by
 * npm start and npm test too, is quick when there is nothing to do, and says what to do when a step fails.
 * Node's built-in modules only: it runs before there is a node_modules.
 */
import { pathToFileURL } from 'node:url';
import { buildExtension, buildTypeScript, installWheel } from './setup/build.mjs';
import { installChromium } from './setup/chromium.mjs';
import { copyExampleData } from './setup/example-data.mjs';
import { installKernel } from './setup/kernel.mjs';
import { checkNode, installNodePackages } from './setup/node-packages.mjs';
import { buildPage } from './setup/page.mjs';
import { installPythonPackages } from './setup/python.mjs';
import { buildReader } from './setup/reader.mjs';
import { runSteps } from './setup/report.mjs';

const STEPS = [
  { title: 'Node.js', run: checkNode },
  { title: 'Node packages', run: installNodePackages },
  { title: 'Python packages (.venv)', run: installPythonPackages },
  { title: 'TypeScript', run: buildTypeScript },
  { title: 'Page outside of Jupyter', run: buildPage },
  { title: 'Reading thread', run: buildReader },
  { title: "JupyterLab's extension", run: buildExtension },
  { title: 'slicescope in .venv', run: installWheel },
  { title: 'TypeScript kernel', run: installKernel },
  { title: 'Example data', run: copyExampleData },
];

/** Only what drives a browser needs this one; npm start opens the browser that is there. */
const CHROMIUM = { title: 'Chromium', run: installChromium };

/** Sets everything up; false if a step failed, which has been said. */
export function setup({ browser = true } = {}) {
  return runSteps(browser ? [...STEPS, CHROMIUM] : STEPS);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href && !(await setup()))
  process.exitCode = 1;
