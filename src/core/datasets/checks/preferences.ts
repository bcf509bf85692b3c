/** Measures pairs and ratings as a whole: whether length decides, and whether there is more than one verdict. */

import { formatPercent, formatQuantity } from '../../wording/numbers.ts';
import type { Message } from '../example.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

/** Of the pairs of unequal length; judges prefer the longer of two good answers somewhat more often than not. */
const BIASED = 0.7;
/** Standard deviations of the sign test: one chance in a thousand, two-sided. */
const SURE = 3.29;

export class LengthBias implements DatasetCheck {
  readonly kinds = ['preference'] as const;
  #longer = 0;
  #shorter = 0;

  row({ example }: ReadRow): void {
    if (example.kind !== 'preference') return;
    const difference = lengthOf(example.chosen) - lengthOf(example.rejected);
    if (difference > 0) this.#longer++;
    else if (difference < 0) this.#shorter++;
  }

  finish(findings: RowFindings): void {
    const pairs = this.#longer + this.#shorter;
    const [more, word] = this.#longer >= this.#shorter ? [this.#longer, 'longer'] : [this.#shorter, 'shorter'];
    if (pairs === 0 || more < BIASED * pairs || (2 * more - pairs) / Math.sqrt(pairs) < SURE) return;
    findings.say('dataset.length-bias', {
      message: `In ${formatPercent(more / pairs)} of ${formatQuantity(pairs, 'pair')} the better answer is the ${word} one.`,
      remedy: word === 'longer' ? 'Add pairs whose better answer is the shorter one, or leave out those that differ most in length' : 'Add pairs whose better answer is the longer one, or leave out those that differ most in length',
      count: more,
    });
  }
}

function lengthOf(messages: readonly Message[]): number {
  let length = 0;
  for (const { content } of messages) length += content.length;
  return length;
}

/** Of fewer, one verdict only may be chance. */
const FEWEST_RATED = 10;

export class Verdicts implements DatasetCheck {
  readonly kinds = ['rating'] as const;
  #good = 0;
  #bad = 0;

  row({ example }: ReadRow): void {
    if (example.kind !== 'rating') return;
    if (example.isGood) this.#good++;
    else this.#bad++;
  }

  finish(findings: RowFindings): void {
    const rated = this.#good + this.#bad;
    if (rated < FEWEST_RATED || (this.#good > 0 && this.#bad > 0)) return;
    findings.say('dataset.one-verdict', { message: `All ${formatQuantity(rated, 'rated answer')} are ${this.#good > 0 ? 'liked' : 'disliked'}.`, count: rated });
  }
}
