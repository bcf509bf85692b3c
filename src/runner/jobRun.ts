/** One local job from its folder to its result: prepare, train, save, compare with the base model. */

import { join } from 'node:path';

import { BaseModels } from '../core/backends/local/baseModels.ts';
import { summarizeReport } from '../core/evaluation/evaluate.ts';
import { readArtifactNotes } from '../core/jobs/artifact.ts';
import type { EvaluationReport } from '../core/evaluation/evaluation.ts';
import { EVALUATION_FILE } from '../core/jobs/home.ts';
import { readManifest } from '../core/jobs/jobSnapshot.ts';
import type { Job } from '../core/jobs/job.ts';
import type { Recipe } from '../core/recipes/recipe.ts';
import { formatCount, formatDuration, formatQuantity } from '../core/wording/numbers.ts';
import { loadAdapter } from '../engine/model/adapter.ts';
import { writeAtomically } from '../engine/model/atomicFile.ts';
import { openFrozen, openPretrained, type FrozenModel } from '../engine/model/pretrained.ts';
import { findLatestCheckpoint } from '../engine/train/checkpoint.ts';
import { trainDpo } from '../engine/train/dpo.ts';
import { trainSft } from '../engine/train/sft.ts';
import type { Trained, TrainEvent, TrainingRun } from '../engine/train/training.ts';
import { compare } from './comparison.ts';
import { openContestants } from './contestants.ts';
import { prepareData, type JobData } from './jobData.ts';
import type { LogFile } from './logFile.ts';
import { comparePreferences } from './preferenceComparison.ts';
import { ProgressTracker } from './progressTracker.ts';
import type { Pulse } from './pulse.ts';
import { saveArtifact } from './saveArtifact.ts';

export interface JobRunContext {
  readonly job: Job;
  readonly home: string;
  /** holds the starter model */
  readonly media: string;
  readonly pulse: Pulse;
  readonly log: LogFile;
  /** milliseconds */
  readonly now: () => number;
}

/**
 * Does what of the job is not done yet: a run that was interrupted goes on from its last checkpoint, or where training
 * had ended, from the comparison.
 *
 * @returns 'stopped' when the pulse's signal ended it early
 * @throws UserError for what the user can mend; whatever else is a fault of the program
 */
export async function runJob(context: JobRunContext): Promise<'succeeded' | 'stopped'> {
  const { job, pulse } = context;
  try {
    const recipe = (await readManifest(job.folder)).resolved;
    const model = await openFrozen(await new BaseModels(context.media, context.home).resolve(recipe.baseModel), recipe.precision ?? 'float32');
    const data = await prepareData(recipe, model.tokenizer, pulse.signal, () => pulse.breathe());
    describeData(context, data);

    const artifact = join(job.folder, 'artifact');
    if (!(await readArtifactNotes(artifact))) {
      const trained = await train(context, recipe, model, data);
      if (!trained) return 'stopped';
      await saveArtifact(artifact, { jobId: job.id, baseModel: recipe.baseModel, model, trained, systemPrompt: data.systemPrompt });
      pulse.write((writer) => writer.artifact(artifact));
      report(context, `Saved the tuned model to ${artifact}.`);
    }
    await compareWithBase(context, artifact, recipe, model, data);
    return 'succeeded';
  } catch (fault) {
    const { signal } = pulse;
    // A stop ends whatever is under way by an exception; a lost lease aborts with its own reason.
    if (signal.aborted && fault === signal.reason && isStop(fault)) return 'stopped';
    throw fault;
  }
}

async function train(
  context: JobRunContext, recipe: Recipe, model: FrozenModel, data: JobData,
): Promise<Trained | undefined> {
  const { job, pulse, now } = context;
  pulse.write((writer) => writer.enter('training'));
  const checkpointFolder = join(job.folder, 'checkpoints');
  let tracker = new ProgressTracker(now, 0);
  const onEvent = (event: TrainEvent): void => {
    switch (event.kind) {
      case 'start':
        tracker = new ProgressTracker(now, event.resumedFromStep);
        pulse.write((writer) => writer.forgetMetricsAfter(event.resumedFromStep));
        pulse.write((writer) => writer.progress({ step: event.resumedFromStep, totalSteps: event.totalSteps }));
        report(context, describeStart(event));
        break;
      case 'step': {
        const { metrics } = event;
        const values = {
          ...metrics.more, loss: metrics.loss, learning_rate: metrics.learningRate, grad_norm: metrics.gradNorm, tokens_per_second: metrics.tokensPerSecond,
        };
        pulse.write((writer) => writer.metrics(metrics.step, values, tracker.step(metrics)));
        context.log.write('info', `Step ${metrics.step} of ${metrics.totalSteps}: loss ${metrics.loss.toFixed(4)}, ` +
          `learning rate ${metrics.learningRate.toExponential(2)}, gradient norm ${metrics.gradNorm.toFixed(3)}, ` +
          `${formatCount(metrics.tokensPerSecond)} tokens/s${describeMore(metrics.more)}`);
        break;
      }
      case 'eval':
        pulse.write((writer) => writer.metrics(event.step, { ...prefixed(event.more), eval_loss: event.loss }, { evalLoss: event.loss }));
        context.log.write('info', `Step ${event.step}: held-out loss ${event.loss.toFixed(4)} over ${formatQuantity(event.tokens, 'token')}${describeMore(event.more)}`);
        break;
      case 'progress':
        pulse.write((writer) => writer.progress({ reason: `${event.what}: ${formatCount(event.done)} of ${formatCount(event.total)}` }));
        break;
      case 'checkpoint':
        pulse.write((writer) => writer.checkpoint(event.step, event.folder));
        context.log.write('info', `Checkpoint of step ${event.step} in ${event.folder}`);
        break;
    }
  };
  const run: TrainingRun = {
    config: model.config, weights: model.weights, settings: recipe.training, startFrom: recipe.startFrom, checkpointFolder,
    resumeFrom: await findLatestCheckpoint(checkpointFolder), signal: pulse.signal, onEvent,
  };
  const { result, trained } = data.pairs ? await trainDpo({ ...run, data: data.pairs }) : await trainSft({ ...run, data });
  if (result.outcome === 'stopped') {
    report(context, `Stopped after step ${result.step} of ${result.totalSteps}.`);
    return undefined;
  }
  report(context, `Trained ${formatQuantity(result.step, 'step')}${result.restoredStep === undefined ? '' : ` and went back to step ${result.restoredStep}, the best`}: mean loss ${result.trainLoss.toFixed(4)}` +
    `${result.evalLoss === undefined ? '' : `, held-out loss ${result.evalLoss.toFixed(4)}`}.`);
  return trained;
}

async function compareWithBase(
  context: JobRunContext, artifact: string, recipe: Recipe, model: FrozenModel, data: JobData,
): Promise<void> {
  const { job, pulse, now } = context;
  if (data.heldOut.length === 0) {
    report(context, 'No rows were held out, so base and tuned model are not compared.');
    return;
  }
  pulse.write((writer) => writer.enter('evaluating'));
  const adapter = recipe.training.peft.method === 'lora' ? await loadAdapter(artifact, model.config) : undefined;
  const tuned = { adapter, weights: adapter ? model.weights : (await openPretrained(artifact)).weights };
  const { threads } = recipe.training;
  const startedAt = now();
  const onProgress = (done: number, total: number): void => {
    const secondsLeft = done === 0 ? null : ((now() - startedAt) / 1000 / done) * (total - done);
    pulse.write((writer) => writer.progress({ reason: `Evaluating ${formatCount(done)} of ${formatCount(total)}`, secondsLeft }));
  };
  const compareAnswers = async (): Promise<EvaluationReport> => {
    await using contestants = await openContestants(model, tuned, threads);
    return await compare(contestants, data.heldOut, model.tokenizer, model.config.maxPositions, data.heldOutRows, pulse.signal, onProgress);
  };
  const evaluation = data.pairs
    ? await comparePreferences({ model, tuned, threads, heldOut: data.heldOut, pairs: data.pairs.validation }, data.heldOutRows, pulse.signal, onProgress)
    : await compareAnswers();
  await writeAtomically(join(job.folder, EVALUATION_FILE), [new TextEncoder().encode(`${JSON.stringify(evaluation, null, 2)}\n`)]);
  pulse.write((writer) => writer.evaluation(summarizeReport(evaluation)));
  context.log.write('info', `${evaluation.sentence} It took ${formatDuration(evaluation.seconds)}.`);
}

function describeData(context: JobRunContext, data: JobData): void {
  context.pulse.write((writer) => writer.progress({ charactersPerToken: data.charactersPerToken }));
  const sampled = data.heldOut.length === data.heldOutRows ? '' : ` ${formatCount(data.heldOut.length)} of them, drawn by the seed, are evaluated on: enough for an interval of ±4.4 points.`;
  report(context, `Training on ${formatQuantity(data.train.length, 'row')}, ${formatQuantity(data.heldOutRows, 'row')} held out.${sampled}`);
  for (const finding of data.findings) {
    context.log.write('warning', finding.message);
    context.pulse.write((writer) => writer.log('warning', finding.message));
  }
}

/** As transformers names what it measures on held-out rows. */
function prefixed(more: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(more).map(([name, value]) => [`eval_${name}`, value]));
}

function describeMore(more: Readonly<Record<string, number>>): string {
  return Object.entries(more).map(([name, value]) => `, ${name} ${value.toFixed(3)}`).join('');
}

function describeStart(event: TrainEvent & { kind: 'start' }): string {
  const from = event.resumedFromStep === 0 ? '' : `, resumed after step ${event.resumedFromStep}`;
  const { truncated, dropped, untrained } = event.rows;
  const cut = truncated === 0 ? '' : ` ${formatQuantity(truncated, 'row')} cut to the longest length allowed.`;
  const tooLong = dropped === 0 ? '' : ` ${formatQuantity(dropped, 'row')} left out: longer than allowed.`;
  const left = untrained === 0 ? '' : ` ${formatQuantity(untrained, 'row')} left out: no token of an answer fits.`;
  return `Training ${formatQuantity(event.trainableParameters, 'parameter')} for ${formatQuantity(event.totalSteps, 'step')}${from}.${cut}${tooLong}${left}`;
}

/** Into the log and into the job's history. */
function report(context: JobRunContext, text: string): void {
  context.log.write('info', text);
  context.pulse.write((writer) => writer.log('info', text));
}

function isStop(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'AbortError';
}
