/** Makes the report of base against tuned from what both answered, and says in one sentence what it means. */

import { UserError } from '../errors.ts';
import { formatCount, formatPercent, formatPoints, formatQuantity } from '../wording/numbers.ts';
import type { EvaluationCase, EvaluationReport, EvaluationSummary, Proportion, Verdict } from './evaluation.ts';
import { exactMatch } from './metrics.ts';
import { mcnemarExact, pairedDifferenceInterval, wilsonInterval, type PairedCounts } from './statistics.ts';

/** What both models answered to one held-out row. */
export interface PairedAnswer {
  /** 1-based row of the held-out file */
  readonly row: number;
  readonly prompt: string;
  readonly expected: string;
  readonly base: string;
  readonly tuned: string;
}

/** Differences with a larger p are called "not distinguishable". */
const SIGNIFICANCE = 0.05;

/**
 * Judges every answer by exact match and assembles the report. Pure.
 *
 * @param answers one a held-out row, each answered by both models
 * @param seconds wall time the answering took
 * @param heldOutRows of how many the answered rows are a sample
 * @throws UserError "evaluation.no-rows" when there is nothing to judge
 */
export function evaluate(answers: readonly PairedAnswer[], seconds: number, heldOutRows = answers.length): EvaluationReport {
  return report('exact-match', answers.map((answer) => ({
    ...answer,
    baseCorrect: exactMatch(answer.base, answer.expected),
    tunedCorrect: exactMatch(answer.tuned, answer.expected),
  })), seconds, heldOutRows);
}

/** Which of two answers to one held-out prompt both models would rather give. */
export interface PairedPreference {
  /** 1-based row of the held-out file */
  readonly row: number;
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly basePrefersChosen: boolean;
  readonly tunedPrefersChosen: boolean;
}

/**
 * As `evaluate`, for pairs: a case shows the better answer as the expected one, and of each model the one it prefers. Pure.
 *
 * @throws UserError "evaluation.no-rows" when there is nothing to judge
 */
export function evaluatePreferences(pairs: readonly PairedPreference[], seconds: number, heldOutRows = pairs.length): EvaluationReport {
  return report('preference', pairs.map(({ row, prompt, chosen, rejected, basePrefersChosen, tunedPrefersChosen }) => ({
    row, prompt, expected: chosen,
    base: basePrefersChosen ? chosen : rejected, tuned: tunedPrefersChosen ? chosen : rejected,
    baseCorrect: basePrefersChosen, tunedCorrect: tunedPrefersChosen,
  })), seconds, heldOutRows);
}

function report(metric: EvaluationReport['metric'], cases: readonly EvaluationCase[], seconds: number, heldOutRows: number): EvaluationReport {
  const counts = countPairs(cases);
  const rows = cases.length;
  if (rows === 0) {
    throw new UserError(
      'evaluation.no-rows',
      'There are no held-out rows to compare base and tuned model on.',
      'Name a validation file in the recipe, or hold rows out with "split"',
    );
  }
  const base = proportion(counts.bothCorrect + counts.onlyBase, rows);
  const tuned = proportion(counts.bothCorrect + counts.onlyTuned, rows);
  const difference = { value: (counts.onlyTuned - counts.onlyBase) / rows, ...pairedDifferenceInterval(counts) };
  const verdict = judge(counts, difference);
  const result = { metric, rows, ...(heldOutRows > rows && { heldOutRows }), base, tuned, difference, verdict };
  return { ...result, sentence: describeComparison(result), seconds, cases };
}

/** The report without its cases, as job lists keep it. */
export function summarizeReport(report: EvaluationReport): EvaluationSummary {
  const { cases: _, ...summary } = report;
  return summary;
}

/**
 * "Base 61% → tuned 88% on 200 held-out rows (+27 points, 95% interval +19 to +35)."
 * A worse or undecided result says so first.
 */
export function describeComparison(result: Pick<EvaluationSummary, 'metric' | 'rows' | 'heldOutRows' | 'base' | 'tuned' | 'difference' | 'verdict'>): string {
  const { metric, base, tuned, difference, rows, heldOutRows } = result;
  const change = difference.value === 0 ? 'no change' : `${formatPoints(difference.value)} points`;
  const figures =
    `${formatPercent(base.value)} → tuned ${formatPercent(tuned.value)} on ${heldOutRows === undefined ? '' : `${formatCount(rows)} of `}${formatQuantity(heldOutRows ?? rows, metric === 'preference' ? 'held-out pair' : 'held-out row')} ` +
    `(${change}, 95% interval ${formatPoints(difference.low)} to ${formatPoints(difference.high)})`;
  switch (result.verdict) {
    case 'better':
      return `Base ${figures}.`;
    case 'worse':
      return `The tuned model is worse: base ${figures}.`;
    case 'not-distinguishable':
      return `Not distinguishable: base ${figures}; more held-out rows would tell more.`;
  }
}

function countPairs(cases: readonly EvaluationCase[]): PairedCounts {
  const count = (base: boolean, tuned: boolean): number =>
    cases.filter((one) => one.baseCorrect === base && one.tunedCorrect === tuned).length;
  return { bothCorrect: count(true, true), onlyTuned: count(false, true), onlyBase: count(true, false), neither: count(false, false) };
}

function proportion(successes: number, rows: number): Proportion {
  return { value: successes / rows, ...wilsonInterval(successes, rows), rows };
}

/** The exact test decides; the interval must agree, so that the sentence never contradicts itself. */
function judge(counts: PairedCounts, difference: { readonly low: number; readonly high: number }): Verdict {
  const significant = mcnemarExact(counts.onlyTuned, counts.onlyBase) < SIGNIFICANCE;
  if (significant && difference.low > 0) return 'better';
  if (significant && difference.high < 0) return 'worse';
  return 'not-distinguishable';
}
