/** Checkpoints: all that a run needs to go on as if it had never stopped. */

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { LORA_MODULES, type LoraModule } from '../model/lora.ts';
import { loadSafetensors, saveSafetensors } from '../model/safetensors.ts';
import type { Weights } from '../model/weights.ts';
import type { DataPosition } from './batches.ts';
import type { Best } from './earlyStopping.ts';
import { writeFault } from './writeFault.ts';

/** What a run must have in common with the checkpoint that it goes on from. */
export interface RunIdentity {
  readonly technique: 'sft' | 'dpo' | 'grpo';
  readonly method: 'lora' | 'full';
  readonly lora?: { readonly rank: number; readonly alpha: number; readonly targetModules: readonly LoraModule[] };
  readonly seed: number;
  readonly totalSteps: number;
  readonly rowsPerStep: number;
  /** rows, packs, pairs or prompts */
  readonly items: number;
  /** hash of the rows as they are trained on */
  readonly data: string;
  /** of the base model's matrices, when it is not float32 */
  readonly precision?: 'float16';
  /** hash of the adapter that the run went on from */
  readonly startedFrom?: string;
}

export interface Checkpoint {
  readonly identity: RunIdentity;
  /** steps completed */
  readonly step: number;
  /** optimizer updates made: a step may make none or several */
  readonly updates: number;
  readonly data: DataPosition;
  /** sum of the losses of all steps so far */
  readonly lossSum: number;
  /** the last evaluation */
  readonly evaluation: { readonly step: number; readonly loss: number } | undefined;
  readonly best: Best | undefined;
  /** adapter or weights */
  readonly parameters: Weights;
  readonly firstMoment: Weights;
  readonly secondMoment: Weights;
}

const FORMAT = 2;
const PARAMETERS = 'parameters.safetensors';
const FIRST_MOMENT = 'first-moment.safetensors';
const SECOND_MOMENT = 'second-moment.safetensors';
const STATE = 'state.json';
const FOLDER_NAME = /^step-\d{8}$/;
/** what a process that was killed while it wrote has left behind */
const PARTIAL_NAME = /^step-\d{8}\.partial$/;

/**
 * Writes a checkpoint beside the earlier ones and then removes all but the newest and the best. Nothing that was there
 * is touched before the new one is complete.
 *
 * @param keep how many of the newest are kept, at least 1
 * @returns the checkpoint's own folder, `step-00000120` within `folder`
 * @throws UserError "disk.full", "file.write.failed"
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint, keep: number): Promise<string> {
  const target = checkpointAt(folder, checkpoint.step);
  const partial = `${target}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await saveSafetensors(join(partial, PARAMETERS), checkpoint.parameters);
    await saveSafetensors(join(partial, FIRST_MOMENT), checkpoint.firstMoment);
    await saveSafetensors(join(partial, SECOND_MOMENT), checkpoint.secondMoment);
    await writeDurably(join(partial, STATE), JSON.stringify(stateOf(checkpoint), null, 2));
    // A run that was resumed may come to this step a second time.
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw writeFault(cause, `the checkpoint of step ${checkpoint.step}`, folder);
  }
  await removeOthers(folder, basename(target), keep, checkpoint.best && basename(checkpointAt(folder, checkpoint.best.step)));
  return target;
}

/** @returns the folder of the checkpoint of a step */
export function checkpointAt(folder: string, step: number): string {
  return join(folder, `step-${String(step).padStart(8, '0')}`);
}

/** @returns the folder of the newest complete checkpoint, or undefined */
export async function findLatestCheckpoint(folder: string): Promise<string | undefined> {
  const newest = (await checkpointNames(folder)).at(-1);
  return newest === undefined ? undefined : join(folder, newest);
}

/**
 * Reads a checkpoint and checks that it belongs to this run.
 *
 * @param folder the checkpoint's own folder
 * @throws UserError "checkpoint.unreadable", "checkpoint.mismatch"
 */
export async function loadCheckpoint(folder: string, identity: RunIdentity): Promise<Checkpoint> {
  const state = await readState(folder);
  for (const key of ['technique', 'method', 'lora', 'seed', 'rowsPerStep', 'items', 'data', 'precision', 'startedFrom', 'totalSteps'] as const) {
    const [found, wanted] = [JSON.stringify(state.identity[key]), JSON.stringify(identity[key])];
    if (found === wanted) continue;
    const difference = key === 'data' ? 'it was trained on other rows' : key === 'startedFrom' ? 'it went on from another adapter' : `its ${key} is ${found}, this run's is ${wanted}`;
    throw new UserError('checkpoint.mismatch', `The checkpoint ${basename(folder)} belongs to another run: ${difference}.`,
      'Resume with the settings and the data that the run was started with, or start a new run.', { place: { file: folder } });
  }
  const read = async (name: string): Promise<Weights> => {
    const file = join(folder, name);
    try {
      return (await loadSafetensors(file)).weights;
    } catch (cause) {
      // The words for a model's weights are about downloads.
      throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
    }
  };
  return { ...state, parameters: await read(PARAMETERS), firstMoment: await read(FIRST_MOMENT), secondMoment: await read(SECOND_MOMENT) };
}

type State = Omit<Checkpoint, 'parameters' | 'firstMoment' | 'secondMoment'>;

function stateOf({ identity, step, updates, data, lossSum, evaluation, best }: Checkpoint): State & { readonly format: number } {
  return { format: FORMAT, identity, step, updates, data, lossSum, evaluation, best };
}

async function readState(folder: string): Promise<State> {
  const file = join(folder, STATE);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause));
  }
  if (!isState(parsed)) throw unreadable(file, 'it is not the state of a training run of this version');
  return parsed;
}

function isState(value: unknown): value is State {
  const state = value as Partial<State & { format: number }> | null;
  return state?.format === FORMAT && Number.isSafeInteger(state.step) && Number.isSafeInteger(state.updates) && typeof state.lossSum === 'number'
    && typeof state.identity === 'object' && Number.isSafeInteger(state.data?.epoch) && Number.isSafeInteger(state.data?.step)
    && Array.isArray(state.data?.random) && state.data.random.length === 4
    && (state.identity.lora?.targetModules ?? []).every((module) => LORA_MODULES.includes(module));
}

async function checkpointNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => FOLDER_NAME.test(name)).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

/** Later steps than the newest belong to a run that was resumed from before them; they would be taken for the newest. */
async function removeOthers(folder: string, newest: string, keep: number, best: string | undefined): Promise<void> {
  const names = await checkpointNames(folder);
  const kept = [...names.filter((name) => name <= newest).slice(-keep), best];
  const halfWritten = (await readdir(folder)).filter((name) => PARTIAL_NAME.test(name));
  for (const name of [...names, ...halfWritten]) if (!kept.includes(name)) await rm(join(folder, name), { recursive: true, force: true });
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, reason: string, cause?: unknown): UserError {
  return new UserError('checkpoint.unreadable', `The checkpoint ${file} cannot be read: ${reason.replace(/\.$/, '')}.`,
    `Delete the folder ${dirname(file)} and resume: the run then goes on from the checkpoint before it.`, { cause, place: { file } });
}
