/** Entry of the thread that reads datasets; built as dist/datasetWorker.cjs, driven by DatasetInspector. */

import { parentPort } from 'node:worker_threads';
import { Desk } from './desk.ts';
import type { DatasetAnswer, WorkerRequest } from './workerMessages.ts';

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread only.');

const desk = new Desk();
const running = new Map<number, AbortController>();

port.on('message', ({ id, ...request }: WorkerRequest) => {
  if (request.kind === 'cancel') {
    running.get(id)?.abort();
    return;
  }
  const abort = new AbortController();
  running.set(id, abort);
  const answer = (message: DatasetAnswer): void => port.postMessage({ id, ...message });
  void desk.ask(request, answer, abort.signal).finally(() => running.delete(id));
});
