/** The line that shows a running job fits its terminal and says what there is to say. */

import { describe, expect, it } from 'vitest';

import { findJob } from '../../../src/cli/findJob.ts';
import { progressLine } from '../../../src/cli/progress.ts';
import { Terminal } from '../../../src/cli/terminal.ts';
import type { Job } from '../../../src/core/jobs/job.ts';

const JOB: Job = {
  id: '20261122-120000000-abcd', name: 'tickets', state: 'training', reason: undefined, backend: 'local', technique: 'sft', baseModel: 'starter',
  recipeFile: '/a.tune.yaml', folder: '/home/jobs/x', createdAt: 0, startedAt: 0, endedAt: undefined, heartbeatAt: 0, step: 52, totalSteps: 126,
  loss: 0.8312, evalLoss: undefined, tokensPerSecond: 2340.4, secondsLeft: 12.2, checkpoint: undefined, artifact: undefined, evaluation: undefined,
  fault: undefined,
};

describe('the progress line', () => {
  it('shows step, loss, speed and time left', () => {
    expect(progressLine(JOB, 120)).toBe('Training ━━━━━━━━──────────── 41% · step 52 of 126 · loss 0.831 · 2,340 tokens/s · 12 s left');
    expect(progressLine({ ...JOB, state: 'evaluating', step: 126, reason: 'Evaluating 120 of 200', tokensPerSecond: 1 }, 120))
      .toBe('Evaluating ━━━━━━━━━━━━━━━━━━━━ 100% · 120 of 200 · loss 0.831 · 12 s left');
    expect(progressLine({ ...JOB, state: 'queued', step: 0, totalSteps: 0, loss: undefined, tokensPerSecond: undefined, secondsLeft: undefined }, 80))
      .toBe('Starting ──────────────────── 0%');
  });

  it('shortens the bar and leaves out what does not fit', () => {
    for (let columns = 1; columns < 120; columns++) expect(progressLine(JOB, columns).length).toBeLessThan(columns);
    expect(progressLine(JOB, 80)).toBe('Training ━━━──── 41% · step 52 of 126 · loss 0.831 · 2,340 tokens/s · 12 s left');
    expect(progressLine(JOB, 50)).toBe('Training ━━──── 41% · step 52 of 126 · loss 0.831');
  });
});

describe('the terminal', () => {
  function screen(isTTY: boolean): { readonly written: string[]; readonly stream: { write(text: string): void; isTTY: boolean } } {
    const written: string[] = [];
    return { written, stream: { write: (text) => void written.push(text), isTTY } };
  }

  it('draws over a line where there is one to draw on, and uses colours there only', () => {
    const [out, err] = [screen(true), screen(true)];
    const terminal = new Terminal(out.stream, err.stream, {});
    terminal.live('one');
    terminal.live('one');
    terminal.live('two');
    terminal.print(terminal.bold('done'));
    expect(err.written).toEqual(['\r\u001b[Kone', '\r\u001b[Ktwo', '\r\u001b[K']);
    expect(out.written).toEqual(['\u001b[1mdone\u001b[22m\n']);
    const piped = screen(false);
    const plain = new Terminal(piped.stream, piped.stream, {});
    plain.live('one');
    plain.print(plain.bold('done'));
    expect(piped.written).toEqual(['done\n']);
    expect(new Terminal(out.stream, err.stream, { NO_COLOR: '1' }).bold('x')).toBe('x');
  });
});

describe('what a model or a dataset says', () => {
  const hostile = 'a\u001b]52;c;aGk=\u0007b\u001b[2Jc\u009b2Jd\r\te\u001b[1mf\n';

  it('cannot give orders to a terminal', () => {
    const written: string[] = [];
    const stream = { write: (text: string) => void written.push(text), isTTY: true };
    new Terminal(stream, stream, {}).stream(hostile);
    expect(written).toEqual(['a]52;c;aGk=b[2Jc2Jd\te\u001b[1mf\n']);
  });

  it('goes into a file as it is', () => {
    const written: string[] = [];
    const stream = { write: (text: string) => void written.push(text), isTTY: false };
    new Terminal(stream, stream, {}).stream(hostile);
    expect(written).toEqual([hostile]);
  });
});

describe('a job is found', () => {
  const jobs = [{ ...JOB, id: '20261122-130000000-beef' }, JOB];
  const client = { list: () => jobs, get: (id: string) => jobs.find((job) => job.id === id) };

  it('by its id, the start or the end of it, and as the latest', () => {
    expect(findJob(client, 'latest').id).toBe('20261122-130000000-beef');
    expect(findJob(client, JOB.id).id).toBe(JOB.id);
    expect(findJob(client, '20261122-12').id).toBe(JOB.id);
    expect(findJob(client, 'abcd').id).toBe(JOB.id);
  });

  it('unless several match, or none', () => {
    expect(() => findJob(client, '2026')).toThrow('2 jobs match 2026: ');
    expect(() => findJob(client, 'ffff')).toThrow('There is no job ffff.');
    expect(() => findJob(client, '')).toThrow('There is no job .');
    expect(() => findJob({ list: () => [], get: () => undefined }, 'latest')).toThrow('There are no jobs yet.');
  });
});
