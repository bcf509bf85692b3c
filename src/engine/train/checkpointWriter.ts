/** Writes checkpoints when they are due, and never the same step twice. */

import { saveCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { TrainingRun } from './training.ts';

/** One more than the newest, should that turn out to be unreadable. */
const KEPT = 2;

export class CheckpointWriter {
  private readonly run: TrainingRun;
  private readonly current: () => Checkpoint;
  private savedStep: number;
  private savedAt = performance.now();

  /** @param current the run as it is now */
  constructor(run: TrainingRun, current: () => Checkpoint) {
    this.run = run;
    this.current = current;
    this.savedStep = run.resumeFrom === undefined ? -1 : current().step;
  }

  isDue(): boolean {
    const every = this.run.settings.checkpointEverySeconds;
    return every > 0 && performance.now() - this.savedAt >= every * 1000;
  }

  /** @throws UserError as `saveCheckpoint` */
  async now(): Promise<void> {
    const checkpoint = this.current();
    if (checkpoint.step !== this.savedStep) {
      const folder = await saveCheckpoint(this.run.checkpointFolder, checkpoint, this.run.settings.keepCheckpoints ?? KEPT);
      this.run.onEvent({ kind: 'checkpoint', step: checkpoint.step, folder });
      this.savedStep = checkpoint.step;
    }
    this.savedAt = performance.now();
  }
}
