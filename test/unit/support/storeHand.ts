/** A process of its own that works on a job store as it is told: node storeHand.ts HOME TASK [ARGUMENT...] */

import { systemClock } from '../../../src/core/jobs/clock.ts';
import { JobStore } from '../../../src/core/jobs/jobStore.ts';
import { JobWriter } from '../../../src/core/jobs/jobWriter.ts';
import { systemProcesses } from '../../../src/core/jobs/processes.ts';

const [home = '', task = '', ...rest] = process.argv.slice(2);
const store = new JobStore(home, systemClock, systemProcesses());

switch (task) {
  /** JOB COUNT: appends events, one transaction each */
  case 'append':
    for (let i = 0; i < Number(rest[1]); i++) store.addEvent(rest[0] ?? '', { kind: 'log', level: 'info', text: `${process.pid} ${i}` });
    break;
  /** JOB: takes the lease, begins a transaction, and is killed within it */
  case 'dieInTransaction': {
    const writer = JobWriter.open(store, rest[0] ?? '', 'doomed');
    writer?.progress({ step: 1 });
    store.database.transaction(() => {
      writer?.progress({ step: 2 });
      writer?.log('info', 'half done');
      process.kill(process.pid, 'SIGKILL');
      for (;;); // the signal is on its way
    });
    break;
  }
  /** JOB: puts the job back in the queue, or takes its lease; says how it went */
  case 'requeue':
  case 'acquire':
    try {
      if (task === 'requeue') store.requeue(rest[0] ?? '');
      else store.leases.acquire(rest[0] ?? '', String(process.pid));
      process.stdout.write('done\n');
      // An acquired lease must be seen held until all others have tried.
      if (task === 'acquire') setInterval(() => undefined, 1000);
    } catch (fault) {
      process.stdout.write(`${(fault as { code?: string }).code}\n`);
    }
    break;
  default:
    throw new Error(`no task ${task}`);
}
