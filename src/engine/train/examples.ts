/** Gets tokenized rows ready for training: cuts what is too long, refuses what nothing can be learned from. */

import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import { trainedTokens } from '../model/batch.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import type { TokenizedExample } from '../text/chat.ts';

export interface PreparedExamples {
  readonly examples: readonly TokenizedExample[];
  /** rows that were cut at the end */
  readonly truncated: number;
  /** rows left out, for they have no token to train on (any more) */
  readonly untrained: number;
}

/**
 * Cuts rows to the shorter of `maxLength` and the model's context, and leaves out rows without a trained token,
 * which would add to no gradient.
 *
 * @throws UserError "training.token.unknown" when an id is beyond the vocabulary
 */
export function prepareExamples(examples: readonly TokenizedExample[], config: DecoderConfig, maxLength: number): PreparedExamples {
  const limit = Math.min(maxLength, config.maxPositions);
  let truncated = 0;
  const prepared: TokenizedExample[] = [];
  for (const example of examples) {
    const unknown = example.ids.find((id) => id < 0 || id >= config.vocabSize);
    if (unknown !== undefined) {
      throw new UserError('training.token.unknown',
        `Row ${example.row} has the token ${unknown}, but the model knows only the ${config.vocabSize} tokens from 0 on.`,
        'Use the tokenizer that belongs to the model.', { place: { row: example.row } });
    }
    if (example.ids.length > limit) truncated += 1;
    const cut = { ...example, ids: example.ids.subarray(0, limit), trained: example.trained.subarray(0, limit) };
    if (trainedTokens(cut) > 0) prepared.push(cut);
  }
  return { examples: prepared, truncated, untrained: examples.length - prepared.length };
}

/**
 * @throws UserError "training.nothing-to-learn" when no row is left; says whether cutting is to blame
 */
export function requireTrainable({ examples, truncated }: PreparedExamples, rows: number): void {
  if (examples.length > 0) return;
  if (rows === 0) {
    throw new UserError('training.nothing-to-learn', 'There is no row to train on.', 'Add rows with an answer of the assistant.');
  }
  const reason = truncated > 0 ? ` ${truncated} rows are longer than the longest length allowed and were cut before their answer begins.` : '';
  throw new UserError('training.nothing-to-learn', `None of the ${rows} rows has a token to train on.${reason}`,
    truncated > 0 ? 'Raise the longest length, or shorten the prompts.' : 'Add an answer of the assistant to the rows.');
}

/** A fingerprint of the rows and of what in them is trained on, in their order. */
export function hashExamples(examples: readonly TokenizedExample[]): string {
  const hash = createHash('sha256');
  for (const { ids, trained } of examples) {
    hash.update(`${ids.length}:`).update(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)).update(trained);
  }
  return hash.digest('hex');
}
