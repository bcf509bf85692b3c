/** The advisor recommends what its table says, names the evidence for and against, and asks only what would change its mind. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advise } from '../../../../src/core/advisor/advise.ts';
import type { AdvisorFacts, BaselineProbe, DataFacts, UseCase } from '../../../../src/core/advisor/facts.ts';
import { OPTIONS, type Option } from '../../../../src/core/advisor/options.ts';
import { ADVISOR_RULES } from '../../../../src/core/advisor/rules.ts';

const rows = (holds: DataFacts['holds'], count: number, more: Partial<DataFacts> = {}): DataFacts => ({ holds, rows: count, brokenShare: 0, heldOutRows: 100, ...more });
const probe = (meanScore: number, passAtK: number, mixedShare: number): BaselineProbe => ({ prompts: 30, samples: 8, meanScore, passAtK, mixedShare });
const facts = (data: DataFacts | undefined, useCase: UseCase = {}, seen?: BaselineProbe): AdvisorFacts => ({ data, useCase, probe: seen });

const TABLE: readonly (readonly [situation: string, facts: AdvisorFacts, recommended: Option])[] = [
  ['no dataset', facts(undefined), 'more-data'],
  ['a dataset without a usable row', facts(rows('answers', 0, { brokenShare: 1 })), 'more-data'],
  ['a dozen examples', facts(rows('answers', 12)), 'more-data'],
  ['1,000 answers', facts(rows('answers', 1000)), 'sft'],
  ['1,000 tickets to classify', facts(rows('answers', 1000, { rarestLabel: 80 }), { task: 'classification', grading: 'rule' }), 'sft'],
  ['1,000 rows of which a third is broken', facts(rows('answers', 700, { brokenShare: 0.3 })), 'more-data'],
  ['2,000 pairs', facts(rows('pairs', 2000)), 'dpo'],
  ['60 pairs are still pairs', facts(rows('pairs', 60)), 'dpo'],
  ['1,000 answers that somebody liked or not', facts(rows('ratings', 1000)), 'sft'],
  ['500 questions that a program can grade', facts(rows('tasks', 500), { grading: 'rule' }), 'rft'],
  ['500 questions that a judge can grade', facts(rows('tasks', 500), { grading: 'judge' }), 'rft'],
  ['500 questions that nothing can grade', facts(rows('tasks', 500), { grading: 'none' }), 'prompt-only'],
  ['gradable questions that the base model solves sometimes', facts(rows('answers', 500), { grading: 'rule' }, probe(0.4, 0.8, 0.6)), 'rft'],
  ['gradable questions that the base model never solves', facts(rows('answers', 500), { grading: 'rule' }, probe(0.01, 0.02, 0.02)), 'sft-then-rft'],
  ['the same without anything to grade with', facts(rows('answers', 500), { grading: 'none' }, probe(0.01, 0.02, 0.02)), 'sft'],
  ['a task that the base model already does', facts(rows('answers', 1000), { task: 'classification' }, probe(0.97, 1, 0.05)), 'dont-train'],
  ['a task that it nearly does', facts(rows('answers', 100), {}, probe(0.85, 0.95, 0.2)), 'prompt-only'],
  ['facts that change', facts(rows('answers', 1000), { needsNewFacts: true }), 'prompt-only'],
  ['a large model that does it, and a small one that shall', facts(rows('answers', 100), { hasTeacher: true }), 'distill'],
  ['a long prompt sent with every call', facts(rows('answers', 100, { heldOutRows: 10 }), { repeatsLongPrompt: true, mustKeepAbilities: true }), 'distill'],
  ['50 million tokens of a field', facts(rows('text', 100_000, { tokens: 50_000_000 })), 'cpt'],
  ['40 answers', facts(rows('answers', 40)), 'sft'],
  ['answers with a label that hardly occurs', facts(rows('answers', 1000, { rarestLabel: 3 })), 'sft'],
  ['50 questions to grade, which are few, and a prompt that nobody tried', facts(rows('tasks', 50), { grading: 'rule', hasTriedPrompt: false }), 'prompt-only'],
  ['gradable questions that it either always or never solves', facts(rows('tasks', 500), { grading: 'rule' }, probe(0.5, 0.52, 0.04)), 'prompt-only'],
  ['a manual of 200,000 tokens', facts(rows('text', 300, { tokens: 200_000 })), 'prompt-only'],
];

describe('advise', () => {
  test.each(TABLE)('%s', (_situation, given, recommended) => {
    const { options } = advise(given);
    expect(options.map(({ option, score }) => `${option} ${score ?? 'ruled out'}`).join(', ')).toMatch(new RegExp(`^${recommended} `));
  });

  test('every rule speaks in some situation of the table', () => {
    const heard = new Set(TABLE.flatMap(([, given]) => advise(given).options.flatMap(({ option, evidence }) => evidence.map(({ rule }) => `${option}/${rule}`))));
    const silent = ADVISOR_RULES.map(({ option, id }) => `${option}/${id}`).filter((name) => !heard.has(name));
    expect(silent).toEqual([]);
  });

  test('says what speaks against what it recommends, too', () => {
    const advice = advise(facts(rows('pairs', 60)));
    expect(advice.options[0]?.evidence.map(({ stance, words }) => `${stance}: ${words}`)).toEqual([
      'for: Every row shows a better and a worse answer (60 pairs).',
      'against: 60 pairs are few; 500 and more are usual.',
    ]);
  });

  test('asks only what would change the recommendation', () => {
    const { recommended, openQuestions } = advise(facts(rows('answers', 1000)));
    for (const { outcomes } of openQuestions) expect(outcomes.some((outcome) => outcome.recommended !== recommended)).toBe(true);
    expect(openQuestions.map(({ about }) => about)).toContain('probe');
    expect(advise(facts(rows('answers', 0))).openQuestions.map(({ about }) => about)).not.toContain('task');
  });

  test('whatever is known, it recommends something that is not ruled out, and gives a reason for it', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const data = fc.option(fc.record({ holds: fc.constantFrom('answers', 'pairs', 'ratings', 'tasks', 'text'), rows: fc.nat(100_000), brokenShare: share, heldOutRows: fc.nat(500) }), { nil: undefined });
    const seen = fc.option(fc.record({ prompts: fc.integer({ min: 20, max: 50 }), samples: fc.constant(8), meanScore: share, passAtK: share, mixedShare: share }), { nil: undefined });
    const useCase = fc.record({ grading: fc.constantFrom('rule', 'judge', 'none'), needsNewFacts: fc.boolean(), hasTeacher: fc.boolean() }, { requiredKeys: [] });
    fc.assert(fc.property(data, useCase, seen, (given, wishes, probed) => {
      const { recommended, options } = advise(facts(given, wishes, probed));
      const winner = options[0];
      expect(winner?.option).toBe(recommended);
      expect(winner?.score).toBeTypeOf('number');
      expect(Object.keys(OPTIONS)).toContain(recommended);
    }));
  });
});
