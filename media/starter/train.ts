/**
 * Trains the starter model from nothing on its generated world and writes it into this folder. Interrupted, it goes on
 * from its last checkpoint when it is started again.
 *
 * Usage: node media/starter/train.ts [--tokens N] [--out FOLDER] [--work FOLDER]
 */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { parseDecoderConfig } from '../../src/engine/model/config.ts';
import { initializeDecoder } from '../../src/engine/model/initialize.ts';
import { savePretrained } from '../../src/engine/model/pretrained.ts';
import { loadChatTokenizer } from '../../src/engine/text/chatTokenizer.ts';
import { findLatestCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { trainSft } from '../../src/engine/train/sft.ts';
import type { StepMetrics, TrainEvent, TrainingSettings } from '../../src/engine/train/training.ts';
import { trainingRows, writeTokenizer } from './corpus.ts';

const SEED = 20_25;
const HELD_OUT_SEED = 77;
const VOCABULARY = { vocabSize: 3072, rows: 60_000, seed: 11 };
const LONGEST_ROW = 256;

const CONFIG = {
  architectures: ['LlamaForCausalLM'], model_type: 'llama', vocab_size: VOCABULARY.vocabSize, hidden_size: 160, intermediate_size: 432, num_hidden_layers: 4,
  num_attention_heads: 4, num_key_value_heads: 2, head_dim: 40, hidden_act: 'silu', max_position_embeddings: 512, rms_norm_eps: 1e-5, rope_theta: 10_000,
  tie_word_embeddings: true, attention_bias: false, mlp_bias: false, bos_token_id: null, eos_token_id: 2, pad_token_id: 0, initializer_range: 0.02,
};

const { values: flags } = parseArgs({
  options: {
    tokens: { type: 'string', default: '7500000' },
    rate: { type: 'string', default: '0.0025' },
    whole: { type: 'string', default: '0.25' },
    rows: { type: 'string', default: '48' },
    out: { type: 'string', default: import.meta.dirname },
    work: { type: 'string', default: join(tmpdir(), 'tunesmith-starter') },
    threads: { type: 'string', default: '0' },
  },
});

const settings: TrainingSettings = {
  peft: { method: 'full' }, epochs: 1, batchSize: Number(flags.rows), gradientAccumulation: 1, learningRate: Number(flags.rate), schedule: 'cosine', warmupRatio: 0.03,
  weightDecay: 0.05, maxGradNorm: 1, maxLength: LONGEST_ROW, evalEverySteps: 500, checkpointEverySeconds: 120, seed: SEED, threads: Number(flags.threads),
};

await mkdir(flags.out, { recursive: true });
await writeTokenizer(flags.out, VOCABULARY);
const tokenizer = await loadChatTokenizer(flags.out);
const train = trainingRows(tokenizer, { tokens: Number(flags.tokens), wholeShare: Number(flags.whole), seed: SEED, longest: LONGEST_ROW });
const validation = trainingRows(tokenizer, { tokens: 20_000, wholeShare: 0, seed: HELD_OUT_SEED, longest: LONGEST_ROW });
const tokens = train.reduce((sum, { ids }) => sum + ids.length, 0);
console.log(`${train.length} rows, ${tokens} tokens`);

const config = parseDecoderConfig(CONFIG, 'config.json');
const started = performance.now();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
const { result, trained } = await trainSft({
  config, weights: initializeDecoder(config, SEED), data: { train, validation }, settings, checkpointFolder: flags.work,
  resumeFrom: await findLatestCheckpoint(flags.work), signal: stop.signal, onEvent: log,
});
if (result.outcome === 'stopped' || !('weights' in trained)) {
  console.log(`Stopped at step ${result.step} of ${result.totalSteps}; start again to go on.`);
  process.exit(1);
}
await savePretrained(flags.out, { configJson: CONFIG, weights: trained.weights, dtype: 'F16' });
const record = {
  seed: SEED, rows: train.length, tokens, steps: result.totalSteps, rowsPerStep: settings.batchSize, learningRate: settings.learningRate,
  parameters: [...trained.weights.values()].reduce((sum, { data }) => sum + data.length, 0),
  trainLoss: round(result.trainLoss), heldOutLoss: round(result.evalLoss ?? NaN), secondsOfLastRun: Math.round((performance.now() - started) / 1000),
  sha256: createHash('sha256').update(await readFile(join(flags.out, 'model.safetensors'))).digest('hex'),
};
await writeFile(join(flags.out, 'training.json'), `${JSON.stringify(record, null, 2)}\n`);
await rm(flags.work, { recursive: true, force: true });
console.log(record);

function log(event: TrainEvent): void {
  if (event.kind === 'step' && event.metrics.step % 20 === 0) console.log(stepLine(event.metrics));
  else if (event.kind !== 'step') console.log(JSON.stringify(event));
}

function stepLine({ step, totalSteps, loss, learningRate, gradNorm, tokensPerSecond }: StepMetrics): string {
  const minutes = (performance.now() - started) / 60_000;
  return `${step}/${totalSteps} loss ${loss.toFixed(3)} rate ${learningRate.toExponential(2)} norm ${gradNorm.toFixed(2)} ${Math.round(tokensPerSecond)} tok/s ${minutes.toFixed(1)} min`;
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
