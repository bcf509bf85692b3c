/** What a rule is: how much it matters where, its words, what it means, and what to do about it. */

import type { Finding, Severity } from '../finding.ts';
import type { Target } from '../targets/target.ts';
import type { FileFacts } from './fileFacts.ts';

/** How much a rule matters in a place to train; undefined where it does not. */
export type SeverityByTarget = (target: Target) => Severity | undefined;

export interface Rule {
  readonly severity: Severity | SeverityByTarget;
  /** a few words, as a heading */
  readonly title: string;
  /** for somebody who knows nothing of it: why it matters, and what happens when nobody mends it */
  readonly means: string;
  readonly remedy: string;
}

/** About single rows. */
export interface RowRule extends Rule {
  /** completes "Line 4 of tickets.jsonl …" */
  readonly one: string;
  /** completes "Lines 4, 9 and 12 of tickets.jsonl …" */
  readonly many: string;
}

/** A verdict about a file. */
export interface FileVerdict extends Pick<Finding, 'message' | 'at'> {
  /** how many rows it concerns */
  readonly count: number;
  readonly rows?: readonly number[];
  /** where the rule's own can be said better */
  readonly remedy?: string;
}

/** About a file as a whole. */
export interface FileRule extends Rule {
  /** asked once all rows are read; absent where a check finds it on the way */
  find?(facts: FileFacts): FileVerdict | undefined;
}

/** The severity of a rule for a target; undefined where it does not matter. */
export function severityFor({ severity }: Rule, target: Target): Severity | undefined {
  return typeof severity === 'function' ? severity(target) : severity;
}
