/** Measures rows in tokens, and finds those that a model would not read or learn from as they are meant. */

import { quoteBriefly } from '../../wording/lists.ts';
import { formatCount } from '../../wording/numbers.ts';
import { RowFault } from '../formats/format.ts';
import type { Distribution, TokenProfile } from '../profile.ts';
import type { RowFindings, RowPlace } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import { Spread } from '../spread.ts';
import type { RowCounter, RowTokens } from '../tokens/rowTokens.ts';
import type { DatasetCheck } from './check.ts';
import type { ChatMessage } from '../../../engine/text/chat.ts';

/** Shares are kept in thousandths, so that there are not more different ones than that. */
const THOUSANDTHS = 1000;

export class TokenCounts implements DatasetCheck {
  readonly #counter: RowCounter;
  readonly #limit: number | undefined;
  readonly #perRow = new Spread();
  readonly #trainedShare = new Spread();
  #total = 0;
  #trained = 0;

  /** @param limit the longest row in tokens that is read as a whole */
  constructor(counter: RowCounter, limit?: number) {
    this.#counter = counter;
    this.#limit = limit;
  }

  row({ trainable, place }: ReadRow, findings: RowFindings): void {
    if (trainable instanceof RowFault) return;
    const { messages, rejected } = trainable;
    this.#findSpecials(rejected ? [...messages, ...rejected.slice(-1)] : messages, place, findings);
    const better = this.#counter.count(messages, place.row);
    const worse = rejected && this.#counter.count(rejected, place.row);
    const refusal = typeof better === 'string' ? better : worse;
    if (typeof refusal === 'string') {
      findings.add('dataset.row.refused-by-template', place, refusal);
      return;
    }
    this.#measure(typeof better === 'string' ? [] : [better, ...(worse === undefined || typeof worse === 'string' ? [] : [worse])], place, findings);
  }

  profile(): TokenProfile {
    const { model, isEstimate } = this.#counter;
    return {
      model,
      isEstimate,
      total: this.#total,
      trained: this.#trained,
      perRow: this.#perRow.distribution(),
      trainedShare: asShares(this.#trainedShare.distribution()),
    };
  }

  /** @param sides of a pair, both; its length is that of the longer one */
  #measure(sides: readonly RowTokens[], place: RowPlace, findings: RowFindings): void {
    const limit = this.#limit ?? Infinity;
    const longest = Math.max(...sides.map(({ total }) => total));
    const total = sides.reduce((sum, side) => sum + side.total, 0);
    const trained = sides.reduce((sum, side) => sum + side.trained, 0);
    this.#total += total;
    this.#trained += trained;
    this.#perRow.add(longest);
    this.#trainedShare.add(Math.round((trained / total) * THOUSANDTHS));
    if (longest > limit) findings.add('dataset.row.over-length', place, `${formatCount(longest)} tokens, and the limit is ${formatCount(limit)}`);
    const isLost = sides.some((side) => side.trained === 0 || side.beforeTrained >= limit);
    if (isLost) findings.add('dataset.row.nothing-trained', place, trained === 0 ? '' : `its answer begins after token ${formatCount(limit)}`);
    if (sides.some(({ isOpen }) => isOpen)) findings.add('dataset.row.missing-eos', place);
  }

  #findSpecials(messages: readonly ChatMessage[], place: RowPlace, findings: RowFindings): void {
    const { bos } = this.#counter;
    if (bos !== undefined && messages[0]?.content.startsWith(bos)) findings.add('dataset.row.double-bos', place, bos);
    for (const { content } of messages) {
      const special = this.#counter.findSpecial(content);
      if (special === undefined) continue;
      // The marks of common templates have been found already.
      if (!findings.foundLast('dataset.row.special-token', place.row)) findings.add('dataset.row.special-token', place, quoteBriefly(special));
      return;
    }
  }
}

function asShares({ bins, ...numbers }: Distribution): Distribution {
  const { min, max, mean, p50, p95, p99 } = numbers;
  const [low, high, average, half, most, nearlyAll] = [min, max, mean, p50, p95, p99].map((value) => value / THOUSANDTHS);
  return {
    min: low, max: high, mean: average, p50: half, p95: most, p99: nearlyAll,
    bins: bins.map(({ from, to, count }) => ({ from: from / THOUSANDTHS, to: to / THOUSANDTHS, count })),
  };
}
