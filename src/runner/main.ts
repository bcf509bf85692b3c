/** The process of one local job: takes the lease, does the job, and leaves a verdict in the store whatever happens. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';

import { UserError } from '../core/errors.ts';
import { systemClock } from '../core/jobs/clock.ts';
import { LOG_FILE } from '../core/jobs/home.ts';
import { JobStore } from '../core/jobs/jobStore.ts';
import { JobWriter } from '../core/jobs/jobWriter.ts';
import { LeaseLostError } from '../core/jobs/leases.ts';
import { systemProcesses } from '../core/jobs/processes.ts';
import { explainFault } from './faults.ts';
import { runJob } from './jobRun.ts';
import { LogFile } from './logFile.ts';
import { Pulse } from './pulse.ts';

/** Another process has the job: this one was not needed. */
const EXIT_NOT_NEEDED = 3;
const EXIT_LEASE_LOST = 4;

interface Arguments {
  readonly home: string;
  readonly jobId: string;
  readonly media: string;
}

async function main({ home, jobId, media }: Arguments): Promise<number> {
  const store = new JobStore(home, systemClock, systemProcesses());
  const writer = JobWriter.open(store, jobId, randomUUID());
  if (!writer) return EXIT_NOT_NEEDED;

  const { job } = writer;
  const log = new LogFile(join(job.folder, LOG_FILE), () => systemClock.now());
  const pulse = new Pulse(writer, systemClock);
  log.write('info', `Job ${jobId} "${job.name}" in process ${process.pid}, Node ${process.versions.node}`);
  const end = (thrown: unknown): number => recordFault(writer, log, job.folder, thrown);
  // After the verdict nothing may run on: what threw here belongs to no call that could handle it.
  process.on('uncaughtException', (fault) => process.exit(end(fault)));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => pulse.stop(`The system ended the process (${signal})`));
  }
  try {
    const outcome = await runJob({ job, home, media, pulse, log, now: () => systemClock.now() });
    pulse.dispose();
    const { reason } = writer.job;
    writer.end({ state: outcome, ...(outcome === 'stopped' && reason !== undefined ? { reason } : {}) });
    log.write('info', outcome === 'succeeded' ? 'Succeeded.' : 'Stopped; resume goes on from the last checkpoint.');
    return 0;
  } catch (thrown) {
    pulse.dispose();
    return end(thrown);
  } finally {
    store.close();
  }
}

/** @returns the exit code: 0 once the verdict is in the store */
function recordFault(writer: JobWriter, log: LogFile, folder: string, thrown: unknown): number {
  if (thrown instanceof LeaseLostError) {
    log.write('warning', `${thrown.message} This one ends.`);
    return EXIT_LEASE_LOST;
  }
  const { fault, stack } = explainFault(thrown, folder);
  log.write('error', `${fault.code}: ${fault.message}${stack === undefined ? '' : `\n${stack}`}`);
  try {
    writer.log('error', fault.message);
    writer.end({ state: 'failed', fault });
    return 0;
  } catch (second) {
    // Without a verdict in the store the job will be seen as lost, and this file says why.
    log.write('error', `The fault could not be recorded: ${explainFault(second, folder).fault.message}`);
    return 1;
  }
}

function readArguments(): Arguments {
  const { values } = parseArgs({ options: { home: { type: 'string' }, job: { type: 'string' }, media: { type: 'string' } } });
  const { home, job, media } = values;
  if (!home || !job || !media) throw new Error('usage: runner --home FOLDER --job ID --media FOLDER');
  return { home, jobId: job, media };
}

main(readArguments()).then(
  (code) => process.exit(code),
  (fault: unknown) => {
    const known = fault instanceof UserError;
    process.stderr.write(`${known ? `${fault.code}: ${fault.message}` : inspect(fault)}\n`);
    process.exit(known && fault.code === 'job.already-running' ? EXIT_NOT_NEEDED : 1);
  },
);
