/**
 * Measures the engine against what this machine can do, all in one run.
 *
 * Usage: npm run bench:engine [-- --json] [-- --rounds N]
 */

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Contestant, type Turn } from './turns.ts';
import { flops, frozenProducts, LENGTH, loraStepFlops, machine, median, ROWS, SMOLLM2_135M, THREADS } from './workload.ts';

const WARM_UP = 1;
/** An old PyTorch has no fast bf16 on processors and would take minutes a step. */
const LONGEST_TURN_MS = 120_000;

interface Report {
  readonly machine: ReturnType<typeof machine>;
  readonly loraStep: { readonly tokensPerSecond: number; readonly gemmFraction: number; readonly gemmGflops: number; readonly peakMemoryGB: number };
  readonly lowMemory: { readonly tokensPerSecond: number; readonly peakMemoryGB: number; readonly slowdown: number };
  readonly decode: { readonly tokensPerSecond: number; readonly streamFraction: number; readonly readGBPerSecond: number };
  readonly torch: { readonly version: string; readonly float32Ratio: number; readonly bf16Ratio: number | null } | null;
  readonly leak: { readonly growthFraction: number };
}

const { values: flags } = parseArgs({ options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '6' } } });
const rounds = Number(flags.rounds);

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A Python that has PyTorch, and the version of that. */
function findTorch(): { python: string; version: string } | undefined {
  for (const python of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' });
    if (status === 0) return { python, version: stdout.trim() };
  }
  return undefined;
}

function runOnce<Result>(script: string): Result {
  const { status, stdout } = spawnSync(process.execPath, [`${import.meta.dirname}/${script}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  return JSON.parse(stdout) as Result;
}

/** The median over the rounds of how much of `a` there is in `b`. */
function ratio(a: readonly Turn[], b: readonly Turn[]): number {
  return median(a.map(({ seconds }, round) => seconds / (b[round]?.seconds ?? NaN)));
}

async function takeTurns(): Promise<Pick<Report, 'loraStep' | 'lowMemory' | 'torch'>> {
  const found = findTorch();
  if (found === undefined) note('No Python with PyTorch here: the comparison with it is skipped.');
  const products = Contestant.ofScript('products.ts');
  const step = Contestant.ofScript('loraStep.ts');
  const lowMemory = Contestant.ofScript('loraStep.ts', '--low-memory');
  const torchOf = async (type: 'float32' | 'bf16'): Promise<Contestant | undefined> => {
    const contestant = found && new Contestant(found.python, [`${import.meta.dirname}/torch_step.py`, type, String(THREADS)]);
    if (await contestant?.staysWithin(LONGEST_TURN_MS)) return contestant;
    if (contestant) note(`PyTorch with ${type} took more than ${LONGEST_TURN_MS / 1000} s for a step and is left out.`);
    return undefined;
  };
  const [float32, bf16] = [await torchOf('float32'), await torchOf('bf16')];
  const all = [products, step, lowMemory, float32, bf16].filter((contestant) => contestant !== undefined);
  for (const contestant of [products, step, lowMemory]) await contestant.turn();
  for (let round = 0; round < rounds; round++) {
    note(`Round ${round + 1} of ${rounds}`);
    for (const contestant of all) await contestant.turn();
  }
  for (const contestant of all) await contestant.end();
  const timed = (contestant: Contestant): Turn[] => contestant.turns.slice(WARM_UP);
  const memory = (contestant: Contestant): number => Math.max(...contestant.turns.map(({ peakMemoryGB }) => peakMemoryGB));
  const seconds = (contestant: Contestant): number => median(timed(contestant).map((turn) => turn.seconds));
  const frozen = frozenProducts(SMOLLM2_135M, ROWS * LENGTH, ROWS * (LENGTH - 1)).reduce((sum, product) => sum + flops(product), 0);
  return {
    loraStep: {
      tokensPerSecond: (ROWS * LENGTH) / seconds(step),
      gemmFraction: ratio(timed(products), timed(step)) * (loraStepFlops(SMOLLM2_135M, ROWS, LENGTH) / frozen),
      gemmGflops: frozen / seconds(products) / 1e9, peakMemoryGB: memory(step),
    },
    lowMemory: { tokensPerSecond: (ROWS * LENGTH) / seconds(lowMemory), peakMemoryGB: memory(lowMemory), slowdown: ratio(timed(lowMemory), timed(step)) },
    torch: found && float32
      ? { version: found.version, float32Ratio: ratio(timed(float32), timed(step)), bf16Ratio: bf16 ? ratio(timed(bf16), timed(step)) : null } : null,
  };
}

const { loraStep, lowMemory, torch } = await takeTurns();
note('Generating');
const decode = runOnce<Report['decode']>('decode.ts');
note('1,000 steps');
const leak = runOnce<Report['leak']>('leak.ts');
const report: Report = { machine: machine(), loraStep, lowMemory, decode, torch, leak };

const two = (value: number): string => value.toFixed(2);
if (flags.json) console.log(JSON.stringify(report));
else {
  console.log(`
SmolLM2-135M shape, LoRA rank 16 on all linear layers, ${ROWS} x ${LENGTH} tokens, ${THREADS} threads of ${report.machine.processor}

LoRA step           ${loraStep.tokensPerSecond.toFixed(0)} tokens/s, ${two(loraStep.gemmFraction)} of the GEMM rate (${loraStep.gemmGflops.toFixed(0)} GFLOP/s), ${two(loraStep.peakMemoryGB)} GB
Low-memory mode     ${lowMemory.tokensPerSecond.toFixed(0)} tokens/s, ${two(lowMemory.slowdown)} times as long, ${two(lowMemory.peakMemoryGB)} GB
Generation of 16    ${decode.tokensPerSecond.toFixed(0)} tokens/s, ${two(decode.streamFraction)} of the rate at which weights can be read (${two(decode.readGBPerSecond)} GB/s)
PyTorch             ${torch ? `${torch.version}: this engine is ${two(torch.float32Ratio)} times as fast as float32, ${torch.bf16Ratio === null ? 'bf16 autocast too slow to compare' : `${two(torch.bf16Ratio)} as bf16 autocast`}` : 'not there, skipped'}
1,000 steps         resident memory grew by ${(100 * leak.growthFraction).toFixed(1)}%`);
}
