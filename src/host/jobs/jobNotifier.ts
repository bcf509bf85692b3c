/** The one notification when a job ends, over all windows. */

import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../../core/jobs/job.ts';
import type { Disposable } from '../../core/lifecycle.ts';
import { Commands } from '../../ids.ts';
import type { JobModel, JobsChange } from './jobModel.ts';
import { type EndNotice, endNotice } from './jobText.ts';

/** Shows a message and answers with the chosen action. */
export type Announce = (notice: EndNotice) => Promise<EndNotice['actions'][number] | undefined>;

/** Runs a command of ours; the notification's actions do nothing themselves. */
export type RunCommand = (
  id: typeof Commands.compareJob | typeof Commands.openReport | typeof Commands.openLog | typeof Commands.resumeJob,
  jobId: string,
) => Promise<void>;

/** Of all windows that claim a name, one is told true. */
export type Claim = (name: string) => Promise<boolean>;

/** Announces the end of a job once, in a window that holds its recipe or launched it. */
export class JobNotifier implements Disposable {
  readonly #announce: Announce;
  readonly #run: RunCommand;
  readonly #claim: Claim;
  readonly #isOurs: (job: Job) => boolean;
  readonly #launched = new Set<string>();
  readonly #listening: { dispose(): void };

  constructor(model: Pick<JobModel, 'onDidChange'>, options: { announce: Announce; run: RunCommand; claim: Claim; isOurs: (job: Job) => boolean }) {
    this.#announce = options.announce;
    this.#run = options.run;
    this.#claim = options.claim;
    this.#isOurs = options.isOurs;
    this.#listening = model.onDidChange((change) => void this.#hear(change));
  }

  /** A job launched here is announced here, wherever its recipe lies. */
  launchedHere(jobId: string): void {
    this.#launched.add(jobId);
  }

  async #hear({ jobs, moved }: JobsChange): Promise<void> {
    for (const id of this.#launched) if (!jobs.some((job) => job.id === id)) this.#launched.delete(id);
    await Promise.all(
      moved.map(async ({ job, from }) => {
        const notice = endNotice(job);
        if (!notice || !(this.#launched.has(job.id) || this.#isOurs(job))) return;
        // The claim names the moment, so that a resumed job's second end is heard too.
        if (!(await this.#claim(`${job.id}-${job.state}-${job.endedAt ?? from}`))) return;
        await this.#say(job, notice);
      }),
    );
  }

  async #say(job: Job, notice: EndNotice): Promise<void> {
    const action = await this.#announce(notice);
    switch (action) {
      case 'Compare':
        return this.#run(Commands.compareJob, job.id);
      case 'Open Report':
        return this.#run(Commands.openReport, job.id);
      case 'Open Log':
        return this.#run(Commands.openLog, job.id);
      case 'Resume':
        return this.#run(Commands.resumeJob, job.id);
      case undefined:
        return undefined;
    }
  }

  dispose(): void {
    this.#listening.dispose();
  }
}

/** Windows hear of a moment within a second, or when the machine they run on wakes. */
const CLAIM_LIFE_MS = 7 * 24 * 3600_000;

/** Windows agree through a file a name, created exclusively: whoever creates it has the claim. Old ones are cleared away. */
export function fileClaims(folder: string, now: () => number): Claim {
  return async (name) => {
    try {
      await mkdir(folder, { recursive: true });
      await (await open(join(folder, name.replace(/[^\w.-]/g, '_')), 'wx')).close();
      await sweep(folder, now() - CLAIM_LIFE_MS);
      return true;
    } catch (fault) {
      // Better said twice than never: only the file's existence means that another window has spoken.
      return (fault as NodeJS.ErrnoException).code !== 'EEXIST';
    }
  };
}

/** Another window may be at it as well: what is gone already is no fault. */
async function sweep(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const madeAt = await stat(file).then(({ mtimeMs }) => mtimeMs, () => Infinity);
    if (madeAt < before) await rm(file, { force: true });
  }
}
