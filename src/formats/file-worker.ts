import { parentPort, workerData } from 'node:worker_threads';
import { limitMemory } from '../volume';
import { answerRead, prepareToRead } from './answer-read';
import { answerWrite } from './answer-write';
import { availableBytes } from './available-bytes';
import type { Begun, FileRequest } from './file-thread';

/** The thread that reads and writes files, one after the other. Whatever a broken file does to it ends with the thread. */
limitMemory(availableBytes);
parentPort?.on('message', (request: FileRequest) => {
  parentPort?.postMessage({ type: 'begun' } satisfies Begun);
  void ('read' in request ? answerRead(request.read) : answerWrite(request.write));
});
if (workerData === 'spare') void prepareToRead();
