import { parentPort, workerData } from 'node:worker_threads';
import { answerRead, prepareToRead } from './answer-read';
import { answerWrite } from './answer-write';
import type { Begun, FileRequest } from './file-thread';

/** The thread that reads and writes files, one after the other. Whatever a broken file does to it ends with the thread. */
parentPort?.on('message', (request: FileRequest) => {
  parentPort?.postMessage({ type: 'begun' } satisfies Begun);
  void ('read' in request ? answerRead(request.read) : answerWrite(request.write));
});
if (workerData === 'spare') void prepareToRead();
