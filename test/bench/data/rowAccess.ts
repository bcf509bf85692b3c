/** Times the reading of single rows at random places, once their places are known. */

import { performance } from 'node:perf_hooks';
import { argv } from 'node:process';
import { indexRows, readRows } from '../../../src/core/datasets/rowIndex.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';

const ACCESSES = 100;

const index = await indexRows(argv[2] ?? '');
const random = new RandomGenerator(7);
const times: number[] = [];
for (let i = 0; i < ACCESSES; i++) {
  const row = 1 + random.below(index.lastRow);
  const started = performance.now();
  const [found] = await readRows(index, row, 1);
  times.push(performance.now() - started);
  if (found?.row !== row) throw new Error(`row ${row} was not found`);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ median: times[ACCESSES / 2], worst: times.at(-1) }));
