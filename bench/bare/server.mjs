/** The floor: answers a slice's number with its raw voxels, or hands out all. `node server.mjs VOLUME`, prints its port. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { SHAPE } from '../volume.mjs';

const volume = readFileSync(process.argv[2]);
const read = (name) => readFileSync(new URL(name, import.meta.url));
const [page, script] = [read('index.html'), read('bare.js')];
const sliceBytes = SHAPE[0] * SHAPE[1] * 2;

const server = createServer((request, response) => {
  response.setHeader('access-control-allow-origin', '*'); // JupyterLab's page reads it too.
  if (request.url === '/volume') response.end(volume);
  else if (request.url === '/bare.js') response.setHeader('content-type', 'text/javascript').end(script);
  else response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
});
new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (message) => {
    const start = message.readUInt32LE(0) * sliceBytes;
    socket.send(volume.subarray(start, start + sliceBytes));
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on port ${server.address().port}`));
