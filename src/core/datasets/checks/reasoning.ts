/** Finds the rows that differ from most in whether the answer thinks aloud. */

import { formatPercent } from '../../wording/numbers.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { Groups } from './minority.ts';
import { answerIn } from './spoken.ts';

export class Reasoning implements DatasetCheck {
  readonly #groups = new Groups<boolean>();

  row({ example, place }: ReadRow): void {
    const answer = answerIn(example);
    if (answer) this.#groups.add(answer.reasoning !== undefined || answer.content.includes('<think>'), place);
  }

  finish(findings: RowFindings): void {
    findings.remove('dataset.row.reasoning-in-some');
    const [most, fewer] = this.#groups.counts;
    if (!most || !fewer) return;
    this.#groups.name('dataset.row.reasoning-in-some', [fewer.key], findings, `it ${fewer.key ? 'thinks aloud' : 'does not'}, and ${formatPercent(most.count / this.#groups.rows)} of the rows ${most.key ? 'do' : 'do not'}`);
  }
}
