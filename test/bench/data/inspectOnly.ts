/** The check of a dataset, "structural" or "full" as the second argument says, in a process of its own. Prints the seconds it took and the memory. */

import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { inspectDataset } from '../../../src/core/datasets/inspect.ts';
import { peakMemoryMB } from './memory.ts';

const folder = fileURLToPath(new URL('../../../media/starter', import.meta.url));
const { seconds, rows, tokens } = await inspectDataset(argv[2] ?? '', argv[3] === 'full' ? { depth: 'full', tokenizer: { model: 'starter', folder } } : { depth: 'structural' });
console.log(JSON.stringify({ seconds, rows, tokens: tokens?.total, peakMemoryMB: peakMemoryMB() }));
