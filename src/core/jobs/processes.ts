/** Tells whether the process that holds a lease is still there. */

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** tells a process from a later one with the same pid; empty where the system does not say */
  readonly born: string;
}

export interface Processes {
  /** the process that asks */
  readonly self: ProcessIdentity;
  /** false only when it is certainly gone; a process of another machine counts as alive */
  isAlive(identity: ProcessIdentity): boolean;
}

/** The processes of this machine, seen through signal 0 and, on Linux, /proc. */
export function systemProcesses(): Processes {
  const host = hostname();
  return {
    self: { host, pid: process.pid, born: bornAt(process.pid)?.born ?? '' },
    isAlive: (identity) => {
      if (identity.host !== host) return true;
      try {
        process.kill(identity.pid, 0);
      } catch (fault) {
        // EPERM: it exists and belongs to somebody else.
        return (fault as NodeJS.ErrnoException).code === 'EPERM';
      }
      const seen = bornAt(identity.pid);
      if (!seen) return true;
      return !seen.ended && (identity.born === '' || identity.born === seen.born);
    },
  };
}

/** Fields 3 and 22 of /proc/PID/stat: the state (Z and X have ended) and the start time in ticks since boot. */
function bornAt(pid: number): { readonly born: string; readonly ended: boolean } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0] ?? '';
    return { born: fields[19] ?? '', ended: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}
