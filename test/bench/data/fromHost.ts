/** What the extension host feels of an inspection: when the first findings come, and how long it cannot do anything else. */

import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { DatasetInspector } from '../../../src/core/datasets/inspectInWorker.ts';

const workerFile = fileURLToPath(new URL('../../../src/core/datasets/worker.ts', import.meta.url));
const inspector = new DatasetInspector(workerFile);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const started = performance.now();
let firstFinding: number | undefined;
await inspector.inspect(argv[2] ?? '', { onFindings: () => void (firstFinding ??= performance.now() - started) });
delay.disable();
console.log(JSON.stringify({ firstFinding, block: delay.max / 1e6 }));
await inspector.dispose();
