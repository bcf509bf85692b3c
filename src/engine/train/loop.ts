/** The training loop of all techniques: batch, loss and gradients, optimizer step, log, evaluate, save. */

import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { precisionOf } from '../model/layout.ts';
import { DecoderRuntime } from '../model/runtime.ts';
import type { Weights } from '../model/weights.ts';
import { BatchPlan, stepsPerEpoch } from './batches.ts';
import { checkpointAt, loadCheckpoint, type Checkpoint, type RunIdentity } from './checkpoint.ts';
import { CheckpointWriter } from './checkpointWriter.ts';
import { refuseDivergedStep, refuseDivergedValues } from './divergence.ts';
import { hasStalled, noteEvaluation, type Best } from './earlyStopping.ts';
import { measureMachine } from './machine.ts';
import { memoryBudget, planMemory } from './memory.ts';
import { clipFactor, globalNorm, initAdamw, updateAdamw, type AdamwState } from './optimizer.ts';
import { flattenParameters, viewsOf } from './parameters.ts';
import { learningRateAt, warmupSteps, type Schedule } from './schedule.ts';
import { hashTrained, startingPoint } from './start.ts';
import type { Objective, Technique } from './technique.ts';
import type { Trained, TrainingResult, TrainingRun } from './training.ts';

// PyTorch's AdamW defaults.
const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * Trains an adapter or all weights. With the same seed, threads, data and settings the result is the same byte for
 * byte, whether or not the run was interrupted and resumed.
 *
 * When the signal is aborted, the step under way is dropped, a checkpoint is written and the outcome is 'stopped'. With
 * early stopping, what is left behind is the best of all evaluated steps.
 *
 * @returns the result, whose `trainLoss` is the mean over all steps (as TRL's `train_loss`), and what was trained
 * @throws UserError "training.diverged", "training.memory.too-little", "training.start.needs-lora", "disk.full",
 *   "file.write.failed", "checkpoint.unreadable", "checkpoint.mismatch", and as `loadAdapter`
 */
export async function train(run: TrainingRun, technique: Technique): Promise<{ result: TrainingResult; trained: Trained }> {
  const { config, settings, signal, onEvent } = run;
  const stepsInEpoch = stepsPerEpoch(technique.lengths.length, settings);
  const totalSteps = Math.max(1, Math.min(Math.ceil(stepsInEpoch * settings.epochs), settings.maxSteps ?? Infinity));
  const start = await startingPoint(run);
  const identity = identityOf(run, totalSteps, start, technique);

  const resumed = run.resumeFrom === undefined ? undefined : await loadCheckpoint(run.resumeFrom, identity);
  const parameters = flattenParameters(resumed?.parameters ?? tensorsOf(start));
  const trained: Trained = 'adapter' in start ? { adapter: { ...start.adapter, tensors: parameters.tensors } } : { weights: parameters.tensors };
  const gradients = new Float32Array(parameters.values.length);
  const sums = new Map([...viewsOf(parameters.segments, gradients)].map(([name, { data }]) => [name, data]));
  const plan = new BatchPlan(technique.lengths, settings, resumed?.data ?? settings.seed);
  let adamw = resumed ? restoreAdamw(resumed) : initAdamw(parameters.values.length);
  let { step, lossSum, evaluation, best } = resumed ?? { step: 0, lossSum: 0, evaluation: undefined, best: undefined };
  let position = plan.position;

  const save = new CheckpointWriter(run, (): Checkpoint => {
    refuseDivergedValues(step, parameters.values);
    return {
      identity, step, updates: adamw.step, data: position, lossSum, evaluation, best, parameters: parameters.tensors,
      firstMoment: viewsOf(parameters.segments, adamw.firstMoment), secondMoment: viewsOf(parameters.segments, adamw.secondMoment),
    };
  });
  const schedule: Schedule = { kind: settings.schedule, totalSteps, warmupSteps: warmupSteps(settings.warmupRatio, totalSteps), peak: settings.learningRate };
  const resultOf = (outcome: TrainingResult['outcome'], restored?: Best): TrainingResult => ({
    outcome, step, totalSteps, trainLoss: step === 0 ? NaN : lossSum / step, evalLoss: (restored ?? evaluation)?.loss, restoredStep: restored?.step,
  });
  const memory = planMemory({
    config, lora: 'adapter' in start ? start.adapter : undefined, trainableParameters: parameters.values.length, ...technique.largestPass, precision: precisionOf(run.weights),
  }, memoryBudget(measureMachine(), settings.memoryBudgetBytes));
  const runtime = await DecoderRuntime.open({
    config, weights: 'weights' in trained ? trained.weights : run.weights, adapter: 'adapter' in trained ? trained.adapter : undefined,
    trainable: 'adapter' in trained ? 'adapter' : 'weights', threads: settings.threads,
    activations: memory.activations, temperature: technique.temperature,
  });
  onEvent({
    kind: 'start', totalSteps, trainableParameters: parameters.values.length,
    rows: technique.rows, resumedFromStep: step, memoryBytes: memory.estimate.total, activations: memory.activations,
  });
  const isEvaluationStep = (): boolean => step === totalSteps || (step > 0 && settings.evalEverySteps > 0 && step % settings.evalEverySteps === 0);
  let objective: Objective | undefined;
  try {
    objective = await technique.open({ config, runtime, base: run.weights, trained, start, emit: onEvent }, signal);
    for (;;) {
      // At the top of the loop, so that a resumed run makes up for an evaluation that was interrupted.
      if (isEvaluationStep() && evaluation?.step !== step) {
        const found = await objective.evaluate(signal);
        if (found !== undefined) {
          evaluation = { step, loss: found.loss };
          best = noteEvaluation(best, { ...evaluation, criterion: found.criterion ?? found.loss });
          onEvent({ kind: 'eval', step, loss: found.loss, tokens: found.tokens, more: found.metrics });
        }
      }
      if (isEvaluationStep() || save.isDue()) await save.now();
      if (step === totalSteps || hasStalled(best, settings)) break;

      const started = performance.now();
      const batches = plan.next();
      gradients.fill(0);
      const learningRate = learningRateAt(schedule, step + 1);
      let gradNorm = 0;
      const update = (loss: number): void => {
        gradNorm = globalNorm(gradients);
        refuseDivergedStep({ step: step + 1, loss, gradNorm, learningRate }, batches.flat().flatMap(technique.rowsOf));
        adamw = updateAdamw(parameters.values, gradients, adamw, parameters.segments, {
          ...ADAMW, weightDecay: settings.weightDecay, learningRate, gradientScale: clipFactor(gradNorm, settings.maxGradNorm),
        });
        gradients.fill(0);
      };
      const { loss, trainedTokens, tokens, metrics, isEmpty } =
        await objective.accumulate({ step: step + 1, totalSteps, batches, seed: settings.seed, update }, sums, signal);
      if (!isEmpty) update(loss);
      step += 1;
      lossSum += loss;
      position = plan.position;

      const seconds = (performance.now() - started) / 1000;
      onEvent({
        kind: 'step', metrics: {
          step, totalSteps, epoch: step / stepsInEpoch, loss, learningRate, gradNorm,
          tokensPerSecond: tokens / seconds, trainedTokens: trainedTokens / tokens, seconds, more: metrics,
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
    await objective?.dispose?.();
    await runtime.dispose();
  }
  const restored = (settings.earlyStoppingPatience ?? 0) > 0 && best !== undefined && best.step < step ? best : undefined;
  if (restored !== undefined) {
    const checkpoint = await loadCheckpoint(checkpointAt(run.checkpointFolder, restored.step), identity);
    parameters.values.set(flattenParameters(checkpoint.parameters).values);
  }
  return { result: resultOf('finished', restored), trained };
}

function identityOf({ settings, startFrom, weights }: TrainingRun, totalSteps: number, start: Trained, technique: Technique): RunIdentity {
  const { peft, seed, batchSize, gradientAccumulation } = settings;
  const lora = 'adapter' in start ? { rank: start.adapter.rank, alpha: start.adapter.alpha, targetModules: start.adapter.targetModules } : undefined;
  return {
    technique: technique.name, method: peft.method, ...(lora && { lora }),
    seed, totalSteps, rowsPerStep: batchSize * gradientAccumulation, items: technique.lengths.length, data: technique.data,
    ...(precisionOf(weights) === 'float16' && { precision: 'float16' as const }),
    ...(startFrom !== undefined && 'adapter' in start && { startedFrom: hashTrained(start) }),
  };
}

function tensorsOf(trained: Trained): Weights {
  return 'adapter' in trained ? trained.adapter.tensors : trained.weights;
}

function restoreAdamw({ updates, firstMoment, secondMoment }: Checkpoint): AdamwState {
  return { step: updates, firstMoment: flattenParameters(firstMoment).values, secondMoment: flattenParameters(secondMoment).values };
}
