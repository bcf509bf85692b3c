/** The full structural check of a dataset, in a process of its own. Prints the seconds it took and the memory. */

import { argv } from 'node:process';
import { inspectDataset } from '../../../src/core/datasets/inspect.ts';
import { peakMemoryMB } from './memory.ts';

const { seconds, rows } = await inspectDataset(argv[2] ?? '');
console.log(JSON.stringify({ seconds, rows, peakMemoryMB: peakMemoryMB() }));
