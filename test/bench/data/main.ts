/**
 * Measures how datasets are read and checked, against what reading and parsing alone takes, all in one run.
 *
 * Usage: npm run bench:data [-- --json] [-- --rows 1000000] [-- --rounds 3]
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeChatFile } from './chatFile.ts';

interface Turn {
  readonly seconds: number;
  readonly rows: number;
  readonly peakMemoryMB: number;
}

interface Report {
  /** all rows read, recognized, checked by every rule about single rows, compared for exact repetition and measured */
  readonly structural: { readonly ratio: number; readonly MBps: number };
  /** besides, compared for near repetition and counted in tokens of the starter model */
  readonly full: { readonly ratio: number; readonly MBps: number };
  /** of both */
  readonly peakMemoryMB: number;
  /** of 100 rows at random places, the slowest */
  readonly rowAccessMs: number;
  readonly rowAccessMedianMs: number;
  readonly firstFindingMs: number;
  readonly hostBlockMs: number;
}

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rows: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } },
});

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** A script of this folder, in a process of its own. */
function run<Result>(script: string, ...args: readonly string[]): Result {
  return JSON.parse(execFileSync(process.execPath, [`${import.meta.dirname}/${script}`, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as Result;
}

function measure(file: string, bytes: number): Report {
  const parsing: Turn[] = [];
  const structural: Turn[] = [];
  const full: Turn[] = [];
  for (let round = 1; round <= Number(flags.rounds); round++) {
    note(`Round ${round} of ${flags.rounds}`);
    parsing.push(run<Turn>('parseOnly.ts', file));
    structural.push(run<Turn>('inspectOnly.ts', file, 'structural'));
    full.push(run<Turn>('inspectOnly.ts', file, 'full'));
  }
  if (parsing[0]?.rows !== structural[0]?.rows || parsing[0]?.rows !== full[0]?.rows) throw new Error('they did not read the same rows');
  const speedOf = (turns: readonly Turn[]): Report['full'] => ({
    ratio: median(turns.map(({ seconds }, round) => seconds / (parsing[round]?.seconds ?? NaN))),
    MBps: bytes / 1e6 / median(turns.map(({ seconds }) => seconds)),
  });
  note('Rows at random places');
  const access = run<{ median: number; worst: number }>('rowAccess.ts', file);
  note('From the extension host');
  const host = run<{ firstFinding: number; block: number }>('fromHost.ts', file);
  return {
    structural: speedOf(structural),
    full: speedOf(full),
    peakMemoryMB: Math.max(...[...structural, ...full].map(({ peakMemoryMB }) => peakMemoryMB)),
    rowAccessMs: access.worst,
    rowAccessMedianMs: access.median,
    firstFindingMs: host.firstFinding,
    hostBlockMs: host.block,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'tunesmith-bench-'));
try {
  const file = join(folder, 'chat.jsonl');
  note(`Writing ${flags.rows} rows`);
  await writeChatFile(file, Number(flags.rows));
  const { size } = statSync(file);
  const report = measure(file, size);
  if (flags.json) console.log(JSON.stringify(report));
  else {
    console.log(`
${Number(flags.rows).toLocaleString('en')} conversations, ${(size / 1e6).toFixed(0)} MB, ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0]?.toFixed(1) ?? '?'}

Structural check    ${report.structural.ratio.toFixed(2)} times as long as JSON.parse of the lines alone (at most 2.0), ${report.structural.MBps.toFixed(0)} MB/s
With near repetition
and token counts    ${report.full.ratio.toFixed(2)} times as long (at most 6.0), ${report.full.MBps.toFixed(0)} MB/s
Peak memory         ${report.peakMemoryMB.toFixed(0)} MB (under 400)
Any row             ${report.rowAccessMedianMs.toFixed(1)} ms, the slowest of 100 ${report.rowAccessMs.toFixed(1)} ms (under 20)
First findings      ${report.firstFindingMs.toFixed(0)} ms (under 1,000)
Host blocked        ${report.hostBlockMs.toFixed(1)} ms at most (under 50)`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
