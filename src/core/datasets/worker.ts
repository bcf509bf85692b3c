/** Entry of the thread that inspects one dataset; built as dist/datasetWorker.cjs, driven by DatasetInspector. */

import { parentPort } from 'node:worker_threads';
import { inspectDataset } from './inspect.ts';
import { describeFault, type InspectReply, type InspectRequest } from './workerMessages.ts';

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread only.');

function reply(message: InspectReply): void {
  port?.postMessage(message);
}

port.once('message', ({ file, heldOut }: InspectRequest) => {
  let told = 0;
  inspectDataset(file, {
    ...(heldOut !== undefined && { heldOut }),
    onProgress: (progress) => {
      // A percent is what can be seen; a message a chunk would keep the host busy.
      if (progress.bytes - told < progress.totalBytes / 100) return;
      told = progress.bytes;
      reply({ kind: 'progress', progress });
    },
  }).then(
    (profile) => reply({ kind: 'profile', profile }),
    (fault: unknown) => reply({ kind: 'fault', fault: describeFault(fault) }),
  );
});
