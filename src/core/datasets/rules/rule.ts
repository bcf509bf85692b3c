/** What a rule about rows is: its severity, its words, and what to do about it. */

import type { Severity } from '../finding.ts';

export interface RowRule {
  readonly severity: Severity;
  /** completes "Line 4 of tickets.jsonl …" */
  readonly one: string;
  /** completes "Lines 4, 9 and 12 of tickets.jsonl …" */
  readonly many: string;
  readonly remedy: string;
}
