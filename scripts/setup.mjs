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

const node = { title: 'Node.js', run: checkNode };
const nodePackages = { title: 'Node packages', run: installNodePackages, after: [node] };
const pythonPackages = { title: 'Python packages (.venv)', run: installPythonPackages, after: [node] };
const exampleData = { title: 'Example data', run: copyExampleData, after: [pythonPackages] };
const typeScript = { title: 'TypeScript', run: buildTypeScript, after: [nodePackages] };
const page = { title: 'Page outside of Jupyter', run: buildPage, after: [typeScript] };
const reader = { title: 'Reading thread', run: buildReader, after: [typeScript] };
const extension = { title: "JupyterLab's extension", run: buildExtension, after: [typeScript, pythonPackages] };
const wheel = { title: 'slicescope in .venv', run: installWheel, after: [extension] };
const kernel = { title: 'TypeScript kernel', run: installKernel, after: [nodePackages, pythonPackages] };
/**
 * Only what drives a browser needs this one; npm start opens the browser that is there. It waits for the Python packages
 * because apt-get, which may be needed for both, runs once at a time.
 */
const chromium = { title: 'Chromium', run: installChromium, after: [pythonPackages] };

const STEPS = [node, nodePackages, pythonPackages, exampleData, typeScript, page, reader, extension, wheel, kernel];

/** Sets everything up; false if a step failed, which has been said. */
export function setup({ browser = true } = {}) {
  return runSteps(browser ? [...STEPS, chromium] : STEPS);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href && !(await setup()))
  process.exitCode = 1;
