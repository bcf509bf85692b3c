/** How much memory a run will take, before it begins: the arithmetic, the choice it leads to, and the refusal that shows it. */

import { UserError } from '../errors.ts';
import { headRows, type Activations } from '../model/activations.ts';
import { activationBytes, type GraphOptions } from '../model/graphs.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import type { LoraShape } from '../model/layers.ts';
import { countParameters, decoderShapes } from '../model/layout.ts';
import { linearFeatures, LORA_MODULES } from '../model/lora.ts';
import type { Precision } from '../model/weights.ts';
import type { MachineMemory } from './machine.ts';
import type { TrainingSettings } from './training.ts';

/** What decides the memory of a run. */
export interface MemoryDemand {
  readonly config: DecoderConfig;
  /** undefined: all weights are trained */
  readonly lora: LoraShape | undefined;
  readonly trainableParameters: number;
  /** of the largest forward pass */
  readonly rows: number;
  readonly length: number;
  /** of the base model's matrices; float32 unless given */
  readonly precision?: Precision | undefined;
}

/** One term of the sum. */
export interface MemoryPart {
  readonly what: 'base weights' | 'widened weights' | 'trained copy' | 'adapter' | 'gradients' | 'optimizer' | 'activations' | 'logits' | 'runtime';
  readonly bytes: number;
}

export interface MemoryEstimate {
  readonly parts: readonly MemoryPart[];
  readonly total: number;
}

export interface MemoryPlan {
  readonly activations: Activations;
  readonly estimate: MemoryEstimate;
}

const FLOAT = 4;
const HALF = 2;
/** AdamW keeps two moments a parameter. */
const MOMENTS = 2;
/** What a backward graph holds at once beside what was saved, in sets of one layer's activations: gradients and what it computes again. */
const LAYERS_IN_WORK = 3;
/** Logits, their probabilities and their gradient live together. */
const LOGIT_ARRAYS = 3;
/** A whole step keeps also what a layer's graph computes again because it is cheap. Measured with the shape of SmolLM2-135M. */
const WHOLE_STEP_FACTOR = 1.8;
/** The process with its runtime and its compiled graphs, before any tensor. */
const RUNTIME_BYTES = 250e6;

/**
 * Pure: equal demands give equal estimates.
 */
export function estimateMemory({ config, lora, trainableParameters, rows, length, precision }: MemoryDemand, activations: Activations): MemoryEstimate {
  const graphs: GraphOptions = { config, dtype: 'float32', lora, trainable: lora ? 'adapter' : 'weights' };
  const saved = activationBytes(graphs, rows, length);
  const oneLayer = saved / config.layers;
  const layerInputs = config.layers * rows * length * config.hiddenSize * FLOAT;
  const kept = { 'whole-step': WHOLE_STEP_FACTOR * saved, saved, recomputed: layerInputs }[activations];
  const logitRows = activations === 'whole-step' ? rows * length : Math.min(headRows(config.vocabSize, activations === 'recomputed') * LOGIT_ARRAYS, rows * length);
  const [weights, widened] = precision === 'float16' ? [HALF * countParameters(config), FLOAT * largestMatrix(config)] : [FLOAT * countParameters(config), 0];
  const parts: MemoryPart[] = [
    { what: 'base weights', bytes: weights },
    ...(widened > 0 ? [{ what: 'widened weights', bytes: widened } as const] : []),
    { what: lora ? 'adapter' : 'trained copy', bytes: trainableParameters * FLOAT },
    { what: 'gradients', bytes: trainableParameters * FLOAT },
    { what: 'optimizer', bytes: trainableParameters * FLOAT * MOMENTS },
    { what: 'activations', bytes: LAYERS_IN_WORK * oneLayer + kept },
    { what: 'logits', bytes: logitRows * config.vocabSize * FLOAT },
    { what: 'runtime', bytes: RUNTIME_BYTES },
  ];
  return { parts, total: parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The demand of a run that begins with a fresh adapter or trains all weights. */
export function demandOf(
  config: DecoderConfig, peft: TrainingSettings['peft'], pass: { readonly rows: number; readonly length: number; readonly precision?: Precision | undefined },
): MemoryDemand {
  if (peft.method === 'full') return { config, lora: undefined, trainableParameters: countParameters(config), ...pass };
  const { rank, alpha } = peft;
  const inALayer = LORA_MODULES.map((module) => linearFeatures(config, module)).reduce((sum, { inputs, outputs }) => sum + rank * (inputs + outputs), 0);
  return { config, lora: { rank, alpha, targetModules: LORA_MODULES }, trainableParameters: config.layers * inALayer, ...pass };
}

/** What a run will take on a machine of so many bytes where nothing else runs; where nothing fits, the least that it would take. */
export function foretellMemory(demand: MemoryDemand, totalBytes: number, limit?: number): { readonly bytes: number; readonly budget: number } {
  const budget = memoryBudget({ total: totalBytes, available: totalBytes, resident: 0 }, limit);
  const plan = fittingPlan(demand, budget);
  return { bytes: plan?.estimate.total ?? estimateMemory(demand, 'recomputed').total, budget: budget.bytes };
}

/**
 * Chooses the fastest way that fits. A whole step rounds otherwise than a step by layers, so whether it is chosen
 * must not depend on what happens to be free: a resumed run would end in other bytes.
 *
 * @param budget.bytes that the whole process may take
 * @param budget.steady bytes of it that are there in every run on this machine
 * @throws UserError "training.memory.too-little" with the arithmetic when neither fits
 */
export function planMemory(demand: MemoryDemand, budget: MemoryBudget): MemoryPlan {
  const plan = fittingPlan(demand, budget);
  if (plan) return plan;
  const { parts, total } = estimateMemory(demand, 'recomputed');
  const { rows, length, lora } = demand;
  const shown = parts.map(({ what, bytes }) => `${what} ${formatBytes(bytes)}${what === 'activations' ? ` for ${rows} × ${length} tokens` : ''}`);
  const remedies = [
    ...(rows > 1 ? [`lower batchSize from ${rows} and raise gradientAccumulation as much`] : []),
    'lower maxLength',
    ...(lora ? [] : ['train an adapter (method: lora)']),
    ...(lora && demand.precision !== 'float16' ? ['hold the base model in half precision (precision: float16)'] : []),
    'choose a smaller base model',
  ];
  throw new UserError('training.memory.too-little',
    `Training needs about ${formatBytes(total)} of memory and may take ${formatBytes(budget.bytes)}: ${shown.join(' + ')}.`,
    `${budget.isLimit ? 'Raise the memory limit' : 'Close other programs'}, or ${remedies.join(', or ')}.`);
}

/** A whole step would hold every widened matrix, as much as float16 saves and more. */
const LAYER_WISE = ['saved', 'recomputed'] as const;

function fittingPlan(demand: MemoryDemand, budget: MemoryBudget): MemoryPlan | undefined {
  for (const activations of demand.precision === 'float16' ? LAYER_WISE : ['whole-step', ...LAYER_WISE] as const) {
    const estimate = estimateMemory(demand, activations);
    if (estimate.total <= (activations === 'whole-step' ? budget.steady : budget.bytes)) return { activations, estimate };
  }
  return undefined;
}

export interface MemoryBudget {
  readonly bytes: number;
  readonly steady: number;
  /** somebody chose it, whatever the machine has */
  readonly isLimit?: boolean;
}

/** @param limit in bytes; undefined: by what the machine has */
export function memoryBudget(machine: MachineMemory, limit: number | undefined): MemoryBudget {
  return limit === undefined ? defaultBudget(machine) : { bytes: limit, steady: limit, isLimit: true };
}

/**
 * Four fifths of what is free or already held by this process; at least half of the machine, because some systems count
 * memory as taken that they would give back.
 */
export function defaultBudget({ total, available, resident }: MachineMemory): MemoryBudget {
  const steady = 0.5 * total;
  return { bytes: Math.max(0.8 * (available + resident), steady), steady };
}

function largestMatrix(config: DecoderConfig): number {
  return Math.max(...decoderShapes(config).map(({ shape }) => shape.reduce((a, b) => a * b, 1)));
}

function formatBytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}
