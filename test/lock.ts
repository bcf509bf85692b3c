/** A lock file between processes; the lock of a process that has died is taken over. */

import * as fs from 'node:fs';

const POLL_MS = 250;

/** Runs `work` while holding the lock; says `waiting` once if another process has it. */
export function withLock<T>(file: string, waiting: string, work: () => T): T {
  for (let told = false; !take(file); told = true) {
    if (!told) console.error(waiting);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  try {
    return work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    if (!isAlive(holder(file))) fs.rmSync(file, { force: true });
    return false;
  }
}

/** 0 while the file is being written or is just gone: then its holder counts as alive. */
function holder(file: string): number {
  try {
    return Number(fs.readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}
