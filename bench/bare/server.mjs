/** The floor: answers a slice's number with its raw voxels, or hands out all. `node server.mjs VOLUME`, prints its port. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { SHAPE } from '../volume.mjs';

const volume = readFileSync(process.argv[2]);
const page = readFileSync(new URL('index.html', import.meta.url));
const sliceBytes = SHAPE[0] * SHAPE[1] * 2;

const server = createServer((request, response) => {
  if (request.url === '/volume') response.end(volume);
  else response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
});
new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (message) => {
    const start = message.readUInt32LE(0) * sliceBytes;
    socket.send(volume.subarray(start, start + sliceBytes));
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on port ${server.address().port}`));
