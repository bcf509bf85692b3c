/** The JobClient over the shared store: it validates and records, the backend of a job does the work. */

import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Backend, Estimate, Profiles } from '../backends/backend.ts';
import type { ComputeRate } from '../backends/local/trainingSpeed.ts';
import type { BackendRegistry } from '../backends/registry.ts';
import type { Finding } from '../datasets/finding.ts';
import type { DatasetProfile } from '../datasets/profile.ts';
import { UserError } from '../errors.ts';
import type { EvaluationReport } from '../evaluation/evaluation.ts';
import type { Disposable, Event } from '../lifecycle.ts';
import type { ExportProgress, ExportReport } from '../../engine/export/exportFormats.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { describeArtifact } from './artifact.ts';
import type { Clock } from './clock.ts';
import { EVALUATION_FILE, jobFolder } from './home.ts';
import type { Job, JobEvent, MetricPoint } from './job.ts';
import type { ExportRequest, GenerateRequest, GenerateResult, JobChange, JobClient, JobHistory, ModelEntry, SubmitOptions } from './jobClient.ts';
import { JobFeed } from './jobFeed.ts';
import { sweepDrafts, takeSnapshot } from './jobSnapshot.ts';
import { unknownJob, type JobStore } from './jobStore.ts';

export interface StoredJobClientOptions {
  /** called once, on first use: opening the store is too slow for the editor's start-up */
  readonly openStore: () => JobStore;
  readonly backends: BackendRegistry;
  readonly readRecipe: (file: string) => Promise<Recipe>;
  readonly inspectDataset: (file: string, signal?: AbortSignal) => Promise<DatasetProfile>;
  readonly clock: Clock;
  /** hears of faults outside any call: of polling, and of listeners */
  readonly onFault: (fault: unknown) => void;
}

export class StoredJobClient implements JobClient {
  readonly #options: StoredJobClientOptions;
  #opened: { readonly store: JobStore; readonly feed: JobFeed } | undefined;
  #disposed = false;

  constructor(options: StoredJobClientOptions) {
    this.#options = options;
  }

  async check(recipe: Recipe, profiles: Profiles): Promise<readonly Finding[]> {
    return (await this.#options.backends.get(recipe.backend)).check(recipe, profiles);
  }

  async estimate(recipe: Recipe, profiles: Profiles): Promise<Estimate> {
    return (await this.#options.backends.get(recipe.backend)).estimate(recipe, profiles);
  }

  async submit(recipeFile: string, options: SubmitOptions = {}): Promise<Job> {
    const token = options.token ?? randomBytes(16).toString('hex');
    const known = this.#store.byToken(token);
    if (known) return known;

    const read = await this.#options.readRecipe(recipeFile);
    const profiles = await this.#inspect(read, options.signal);
    const obstacle = (await this.check(read, profiles)).find((finding) => finding.severity === 'error');
    if (obstacle) throw new UserError(obstacle.code, obstacle.message, obstacle.remedy, { place: { file: recipeFile } });

    const backend = await this.#options.backends.get(read.backend);
    // A branch of the hub may move while the job runs or is resumed.
    const recipe = { ...read, baseModel: await backend.pinBaseModel(read.baseModel) };
    const createdAt = this.#options.clock.now();
    const id = newJobId(createdAt);
    const baseHash = await backend.baseModelHash(recipe.baseModel);
    const snapshot = await takeSnapshot(jobFolder(this.#store.home, id), { id, createdAt }, recipeFile, recipe, baseHash, options.signal);
    let inserted: { readonly job: Job; readonly isNew: boolean };
    try {
      // The folder first: a job that is listed always has its recipe and data.
      await snapshot.commit();
      options.signal?.throwIfAborted();
      inserted = this.#store.insert({
        id, token, fingerprint: snapshot.manifest.fingerprint, name: recipe.name, backend: recipe.backend,
        technique: recipe.technique, method: recipe.training.peft.method, baseModel: recipe.baseModel, baseHash, recipeFile,
      });
      if (!inserted.isNew) await snapshot.discard();
    } catch (fault) {
      await snapshot.discard();
      throw fault;
    }
    if (inserted.isNew) await this.#start(backend, inserted.job, 'submit');
    // The job runs: that something old could not be cleared away is no failure of it.
    await sweepDrafts(this.#store.home, createdAt).catch(this.#options.onFault);
    return this.#store.expect(inserted.job.id);
  }

  list(): readonly Job[] {
    this.#store.noticeLost();
    return this.#store.list();
  }

  get(id: string): Job | undefined {
    return this.#store.get(id);
  }

  readonly onDidChangeJobs: Event<readonly Job[]> = (listener) => this.#feed.onDidChangeJobs(listener);

  history(id: string): JobHistory {
    const history = this.#store.changeOf(id, 0);
    if (!history) throw unknownJob(id);
    return history;
  }

  watch(id: string, listener: (change: JobChange) => void, afterSeq?: number): Disposable {
    return this.#feed.watch(id, listener, afterSeq);
  }

  async stop(id: string): Promise<void> {
    const job = this.#store.requestStop(id);
    this.#feed.refresh();
    if (job.state === 'stopping') await (await this.#options.backends.get(job.backend)).stop(job);
  }

  async resume(id: string): Promise<Job> {
    const job = this.#store.requeue(id);
    await this.#start(await this.#options.backends.get(job.backend), job, 'resume');
    return this.#store.expect(id);
  }

  async remove(id: string): Promise<void> {
    const { folder } = this.#store.expect(id);
    this.#store.remove(id);
    this.#feed.refresh();
    await rm(folder, { recursive: true, force: true });
  }

  events(id: string, afterSeq?: number): readonly JobEvent[] {
    return this.#store.events(id, afterSeq);
  }

  metrics(id: string, afterSeq?: number): readonly MetricPoint[] {
    return this.#store.metrics(id, afterSeq);
  }

  async evaluation(id: string): Promise<EvaluationReport | undefined> {
    const file = join(this.#store.expect(id).folder, EVALUATION_FILE);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fault;
    }
    try {
      return JSON.parse(text) as EvaluationReport;
    } catch (cause) {
      throw new UserError('job.evaluation.damaged', `${file} is not readable as JSON.`, 'Resume or launch the job again.',
        { cause, place: { file } });
    }
  }

  async models(): Promise<readonly ModelEntry[]> {
    const bases = await Promise.all(
      this.#options.backends.ids.map(async (id) => (await (await this.#options.backends.get(id)).capabilities()).baseModels));
    const tuned = await Promise.all(this.list().map((job) => tunedModel(job)));
    return [...bases.flat(), ...tuned.filter((entry) => entry !== undefined)];
  }

  async computeRate(): Promise<ComputeRate | undefined> {
    return (await this.#options.backends.get('local')).computeRate();
  }

  async generate(
    request: GenerateRequest, onText: (piece: string) => void, signal: AbortSignal = new AbortController().signal,
  ): Promise<GenerateResult> {
    const backend = await this.#options.backends.get(this.#store.get(request.model)?.backend ?? 'local');
    return backend.generate(request, onText, signal);
  }

  async exportModel(
    request: ExportRequest, onProgress: (progress: ExportProgress) => void, signal: AbortSignal = new AbortController().signal,
  ): Promise<ExportReport> {
    const backend = await this.#options.backends.get(this.#store.get(request.model)?.backend ?? 'local');
    return backend.exportModel(request, onProgress, signal);
  }

  dispose(): void {
    this.#disposed = true;
    this.#opened?.feed.dispose();
    this.#opened?.store.close();
    this.#options.backends.dispose();
  }

  get #store(): JobStore {
    return this.#open().store;
  }

  get #feed(): JobFeed {
    return this.#open().feed;
  }

  #open(): { readonly store: JobStore; readonly feed: JobFeed } {
    if (this.#disposed) throw new Error('This job client was disposed of.');
    if (!this.#opened) {
      const store = this.#options.openStore();
      this.#opened = { store, feed: new JobFeed(store, this.#options.clock, this.#options.onFault) };
    }
    return this.#opened;
  }

  async #inspect(recipe: Recipe, signal: AbortSignal | undefined): Promise<Profiles> {
    const { train, validation } = recipe.dataset;
    const profiles = {
      train: await this.#options.inspectDataset(train, signal),
      validation: validation === undefined ? undefined : await this.#options.inspectDataset(validation, signal),
    };
    refuseUnusable(profiles.train);
    if (profiles.validation) refuseUnusable(profiles.validation);
    return profiles;
  }

  async #start(backend: Backend, job: Job, how: 'submit' | 'resume'): Promise<void> {
    const attempt = this.#store.attemptOf(job.id);
    try {
      await backend[how](job);
    } catch (fault) {
      const { code, message, remedy } = fault instanceof UserError ? fault
        : new UserError('job.start.failed', `The job could not be started: ${(fault as Error).message}.`, 'Resume it to try again.');
      this.#store.failToStart(job.id, attempt, { code, message, remedy });
      throw fault;
    } finally {
      this.#feed.refresh();
    }
  }
}

/** @throws UserError with the code of the finding that names the cause */
function refuseUnusable(profile: DatasetProfile): void {
  if (profile.usableRows > 0) return;
  const cause = profile.findings.find((finding) => finding.severity === 'error');
  throw new UserError(
    cause?.code ?? 'dataset.nothing-usable',
    cause ? `${profile.file} has no row that can be trained on: ${cause.message}` : `${profile.file} has no row that can be trained on.`,
    cause?.remedy ?? 'Add rows, then launch again.',
    { place: { file: profile.file, ...(cause?.rows[0] === undefined ? {} : { row: cause.rows[0] }) } },
  );
}

async function tunedModel(job: Job): Promise<ModelEntry | undefined> {
  const described = job.artifact && await describeArtifact(job.artifact);
  if (!job.artifact || !described) return undefined;
  return {
    ref: job.id, label: job.name, kind: 'tuned', folder: job.artifact, bytes: described.bytes, jobId: job.id,
    baseModel: job.baseModel, systemPrompt: described.systemPrompt,
  };
}

/** `20261122-140321123-k3f9`: sorts by time and is safe as a folder name. */
function newJobId(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().replace(/[-:.Z]/g, '').split('T');
  return `${day}-${time}-${randomBytes(3).toString('hex').slice(0, 4)}`;
}
