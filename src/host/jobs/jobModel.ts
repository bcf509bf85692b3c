/** The jobs as this window knows them: opens the JobClient on first need, keeps the newest list, fires on change. */

import { UserError } from '../../core/errors.ts';
import type { Job } from '../../core/jobs/job.ts';
import type { JobClient } from '../../core/jobs/jobClient.ts';
import { DisposableList, Emitter } from '../../core/lifecycle.ts';

export interface JobsChange {
  readonly jobs: readonly Job[];
  /** jobs that were known and whose state is another now, with the state before */
  readonly moved: readonly { readonly job: Job; readonly from: Job['state'] }[];
}

export class JobModel {
  readonly #open: () => Promise<JobClient>;
  readonly #changed = new Emitter<JobsChange>();
  readonly #owned = new DisposableList();
  #client: Promise<JobClient> | undefined;
  #jobs: readonly Job[] | undefined;
  #isDisposed = false;

  constructor(open: () => Promise<JobClient>) {
    this.#open = open;
  }

  readonly onDidChange = this.#changed.event;

  /** newest first; undefined until the store was opened */
  get jobs(): readonly Job[] | undefined {
    return this.#jobs;
  }

  /** Opens the store on the first call. A failed attempt is forgotten, so that the next one may succeed. */
  client(): Promise<JobClient> {
    this.#client ??= this.#start().catch((fault: unknown) => {
      this.#client = undefined;
      throw fault;
    });
    return this.#client;
  }

  async #start(): Promise<JobClient> {
    const client = await this.#open();
    if (this.#isDisposed) {
      client.dispose();
      throw new Error('The window closed while its jobs were being read.');
    }
    this.#owned.add(client);
    // The event names only what changed, and nothing that was removed.
    this.#owned.add(client.onDidChangeJobs(() => this.#take(client.list())));
    this.#take(client.list());
    return client;
  }

  /** For changes that the client does not tell of, such as a removal made here. */
  async reread(): Promise<void> {
    this.#take((await this.client()).list());
  }

  /** @throws UserError "job.unknown" when the store has no such job */
  async get(id: string): Promise<Job> {
    const job = (await this.client()).get(id);
    if (job === undefined) throw new UserError('job.unknown', `There is no job ${id}: it was removed.`, 'Choose another one in the Jobs view.');
    return job;
  }

  #take(jobs: readonly Job[]): void {
    const before = new Map((this.#jobs ?? []).map((job) => [job.id, job.state]));
    this.#jobs = jobs;
    const moved = jobs.flatMap((job) => {
      const from = before.get(job.id);
      return from === undefined || from === job.state ? [] : [{ job, from }];
    });
    this.#changed.fire({ jobs, moved });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#owned.dispose();
    this.#changed.dispose();
  }
}
