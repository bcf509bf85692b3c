/** Supervised fine-tuning, as one reads it in a paper: load, batch, forward, loss, backward, step, log, save. */

import { totalmem } from 'node:os';
import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import { activationBytes, type GraphOptions } from '../model/graphs.ts';
import { decoderShapes } from '../model/layout.ts';
import { createLoraAdapter, LORA_MODULES, type LoraAdapter } from '../model/lora.ts';
import { DecoderRuntime } from '../model/runtime.ts';
import type { Weights } from '../model/weights.ts';
import type { TokenizedExample } from '../text/chat.ts';
import { BatchPlan, longest, stepsPerEpoch } from './batches.ts';
import { loadCheckpoint, saveCheckpoint, type Checkpoint, type RunIdentity } from './checkpoint.ts';
import { hashExamples, prepareExamples, requireTrainable } from './examples.ts';
import { evaluateLoss, lossAndGradients } from './loss.ts';
import { clipFactor, globalNorm, initAdamw, updateAdamw, type AdamwState } from './optimizer.ts';
import { flattenParameters, viewsOf, type FlatParameters } from './parameters.ts';
import { learningRateAt, warmupSteps, type Schedule } from './schedule.ts';
import type { TrainEvent, TrainingData, TrainingResult, TrainingSettings } from './training.ts';

export interface SftRun {
  readonly config: DecoderConfig;
  /** the base model; left as it is, also by full training */
  readonly weights: Weights;
  readonly data: TrainingData;
  readonly settings: TrainingSettings;
  /** holds one folder a checkpoint; made when it is not there */
  readonly checkpointFolder: string;
  /** a checkpoint's own folder; the run goes on after its step */
  readonly resumeFrom?: string | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
}

export type Trained = { readonly adapter: LoraAdapter } | { readonly weights: Weights };

// PyTorch's AdamW defaults.
const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * Trains an adapter or all weights. With the same seed, threads, data and settings the result is the same byte for
 * byte, whether or not the run was interrupted and resumed.
 *
 * When the signal is aborted, the step under way is dropped, a checkpoint is written and the outcome is 'stopped'.
 *
 * @returns the result, whose `trainLoss` is the mean over all steps (as TRL's `train_loss`), and what was trained
 * @throws UserError "training.nothing-to-learn", "training.token.unknown", "training.diverged", "disk.full",
 *   "file.write.failed", "checkpoint.unreadable", "checkpoint.mismatch"
 */
export async function trainSft(run: SftRun): Promise<{ result: TrainingResult; trained: Trained }> {
  const { config, settings, signal, onEvent } = run;
  const train = prepareExamples(run.data.train, config, settings.maxLength);
  requireTrainable(train, run.data.train.length);
  const validation = prepareExamples(run.data.validation, config, settings.maxLength);
  const lengths = train.examples.map(({ ids }) => ids.length);
  const stepsInEpoch = stepsPerEpoch(lengths.length, settings);
  const totalSteps = Math.max(1, Math.min(Math.ceil(stepsInEpoch * settings.epochs), settings.maxSteps ?? Infinity));
  const identity = identityOf(settings, totalSteps, train.examples);

  const resumed = run.resumeFrom === undefined ? undefined : await loadCheckpoint(run.resumeFrom, identity);
  const parameters = flattenParameters(resumed?.parameters ?? startingPoint(run));
  const trained = trainedOf(parameters, identity);
  const gradients = new Float32Array(parameters.values.length);
  const sums = new Map([...viewsOf(parameters.segments, gradients)].map(([name, { data }]) => [name, data]));
  const plan = new BatchPlan(lengths, settings, resumed?.data ?? settings.seed);
  let adamw = resumed ? restoreAdamw(resumed) : initAdamw(parameters.values.length);
  let { step, lossSum, evaluation } = resumed ?? { step: 0, lossSum: 0, evaluation: undefined };
  let position = plan.position;

  const save = new CheckpointWriter(run, (): Checkpoint => ({
    identity, step, data: position, lossSum, evaluation, parameters: parameters.tensors,
    firstMoment: viewsOf(parameters.segments, adamw.firstMoment), secondMoment: viewsOf(parameters.segments, adamw.secondMoment),
  }));
  const schedule: Schedule = { kind: settings.schedule, totalSteps, warmupSteps: warmupSteps(settings.warmupRatio, totalSteps), peak: settings.learningRate };
  const resultOf = (outcome: TrainingResult['outcome']): TrainingResult =>
    ({ outcome, step, totalSteps, trainLoss: step === 0 ? NaN : lossSum / step, evalLoss: evaluation?.loss });
  const runtime = await DecoderRuntime.open({
    config, weights: 'weights' in trained ? trained.weights : run.weights, adapter: 'adapter' in trained ? trained.adapter : undefined,
    trainable: 'adapter' in trained ? 'adapter' : 'weights', threads: settings.threads,
    recompute: isTightOnMemory(run, trained, longest(lengths)),
  });
  onEvent({
    kind: 'start', totalSteps, trainableParameters: parameters.values.length,
    truncatedRows: train.truncated + validation.truncated, untrainedRows: train.untrained + validation.untrained, resumedFromStep: step,
  });
  const isEvaluationStep = (): boolean => step === totalSteps || (step > 0 && settings.evalEverySteps > 0 && step % settings.evalEverySteps === 0);
  try {
    for (;;) {
      // At the top of the loop, so that a resumed run makes up for an evaluation that was interrupted.
      if (isEvaluationStep() && evaluation?.step !== step && validation.examples.length > 0) {
        const { loss, tokens } = await evaluateLoss(runtime, validation.examples, { batchSize: settings.batchSize, signal });
        evaluation = { step, loss };
        onEvent({ kind: 'eval', step, loss, tokens });
      }
      if (isEvaluationStep() || save.isDue()) await save.now();
      if (step === totalSteps) break;

      const started = performance.now();
      const batches = plan.next().map((rows) => rows.map((row) => train.examples[row]));
      gradients.fill(0);
      const { loss, tokens } = await lossAndGradients(runtime, batches, sums, signal);
      const gradNorm = globalNorm(gradients);
      refuseDivergence(step + 1, loss, gradNorm, batches.flat());

      const learningRate = learningRateAt(schedule, step + 1);
      adamw = updateAdamw(parameters.values, gradients, adamw, parameters.segments, {
        ...ADAMW, weightDecay: settings.weightDecay, learningRate, gradientScale: clipFactor(gradNorm, settings.maxGradNorm),
      });
      step += 1;
      lossSum += loss;
      position = plan.position;

      const seconds = (performance.now() - started) / 1000;
      const allTokens = batches.flat().reduce((sum, { ids }) => sum + ids.length, 0);
      onEvent({
        kind: 'step', metrics: {
          step, totalSteps, epoch: step / stepsInEpoch, loss, learningRate, gradNorm,
          tokensPerSecond: allTokens / seconds, trainedTokens: tokens / allTokens, seconds,
        },
      });
      // The graphs block this thread; timers and messages of the process get their turn here.
      await nextMacrotask();
    }
  } catch (fault) {
    if (!signal.aborted || fault !== signal.reason) throw fault;
    await save.now();
    return { result: resultOf('stopped'), trained };
  } finally {
    await runtime.dispose();
  }
  return { result: resultOf('finished'), trained };
}

/** Writes checkpoints when they are due, and never the same step twice. */
class CheckpointWriter {
  private readonly run: SftRun;
  private readonly current: () => Checkpoint;
  private savedStep: number;
  private savedAt = performance.now();

  constructor(run: SftRun, current: () => Checkpoint) {
    this.run = run;
    this.current = current;
    this.savedStep = run.resumeFrom === undefined ? -1 : current().step;
  }

  isDue(): boolean {
    const every = this.run.settings.checkpointEverySeconds;
    return every > 0 && performance.now() - this.savedAt >= every * 1000;
  }

  async now(): Promise<void> {
    const checkpoint = this.current();
    if (checkpoint.step !== this.savedStep) {
      const folder = await saveCheckpoint(this.run.checkpointFolder, checkpoint);
      this.run.onEvent({ kind: 'checkpoint', step: checkpoint.step, folder });
      this.savedStep = checkpoint.step;
    }
    this.savedAt = performance.now();
  }
}

function identityOf(settings: TrainingSettings, totalSteps: number, examples: readonly TokenizedExample[]): RunIdentity {
  const { peft, seed, batchSize, gradientAccumulation } = settings;
  return {
    method: peft.method,
    ...(peft.method === 'lora' ? { lora: { rank: peft.rank, alpha: peft.alpha, targetModules: LORA_MODULES } } : {}),
    seed, totalSteps, rowsPerStep: batchSize * gradientAccumulation, trainRows: examples.length, data: hashExamples(examples),
  };
}

/** What is trained, before its first step. */
function startingPoint({ config, weights, settings }: SftRun): Weights {
  if (settings.peft.method === 'lora') return createLoraAdapter(config, { ...settings.peft, seed: settings.seed }).tensors;
  return new Map(decoderShapes(config).map(({ name }) => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new Error(`the weights have no ${name}`);
    return [name, tensor];
  }));
}

function trainedOf(parameters: FlatParameters, { lora }: RunIdentity): Trained {
  return lora === undefined ? { weights: parameters.tensors } : { adapter: { ...lora, tensors: parameters.tensors } };
}

function restoreAdamw({ step, firstMoment, secondMoment }: Checkpoint): AdamwState {
  return { step, firstMoment: flattenParameters(firstMoment).values, secondMoment: flattenParameters(secondMoment).values };
}

/** Saved activations may take a quarter of the machine; beyond that they are computed again, which gives the same numbers. */
function isTightOnMemory({ config, settings }: SftRun, trained: Trained, longestRow: number): boolean {
  const graphs: GraphOptions = 'adapter' in trained
    ? { config, dtype: 'float32', lora: trained.adapter, trainable: 'adapter' }
    : { config, dtype: 'float32', lora: undefined, trainable: 'weights' };
  return activationBytes(graphs, settings.batchSize, longestRow) > totalmem() / 4;
}

function refuseDivergence(step: number, loss: number, gradNorm: number, examples: readonly TokenizedExample[]): void {
  if (Number.isFinite(loss) && Number.isFinite(gradNorm)) return;
  const rows = examples.map(({ row }) => row).sort((a, b) => a - b);
  const shown = rows.length > 8 ? `${rows.slice(0, 8).join(', ')} and ${rows.length - 8} more` : rows.join(', ');
  throw new UserError('training.diverged',
    `Training diverged at step ${step}: ${Number.isFinite(loss) ? 'the gradient' : 'the loss'} is no longer a finite number (rows ${shown}).`,
    'Lower the learning rate and resume from the last checkpoint, which is from before.', { place: { row: rows[0] } });
}
