/** Held-out rows are drawn once, fairly, and never from a prompt that is trained on. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrainingExample } from '../../../../../src/core/datasets/example.ts';
import { promptKey } from '../../../../../src/core/datasets/fingerprint.ts';
import { splitExamples } from '../../../../../src/core/datasets/splits/splitExamples.ts';

function example(row: number, prompt: string, answer: string): TrainingExample {
  return { row, messages: [{ role: 'user', content: prompt }, { role: 'assistant', content: answer }] };
}

function tickets(count: number, labels: readonly string[]): TrainingExample[] {
  return Array.from({ length: count }, (_, i) => example(i + 1, `ticket ${i}`, labels[i % labels.length] ?? ''));
}

describe('splitExamples', () => {
  test('the two sides are the whole, in order, with no prompt on both', () => {
    const examples = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 })
      .map((rows) => rows.map(([prompt, answer], i) => example(i + 1, `prompt ${prompt}`, answer)));
    fc.assert(
      fc.property(examples, fc.double({ min: 0.01, max: 0.5, noNaN: true }), fc.nat(), (all, share, seed) => {
        const { train, heldOut } = splitExamples(all, { share, seed });
        expect([...train, ...heldOut].toSorted((a, b) => a.row - b.row)).toEqual(all);
        expect(heldOut.map(({ row }) => row)).toEqual(heldOut.map(({ row }) => row).toSorted((a, b) => a - b));
        const trained = new Set(train.map(({ messages }) => promptKey(messages)));
        expect(heldOut.some(({ messages }) => trained.has(promptKey(messages)))).toBe(false);
        const prompts = new Set(all.map(({ messages }) => promptKey(messages)));
        if (prompts.size > 1) expect(Math.min(train.length, heldOut.length)).toBeGreaterThan(0);
        else expect(train).toHaveLength(all.length);
      }),
      { numRuns: 300 },
    );
  });

  test('the same seed gives the same split, another seed another', () => {
    const all = tickets(200, ['a', 'b']);
    const rows = (seed: number): number[] => splitExamples(all, { share: 0.1, seed }).heldOut.map(({ row }) => row);
    expect(rows(7)).toEqual(rows(7));
    expect(rows(7)).not.toEqual(rows(8));
  });

  test('each label gives its share', () => {
    const { heldOut } = splitExamples(tickets(400, ['a', 'b', 'b', 'b']), { share: 0.1, seed: 1 });
    const count = (label: string): number => heldOut.filter(({ messages }) => messages.at(-1)?.content === label).length;
    expect([count('a'), count('b')]).toEqual([10, 30]);
  });

  test('many small labels add up to the share', () => {
    const labels = Array.from({ length: 50 }, (_, i) => `label ${i}`);
    expect(splitExamples(tickets(200, labels), { share: 0.1, seed: 1 }).heldOut).toHaveLength(20);
  });

  test('answers that are texts are drawn from as a whole', () => {
    const all = Array.from({ length: 100 }, (_, i) => example(i + 1, `q${i}`, `a long answer, number ${i}`));
    expect(splitExamples(all, { share: 0.2, seed: 1 }).heldOut).toHaveLength(20);
  });
});
