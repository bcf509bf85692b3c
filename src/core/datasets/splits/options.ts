/** What a split is asked to be. */

import { UserError } from '../../errors.ts';
import { formatPercent } from '../../wording/numbers.ts';

export const PARTS = ['train', 'validation', 'test'] as const;

export type PartName = (typeof PARTS)[number];

export type PartShares = Readonly<Record<PartName, number>>;

/** What stays together: nothing, rows that ask the same, also rows that nearly say the same, or rows with one value in a column. */
export type Grouping = 'none' | 'prompt' | 'near-duplicates' | { readonly column: string };

export interface SplitOptions {
  /** shares of the rows from 0 to 1, which add up to 1; a part of share 0 is not written */
  readonly parts: PartShares;
  /** any whole number; equal seeds give equal splits */
  readonly seed: number;
  /** by lot; by lot within each label; or the oldest to train. Without it by label where the answers are labels, else by lot */
  readonly by?: 'random' | 'label' | 'time';
  /** without it "near-duplicates", or "prompt" where most rows are nearly the same, as with a long template */
  readonly group?: Grouping;
  /** of "time"; without it the first column that is named and looks like a time. "metadata.date" reaches into an object */
  readonly timeColumn?: string;
  /** of "label"; without it the answers */
  readonly labelColumn?: string;
}

/** @throws UserError "dataset.split.bad-shares" */
export function checkShares(parts: PartShares): void {
  const shares = PARTS.map((part) => parts[part]);
  const sum = shares.reduce((total, share) => total + share, 0);
  const remedy = 'Let the shares of train, validation and test add up to 100%, with some for train and for one of the others';
  const asked = shares.map((share) => formatPercent(share)).join(', ');
  if (shares.some((share) => !(share >= 0 && share <= 1)) || Math.abs(sum - 1) > 1e-6) {
    throw new UserError('dataset.split.bad-shares', `The shares of train, validation and test are ${asked}, which is not 100% together.`, remedy);
  }
  if (parts.train === 0 || parts.train === 1) {
    throw new UserError('dataset.split.bad-shares', `With ${asked} for train, validation and test there is nothing to split.`, remedy);
  }
}
