import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withPage } from './browser.mjs';
import { runProgram, startProgram } from './processes.mjs';
import { SHAPE, WINDOW, fillSlice } from './volume.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Install it into its own folder, as its own lock says: 25 MB that only this row needs. */
async function installNiivue() {
  const cwd = here('niivue');
  const version = (path) => JSON.parse(readFileSync(path, 'utf8')).packages['node_modules/@niivue/niivue'].version;
  const installed = `${cwd}/node_modules/.package-lock.json`;
  if (existsSync(installed) && version(installed) === version(`${cwd}/package-lock.json`)) return;
  console.log('Installing NiiVue into bench/niivue ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['ci', '--omit=optional', '--no-audit', '--no-fund'];
  await runProgram(npm, args, { cwd, shell: process.platform === 'win32' });
}

/**
 * Write the volume as an uncompressed NIfTI file with the plainest of orientations, in which x runs from left to
 * right and y from posterior to anterior. Viewers draw it with anterior up and the patient's left on the
 * right, so the slices are stored backwards to be seen as the other contestants show them.
 */
export function writeNifti(path) {
  const header = new DataView(new ArrayBuffer(352));
  const LITTLE = true;
  header.setInt32(0, 348, LITTLE);
  [3, ...SHAPE, 1, 1, 1, 1].forEach((size, k) => header.setInt16(40 + 2 * k, size, LITTLE));
  header.setInt16(70, 512, LITTLE); // datatype: uint16
  header.setInt16(72, 16, LITTLE);
  [1, 1, 1, 1].forEach((size, k) => header.setFloat32(76 + 4 * k, size, LITTLE)); // pixdim
  header.setFloat32(108, 352, LITTLE); // vox_offset
  header.setFloat32(112, 1, LITTLE); // scl_slope
  header.setUint8(123, 2); // millimetres
  header.setFloat32(124, WINDOW[1], LITTLE); // cal_max
  header.setFloat32(128, WINDOW[0], LITTLE); // cal_min
  header.setInt16(254, 1, LITTLE); // sform_code
  [0, 1, 2].forEach((k) => header.setFloat32(280 + 20 * k, 1, LITTLE)); // sform: the identity
  [...'n+1'].forEach((letter, k) => header.setUint8(344 + k, letter.charCodeAt(0)));
  const file = openSync(path, 'w');
  writeSync(file, header);
  const slice = new Uint16Array(SHAPE[0] * SHAPE[1]);
  for (let z = 0; z < SHAPE[2]; z += 1) {
    fillSlice(slice, z);
    writeSync(file, slice.reverse());
  }
  closeSync(file);
}

/** NiiVue on a page of its own, with the file on a static server of this machine. */
export async function startNiivue(niftiPath) {
  await installNiivue();
  const server = await startProgram(process.execPath, [here('niivue/server.mjs'), niftiPath], {
    ready: /listening on port (\d+)/,
  });
  const url = `http://127.0.0.1:${server.match[1]}/`;
  return {
    id: 'niivue',
    close: server.close,
    round: (context, measure) =>
      withPage(context, url, async (page) => {
        await page.waitForFunction(() => window.load);
        const firstPicture = await page.evaluate(() => window.load());
        return await measure({ page, slider: '#slider', canvas: '#canvas', firstPicture });
      }),
  };
}
