/** The backend of this machine: the embedded engine in a process of its own. */

import { basename, isAbsolute, join } from 'node:path';

import type { ExportProgress, ExportReport } from '../../../engine/export/exportFormats.ts';
import type { Finding } from '../../datasets/finding.ts';
import { UserError } from '../../errors.ts';
import { readArtifactNotes } from '../../jobs/artifact.ts';
import type { Job } from '../../jobs/job.ts';
import type { ExportRequest, GenerateRequest, GenerateResult } from '../../jobs/jobClient.ts';
import type { JobStore } from '../../jobs/jobStore.ts';
import type { Recipe, Technique } from '../../recipes/recipe.ts';
import { formatList } from '../../wording/lists.ts';
import { TECHNIQUE_WORDS } from '../../wording/techniques.ts';
import { formatBytes } from '../../wording/numbers.ts';
import type { Backend, Capabilities, Estimate, Profiles } from '../backend.ts';
import { BaseModels, type BaseModelFacts } from './baseModels.ts';
import type { ComputeRate } from './trainingSpeed.ts';
import type { LocalEstimate } from './estimateLocal.ts';
import { ExportClient } from './exportClient.ts';
import { freeDisk } from './freeDisk.ts';
import { hubCacheFolder } from './hub/hubCache.ts';
import { InferenceClient } from './inferenceClient.ts';
import type { ExportSource, ModelFiles } from './inferenceContract.ts';
import { thisMachine, type MachineSize } from './machine.ts';
import { readRate, writeRate } from './measuredRate.ts';
import type { LocalPrograms } from './nodeProcess.ts';
import { RunnerLauncher } from './runnerLauncher.ts';

export interface LocalBackendOptions {
  readonly programs: LocalPrograms;
  readonly store: JobStore;
  /** handed to the child processes, less what the editor put there for itself */
  readonly environment: NodeJS.ProcessEnv;
  /** for tests of what cannot be arranged; default: the system's own answers */
  readonly resources?: Partial<Resources>;
}

export interface Resources extends MachineSize {
  /** bytes that may be written to the disk of this folder; undefined where the system does not say */
  freeDisk(folder: string): Promise<number | undefined>;
}

const TRAINED_HERE: readonly Technique[] = ['sft', 'dpo'];

export class LocalBackend implements Backend {
  readonly id = 'local';
  readonly #store: JobStore;
  readonly #models: BaseModels;
  readonly #launcher: RunnerLauncher;
  readonly #inference: InferenceClient;
  readonly #exports: ExportClient;
  readonly #resources: Resources;
  #disposed = false;

  constructor(options: LocalBackendOptions) {
    const { programs, store, environment } = options;
    this.#store = store;
    this.#models = new BaseModels(programs.mediaFolder, store.home, hubCacheFolder(environment));
    this.#launcher = new RunnerLauncher(programs, store.home, environment);
    this.#inference = new InferenceClient(programs, environment, store.clock);
    this.#exports = new ExportClient(programs, environment);
    this.#resources = { freeDisk, ...thisMachine(), ...options.resources };
  }

  async capabilities(): Promise<Capabilities> {
    return {
      techniques: TRAINED_HERE,
      baseModels: await this.#models.list(),
      canGenerate: true,
      canResume: true,
      asOf: new Date(this.#store.clock.now()).toISOString().slice(0, 10),
    };
  }

  async check(recipe: Recipe, profiles: Profiles): Promise<readonly Finding[]> {
    if (!TRAINED_HERE.includes(recipe.technique)) return [notTrainedHere(recipe)];
    let model: BaseModelFacts;
    try {
      model = await this.#models.inspect(recipe.baseModel);
    } catch (fault) {
      if (fault instanceof UserError) return [finding('error', fault.code, fault.message, fault.remedy)];
      throw fault;
    }
    return [...checkFormat(recipe, profiles), ...checkUnused(recipe), ...await this.#checkDisk(recipe, profiles, model), ...await this.#checkMemory(recipe, profiles, model)];
  }

  async estimate(recipe: Recipe, profiles: Profiles): Promise<Estimate> {
    return this.#estimate(recipe, profiles, await this.#models.inspect(recipe.baseModel));
  }

  async baseModelHash(ref: string): Promise<string> {
    return (await this.#models.inspect(ref)).configSha256;
  }

  pinBaseModel(ref: string): Promise<string> {
    return this.#models.pin(ref);
  }

  submit(job: Job): Promise<void> {
    return this.#launch(job);
  }

  /** The request is in the store already, where the runner looks several times a second. */
  stop(): Promise<void> {
    return Promise.resolve();
  }

  resume(job: Job): Promise<void> {
    return this.#launch(job);
  }

  async computeRate(): Promise<ComputeRate | undefined> {
    const known = await readRate(this.#store.home);
    if (known) return known;
    try {
      const rate = { flops: await this.#inference.measureRate() };
      await writeRate(this.#store.home, rate, this.#store.clock.now());
      return rate;
    } catch (fault) {
      // It is for estimates only: without it they are wider.
      if (fault instanceof UserError) return undefined;
      throw fault;
    }
  }

  async generate(request: GenerateRequest, onText: (piece: string) => void, signal: AbortSignal): Promise<GenerateResult> {
    return this.#inference.generate(await this.#filesOf(request.model), request, onText, signal);
  }

  async exportModel({ model, format, folder }: ExportRequest, onProgress: (progress: ExportProgress) => void, signal: AbortSignal): Promise<ExportReport> {
    return this.#exports.run({ source: await this.#exportSource(model), format, folder }, onProgress, signal);
  }

  dispose(): void {
    this.#disposed = true;
    this.#exports.dispose();
    this.#inference.dispose();
  }

  #launch(job: Job): Promise<void> {
    // A process that ends long after it began is no failure of a later start.
    const attempt = this.#store.attemptOf(job.id);
    return this.#launcher.launch(job, (output) => {
      if (this.#disposed) return;
      this.#store.failToStart(job.id, attempt, {
        code: 'runner.start.failed',
        message: `The training process ended before it could begin: ${output}`,
        remedy: 'Resume the job to try again; if that fails, reinstall Tunesmith.',
      });
    });
  }

  async #estimate(recipe: Recipe, profiles: Profiles, model: BaseModelFacts): Promise<LocalEstimate> {
    // Loaded on first use: it builds the engine's graphs to know what they keep.
    const { estimateLocal } = await import('./estimateLocal.ts');
    const measured = this.#store.speeds(model.configSha256, recipe.training.peft.method);
    const { cores, totalMemory } = this.#resources;
    return estimateLocal(recipe, profiles, model, measured, { cores, totalMemory, rate: await readRate(this.#store.home) });
  }

  async #checkDisk(recipe: Recipe, profiles: Profiles, model: BaseModelFacts): Promise<readonly Finding[]> {
    const trainable = recipe.training.peft.method === 'full' ? model.parameters : model.parameters / 10;
    // The checkpoints that are kept, each with AdamW's two moments, the artifact, and the copies of the data.
    const needed = Math.round(4 * trainable * ((recipe.training.keepCheckpoints ?? 2) * 3 + 1)) + profiles.train.bytes + (profiles.validation?.bytes ?? 0);
    const free = await this.#resources.freeDisk(this.#store.home);
    if (free === undefined || free >= needed) return [];
    return [finding('error', 'disk.full', `The job needs about ${formatBytes(needed)} in ${this.#store.home}, and ${formatBytes(free)} are free.`,
      'Free some space, or choose another folder in the setting tunesmith.home.')];
  }

  async #checkMemory(recipe: Recipe, profiles: Profiles, model: BaseModelFacts): Promise<readonly Finding[]> {
    const { memoryBytes: needed, memoryBudget } = await this.#estimate(recipe, profiles, model);
    const { totalMemory } = this.#resources;
    if (needed <= memoryBudget) return [];
    const limit = recipe.training.memoryBudgetBytes;
    // The length of rows in tokens is estimated: only what can by no means fit is refused.
    const severity = 4 * model.parameters > Math.min(totalMemory, limit ?? Infinity) ? 'error' : 'warning';
    const allowed = limit === undefined ? `${formatBytes(memoryBudget)} of the ${formatBytes(totalMemory)} of this machine` : `${formatBytes(limit)}: memoryLimit says so`;
    return [finding(severity, 'memory.short', `The job needs about ${formatBytes(needed)} of memory, and may take ${allowed}.`,
      `Choose a smaller base model, a smaller batchSize or a smaller maxLength${limit === undefined ? '' : ', or raise memoryLimit'}.`)];
  }

  async #exportSource(ref: string): Promise<ExportSource> {
    const job = this.#store.get(ref);
    const folder = job?.artifact ?? ref;
    const notes = await readArtifactNotes(folder);
    const named = job === undefined && isAbsolute(ref) ? await adapterBase(ref) : undefined;
    const files = named === undefined ? await this.#filesOf(ref) : { base: await this.#models.resolve(named), adapter: ref };
    return { ...files, systemPrompt: notes?.systemPrompt, name: job?.name ?? basename(ref) };
  }

  /** @throws UserError "model.not-ready" for a job without a tuned model, "model.ref.unknown" */
  async #filesOf(ref: string): Promise<ModelFiles> {
    const job = this.#store.get(ref);
    if (!job) return { base: await this.#models.resolve(ref), adapter: undefined };
    const notes = job.artifact === undefined ? undefined : await readArtifactNotes(job.artifact);
    if (!job.artifact || !notes) {
      throw new UserError('model.not-ready', `Job ${job.id} has no tuned model: it is ${job.state}.`,
        'Wait until it has been trained, or resume it.');
    }
    return notes.method === 'full' ? { base: job.artifact, adapter: undefined }
      : { base: await this.#models.resolve(notes.baseModel), adapter: job.artifact };
  }
}

/** Pairs are learned from with "dpo"; single answers only with "sft". */
function notTrainedHere({ technique }: Recipe): Finding {
  const { name } = TECHNIQUE_WORDS[technique];
  return finding('error', 'recipe.technique.not-here', `This machine cannot do ${name} ("${technique}") yet.`, `Set technique to ${formatList(TRAINED_HERE.map((one) => `"${one}"`), 'or')}`);
}

function checkUnused({ unused = [] }: Recipe): readonly Finding[] {
  if (unused.length === 0) return [];
  const names = formatList(unused.map((name) => `"${name}"`));
  return [finding('warning', 'recipe.field.unused', `${names} ${unused.length === 1 ? 'has' : 'have'} no effect on this machine yet.`, 'Remove what the job shall not depend on')];
}

function checkFormat({ technique, dataset }: Recipe, { train, validation }: Profiles): readonly Finding[] {
  if (technique !== 'dpo') return [];
  return [{ profile: train, file: dataset.train }, { profile: validation, file: dataset.validation }].flatMap(({ profile, file }) =>
    (profile?.format === undefined || profile.format === 'preference' ? []
      : [finding('error', 'recipe.technique.needs-pairs', `The technique is dpo, but ${basename(file ?? '')} holds no preference pairs.`,
        'Write rows with "prompt", "chosen" and "rejected", or set technique to "sft"')]));
}

/** What PEFT's configuration names as the model that an adapter belongs to; undefined for a folder that holds none. */
async function adapterBase(folder: string): Promise<string | undefined> {
  const { readOptionalJson } = await import('../../../engine/model/jsonFile.ts');
  const config = (await readOptionalJson(join(folder, 'adapter_config.json'))) as { readonly base_model_name_or_path?: unknown } | undefined;
  return config && String(config.base_model_name_or_path);
}

function finding(severity: Finding['severity'], code: string, message: string, remedy: string): Finding {
  return { code, severity, message, remedy, rows: [], count: 0 };
}
