/**
 * Trains the starter model from nothing, in four phases, and writes it into this folder. Interrupted, it goes on from
 * its last checkpoint when it is started again.
 *
 * Usage: node media/starter/train.ts [--out FOLDER] [--work FOLDER] [--threads N]
 */

import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { parseDecoderConfig } from '../../src/engine/model/config.ts';
import { initializeDecoder } from '../../src/engine/model/initialize.ts';
import { readOptionalJson } from '../../src/engine/model/jsonFile.ts';
import { openPretrained, savePretrained } from '../../src/engine/model/pretrained.ts';
import type { Weights } from '../../src/engine/model/weights.ts';
import type { ChatTokenizer, TokenizedExample } from '../../src/engine/text/chat.ts';
import { loadChatTokenizer, TOKENIZER_FILES } from '../../src/engine/text/chatTokenizer.ts';
import { findLatestCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { trainSft } from '../../src/engine/train/sft.ts';
import type { TrainEvent, TrainingSettings } from '../../src/engine/train/training.ts';
import { copyingRows, trainingRows, writeTokenizer } from './corpus.ts';
import type { Round } from './world/world.ts';

const SEED = 2025;
const HELD_OUT_SEED = 77;
const VOCABULARY = { vocabSize: 3072, rows: 60_000, seed: 11 };
const LONGEST_ROW = 256;
const ROWS_A_STEP = 48;

const CONFIG = {
  architectures: ['LlamaForCausalLM'], model_type: 'llama', vocab_size: VOCABULARY.vocabSize, hidden_size: 160, intermediate_size: 432, num_hidden_layers: 4,
  num_attention_heads: 4, num_key_value_heads: 2, head_dim: 40, hidden_act: 'silu', max_position_embeddings: 512, rms_norm_eps: 1e-5, rope_theta: 10_000,
  tie_word_embeddings: true, attention_bias: false, mlp_bias: false, bos_token_id: null, eos_token_id: 2, pad_token_id: 0, initializer_range: 0.02,
};

interface Phase {
  readonly name: string;
  readonly settings: Pick<TrainingSettings, 'learningRate' | 'schedule' | 'warmupRatio' | 'weightDecay'>;
  /** which rows the held-out loss is measured on */
  readonly round: Round;
  readonly rows: (tokenizer: ChatTokenizer) => TokenizedExample[];
}

interface PhaseRecord {
  readonly phase: string;
  readonly rows: number;
  readonly tokens: number;
  readonly steps: number;
  readonly learningRate: number;
  /** mean over the phase, nats a trained token */
  readonly trainLoss: number;
  /** at the end, on rows of other seeds, answers only */
  readonly heldOutLoss: number;
  /** of the last start, when the phase was interrupted */
  readonly seconds: number;
}

const PHASES: readonly Phase[] = [
  {
    name: 'world', round: 'first', settings: { learningRate: 0.0025, schedule: 'cosine', warmupRatio: 0.03, weightDecay: 0.05 },
    rows: (tokenizer) => trainingRows(tokenizer, { tokens: 7_500_000, round: 'first', wholeShare: 0.25, seed: SEED, longest: LONGEST_ROW }),
  },
  {
    name: 'copying', round: 'first', settings: { learningRate: 0.002, schedule: 'constant', warmupRatio: 0.05, weightDecay: 0 },
    rows: (tokenizer) => copyingRows(tokenizer, { rows: 700 * ROWS_A_STEP, seed: 4040 }),
  },
  {
    name: 'wider world', round: 'second', settings: { learningRate: 0.002, schedule: 'cosine', warmupRatio: 0.03, weightDecay: 0.05 },
    rows: (tokenizer) => [
      ...trainingRows(tokenizer, { tokens: 5_500_000, round: 'second', wholeShare: 0.2, seed: SEED + 10, longest: LONGEST_ROW }),
      ...copyingRows(tokenizer, { rows: 4000, seed: 4041 }),
    ],
  },
  {
    name: 'practice', round: 'second', settings: { learningRate: 0.002, schedule: 'cosine', warmupRatio: 0.03, weightDecay: 0.05 },
    rows: (tokenizer) => trainingRows(tokenizer, { tokens: 10_000_000, round: 'second', wholeShare: 0.15, seed: SEED + 20, longest: LONGEST_ROW }),
  },
];

const { values: flags } = parseArgs({
  options: {
    out: { type: 'string', default: import.meta.dirname },
    work: { type: 'string', default: join(tmpdir(), 'tunesmith-starter') },
    threads: { type: 'string', default: '0' },
  },
});

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

const tokenizerFolder = join(flags.work, 'tokenizer');
await mkdir(tokenizerFolder, { recursive: true });
await writeTokenizer(tokenizerFolder, VOCABULARY);
const tokenizer = await loadChatTokenizer(tokenizerFolder);
const config = parseDecoderConfig(CONFIG, 'config.json');
let weights: Weights = initializeDecoder(config, SEED);
const records: PhaseRecord[] = [];
for (const phase of PHASES) {
  const folder = join(flags.work, phase.name.replaceAll(' ', '-'));
  if ((await readOptionalJson(join(folder, 'record.json'))) === undefined) await train(phase, folder);
  // Each phase starts from the 16-bit file of the one before, so that a restart makes no difference.
  weights = (await openPretrained(folder)).weights;
  records.push((await readOptionalJson(join(folder, 'record.json'))) as PhaseRecord);
  await cp(join(folder, 'model.safetensors'), join(flags.out, 'model.safetensors'));
  await cp(join(folder, 'config.json'), join(flags.out, 'config.json'));
}
for (const name of TOKENIZER_FILES) await cp(join(tokenizerFolder, name), join(flags.out, name)).catch(() => undefined);
const record = {
  seed: SEED, parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0), rowsAStep: ROWS_A_STEP,
  sha256: createHash('sha256').update(await readFile(join(flags.out, 'model.safetensors'))).digest('hex'), phases: records,
};
await writeFile(join(flags.out, 'training.json'), `${JSON.stringify(record, null, 2)}\n`);
await rm(flags.work, { recursive: true, force: true });
console.log(record);

async function train(phase: Phase, folder: string): Promise<void> {
  const started = performance.now();
  const rows = phase.rows(tokenizer);
  const tokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
  console.log(`${phase.name}: ${rows.length} rows, ${tokens} tokens`);
  const checkpoints = join(folder, 'checkpoints');
  const { result, trained } = await trainSft({
    config, weights, checkpointFolder: checkpoints, resumeFrom: await findLatestCheckpoint(checkpoints), signal: stop.signal,
    data: { train: rows, validation: trainingRows(tokenizer, { tokens: 20_000, round: phase.round, wholeShare: 0, seed: HELD_OUT_SEED, longest: LONGEST_ROW }) },
    settings: {
      ...phase.settings, peft: { method: 'full' }, epochs: 1, batchSize: ROWS_A_STEP, gradientAccumulation: 1, maxGradNorm: 1, maxLength: LONGEST_ROW,
      evalEverySteps: 500, checkpointEverySeconds: 120, seed: SEED, threads: Number(flags.threads),
    },
    onEvent: (event) => log(event, started),
  });
  if (result.outcome === 'stopped' || !('weights' in trained)) {
    console.log(`Stopped at step ${result.step} of ${result.totalSteps}; start again to go on.`);
    process.exit(1);
  }
  await savePretrained(folder, { configJson: CONFIG, weights: trained.weights, dtype: 'F16', tokenizerFolder });
  await rm(checkpoints, { recursive: true, force: true });
  const record: PhaseRecord = {
    phase: phase.name, rows: rows.length, tokens, steps: result.totalSteps, learningRate: phase.settings.learningRate, trainLoss: round(result.trainLoss),
    heldOutLoss: round(result.evalLoss ?? NaN), seconds: Math.round((performance.now() - started) / 1000),
  };
  await writeFile(join(folder, 'record.json'), JSON.stringify(record));
}

function log(event: TrainEvent, started: number): void {
  if (event.kind !== 'step') {
    console.log(JSON.stringify(event));
  } else if (event.metrics.step % 20 === 0) {
    const { step, totalSteps, loss, learningRate, gradNorm, tokensPerSecond } = event.metrics;
    const minutes = (performance.now() - started) / 60_000;
    console.log(`${step}/${totalSteps} loss ${loss.toFixed(3)} rate ${learningRate.toExponential(2)} norm ${gradNorm.toFixed(2)} ${Math.round(tokensPerSecond)} tok/s ${minutes.toFixed(1)} min`);
  }
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
