/** Finds the job that a person means by an id, a part of one, or "latest". */

import { UserError } from '../core/errors.ts';
import type { Job } from '../core/jobs/job.ts';
import type { JobClient } from '../core/jobs/jobClient.ts';

/** @throws UserError "job.unknown", "job.ambiguous" */
export function findJob(client: Pick<JobClient, 'list' | 'get'>, ref: string): Job {
  const jobs = client.list();
  const exact = ref === 'latest' ? jobs[0] : client.get(ref);
  if (exact) return exact;
  if (ref === 'latest') throw new UserError('job.unknown', 'There are no jobs yet.', 'Start one with: tunesmith run <recipe>');
  // All ids of a day start alike, so their ends count too.
  const matches = ref === '' ? [] : jobs.filter(({ id }) => id.startsWith(ref) || id.endsWith(ref));
  const [match] = matches;
  if (!match) throw new UserError('job.unknown', `There is no job ${ref}.`, 'List the jobs with: tunesmith jobs');
  if (matches.length > 1) {
    throw new UserError('job.ambiguous', `${matches.length} jobs match ${ref}: ${matches.slice(0, 5).map(({ id }) => id).join(', ')}.`,
      'Give more of the id; its last four characters are often enough.');
  }
  return match;
}
