/** What a job says it failed of, from whatever was thrown. */

import { UserError } from '../core/errors.ts';
import type { JobFault } from '../core/jobs/job.ts';

/** The disk, the quota, or a limit on the size of files. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
// https://www.sqlite.org/rescode.html#full
const SQLITE_FULL = 13;

export interface ExplainedFault {
  readonly fault: JobFault;
  /** set for faults of the program: what a report needs */
  readonly stack: string | undefined;
}

/** @param folder where the process was writing, for the message about a full disk */
export function explainFault(thrown: unknown, folder: string): ExplainedFault {
  if (!(thrown instanceof UserError && thrown.code === 'disk.full') && causes(thrown).some(isNoRoom)) {
    return {
      fault: {
        code: 'disk.full',
        message: `There is no room left on the disk of ${folder}.`,
        remedy: 'Free some space, then resume the job: it continues from its last checkpoint.',
      },
      stack: undefined,
    };
  }
  if (thrown instanceof UserError) {
    const { code, message, remedy } = thrown;
    return { fault: { code, message, remedy }, stack: undefined };
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    fault: {
      code: 'internal',
      message: `Something went wrong inside Tunesmith: ${text}`,
      remedy: 'Resume the job to try again; if it fails again, report it with the log.',
    },
    stack: causes(thrown).map((one) => (one instanceof Error ? one.stack ?? one.message : String(one))).join('\ncaused by ') || text,
  };
}

function causes(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = thrown; one !== undefined && one !== null && chain.length < 10; one = (one as { cause?: unknown }).cause) chain.push(one);
  return chain;
}

function isNoRoom(fault: unknown): boolean {
  const { code, errcode } = fault as { code?: unknown; errcode?: unknown };
  return (typeof code === 'string' && NO_ROOM.has(code)) || errcode === SQLITE_FULL;
}
