/** The head of the job page says what its numbers mean, in the words of the job's technique. */

import { expect, it } from 'vitest';
import { jobHeader } from '../../../src/host/jobs/jobHistory.ts';
import { aJob } from './samples.ts';

it('explains the loss of answers and that of preferences each as what it is', () => {
  const helps = (technique: 'sft' | 'dpo'): string[] => {
    const { facts, lossHelp } = jobHeader(aJob({ technique, loss: 0.6, evalLoss: 0.7 }), 0, true);
    return [lossHelp, ...facts.filter(({ label }) => label.toLowerCase().includes('loss')).map(({ help }) => help)];
  };
  expect(helps('sft')[0]).toContain('surprised');
  expect(helps('dpo')[0]).toContain('preferring the better answers');
  expect(helps('dpo')[1]).toBe(helps('dpo')[0]);
  expect(helps('dpo')[2]).toContain('pairs');
});

it('writes speeds with separators, as the table does', () => {
  const { facts } = jobHeader(aJob({ tokensPerSecond: 5240.4 }), 0, true);
  expect(facts.find(({ label }) => label === 'Speed')?.value).toBe('5,240 tokens/s');
});
