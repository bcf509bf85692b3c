/** What nobody who reads JSON Lines can do without: the lines, and JSON.parse. Prints the seconds it took. */

import { createReadStream } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { argv } from 'node:process';
import { peakMemoryMB } from './memory.ts';

const started = performance.now();
let rest = '';
let rows = 0;
for await (const chunk of createReadStream(argv[2] ?? '', { encoding: 'utf8', highWaterMark: 256 * 1024 }) as AsyncIterable<string>) {
  const text = rest + chunk;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (JSON.parse(text.slice(start, end)) !== undefined) rows++;
    start = end + 1;
  }
  rest = text.slice(start);
}
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, rows, peakMemoryMB: peakMemoryMB() }));
