/** A training run as a process of its own, to be killed: goes on from its folder's newest checkpoint, saves after every step. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { saveAdapter } from '../../../../src/engine/model/adapter.ts';
import { trainGrpo, type GrpoRun } from '../../../../src/engine/rl/grpo.ts';
import { RolloutLog } from '../../../../src/engine/rl/rolloutLog.ts';
import { usualGrpoSettings } from '../../../../src/engine/rl/settings.ts';
import { findLatestCheckpoint } from '../../../../src/engine/train/checkpoint.ts';
import { trainDpo } from '../../../../src/engine/train/dpo.ts';
import { trainSft } from '../../../../src/engine/train/sft.ts';
import type { Trained, TrainingRun } from '../../../../src/engine/train/training.ts';
import { livelyWeights, QUICK, randomRows, TINY } from '../../tiny.ts';

const [technique, folder] = process.argv.slice(2);
const checkpointFolder = join(folder, 'checkpoints');
const rows = randomRows(TINY, [9, 14, 5, 20, 11, 7, 16, 12, 8, 10, 6, 13], 21);
const run: TrainingRun = {
  config: TINY, weights: livelyWeights(TINY, 3),
  // Any time since the last checkpoint is more than this.
  settings: { ...QUICK, epochs: 20, evalEverySteps: 7, checkpointEverySeconds: 1e-9, packing: true, maxLength: 24 },
  checkpointFolder, resumeFrom: await findLatestCheckpoint(checkpointFolder), signal: new AbortController().signal,
  onEvent: (event) => {
    if (event.kind === 'start') console.log(`start ${event.resumedFromStep} ${event.totalSteps}`);
    if (event.kind === 'step') console.log(`step ${event.metrics.step}`);
  },
};

/** Prompts of one word, worth more the more small numbers their completions have; two updates a step. */
async function reinforcement(): Promise<GrpoRun<undefined>> {
  await mkdir(folder, { recursive: true });
  return {
    ...run, settings: { ...run.settings, batchSize: 2, epochs: 10 }, rolloutWriter: await RolloutLog.open(join(folder, 'rollouts.jsonl')),
    data: { train: [3, 1, 4, 15, 9, 2, 6].map((word, index) => ({ messages: [{ role: 'user', content: String(word) }], item: undefined, row: index + 1 })), validation: [] },
    tokenizer: { endIds: [0], tokenizePrompt: ([{ content }]) => [Number(content)], decode: (ids) => [...ids].join(' ') },
    rewards: [{ name: 'small', weight: 1, judge: ({ completion }) => ({ reward: completion.split(' ').filter((word) => Number(word) < 10).length }) }],
    grpo: { ...usualGrpoSettings('dapo'), groupSize: 4, maxCompletionLength: 5, maskTruncated: false, beta: 0.01, numIterations: 2 },
  };
}

async function trainIt(): Promise<Trained> {
  if (technique === 'grpo') return (await trainGrpo(await reinforcement())).trained;
  if (technique === 'sft') return (await trainSft({ ...run, data: { train: rows, validation: rows.slice(0, 3) } })).trained;
  const pairs = rows.slice(0, 6).map((chosen, index) => ({ chosen, rejected: rows[index + 6] }));
  return (await trainDpo({ ...run, data: { train: pairs, validation: [] } })).trained;
}

const trained = await trainIt();
if ('adapter' in trained) await saveAdapter(join(folder, 'adapter'), trained.adapter, 'tiny');
console.log('saved');
