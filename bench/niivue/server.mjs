/** A static server of NiiVue, its page and a file. `node server.mjs VOLUME.nii`, prints its port. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FILES = {
  '/': [here('index.html'), 'text/html; charset=utf-8'],
  '/niivue.js': [here('node_modules/@niivue/niivue/dist/index.js'), 'text/javascript'],
  '/volume.nii': [process.argv[2], 'application/octet-stream'],
};

const server = createServer((request, response) => {
  const [path, type] = FILES[request.url] ?? [];
  if (path === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': type, 'content-length': statSync(path).size });
  createReadStream(path, { highWaterMark: 1024 * 1024 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log(`listening on port ${server.address().port}`));
