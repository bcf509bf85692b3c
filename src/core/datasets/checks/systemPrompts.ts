/** Counts system prompts, and finds the rows whose prompt is not the one that most have. */

import { quoteBriefly } from '../../wording/lists.ts';
import { formatPercent } from '../../wording/numbers.ts';
import type { SystemPromptProfile } from '../profile.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { Groups } from './minority.ts';

/** Beyond this they are meant to differ, and only the number of rows with one is of interest. */
const MOST_PROMPTS = 64;
/** Of the rows; below it no prompt is the usual one. */
const USUAL = 0.6;

export class SystemPrompts implements DatasetCheck {
  readonly #groups = new Groups<string>();
  #isMany = false;
  #without = 0;
  #rows = 0;

  row({ example, place }: ReadRow): void {
    if (example.kind === 'text') return;
    const first = (example.kind === 'conversation' ? example.messages : example.prompt)[0];
    const prompt = first?.role === 'system' ? first.content : '';
    this.#rows++;
    if (prompt === '') this.#without++;
    if (this.#isMany) return;
    if (this.#groups.size === MOST_PROMPTS && !this.#groups.has(prompt)) this.#isMany = true;
    else this.#groups.add(prompt, place);
  }

  finish(findings: RowFindings): void {
    findings.remove('dataset.row.other-system-prompt');
    if (this.#isMany || this.#groups.size < 2) return;
    const [most, ...others] = this.#groups.counts;
    if (!most || most.count < USUAL * this.#rows || most.key === '') return;
    this.#groups.name('dataset.row.other-system-prompt', others.map(({ key }) => key), findings,
      `${formatPercent(most.count / this.#rows)} of the rows have ${quoteBriefly(most.key)}`);
  }

  /** undefined when no row has one */
  get profile(): SystemPromptProfile | undefined {
    if (this.#rows === this.#without) return undefined;
    const named = this.#groups.counts.filter(({ key }) => key !== '');
    const [most] = named;
    return { distinct: named.length, isMore: this.#isMany, without: this.#without, ...(most && { mostFrequent: { text: most.key.slice(0, 500), count: most.count } }) };
  }
}
