/** A training run as a process of its own, to be killed: goes on from its folder's newest checkpoint, saves after every step. */

import { join } from 'node:path';
import { saveAdapter } from '../../../../src/engine/model/adapter.ts';
import { findLatestCheckpoint } from '../../../../src/engine/train/checkpoint.ts';
import { trainDpo } from '../../../../src/engine/train/dpo.ts';
import { trainSft } from '../../../../src/engine/train/sft.ts';
import type { TrainingRun } from '../../../../src/engine/train/training.ts';
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
const { trained } = technique === 'dpo'
  ? await trainDpo({ ...run, data: { train: rows.slice(0, 6).map((chosen, index) => ({ chosen, rejected: rows[index + 6] })), validation: [] } })
  : await trainSft({ ...run, data: { train: rows, validation: rows.slice(0, 3) } });
if ('adapter' in trained) await saveAdapter(join(folder, 'adapter'), trained.adapter, 'tiny');
console.log('saved');
