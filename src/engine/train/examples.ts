/** Gets tokenized rows ready for training: deals with what is too long, refuses what nothing can be learned from. */

import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import { trainedTokens } from '../model/batch.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import type { TokenizedExample } from '../text/chat.ts';
import type { RowCounts, TrainingSettings } from './training.ts';

export interface PreparedExamples extends RowCounts {
  readonly examples: readonly TokenizedExample[];
}

/** The longest row in tokens: the model has no positions for more. */
export function lengthLimit(config: DecoderConfig, { maxLength }: Pick<TrainingSettings, 'maxLength'>): number {
  return Math.min(maxLength, config.maxPositions);
}

/**
 * Deals with rows above the shorter of `maxLength` and the model's context as `truncation` says, and leaves out rows
 * without a trained token, which would add to no gradient.
 *
 * @throws UserError "training.token.unknown" when an id is beyond the vocabulary, "training.row.too-long" when
 *   `truncation` is "error"
 */
export function prepareExamples(
  examples: readonly TokenizedExample[], config: DecoderConfig, settings: Pick<TrainingSettings, 'maxLength' | 'truncation'>,
): PreparedExamples {
  const prepared: TokenizedExample[] = [];
  const counts = { truncated: 0, dropped: 0, untrained: 0 };
  for (const example of examples) {
    const fate = fit(example, config, settings);
    if (fate === 'dropped') counts.dropped += 1;
    else {
      if (fate.ids.length < example.ids.length) counts.truncated += 1;
      if (trainedTokens(fate) > 0) prepared.push(fate);
      else counts.untrained += 1;
    }
  }
  return { examples: prepared, ...counts };
}

/**
 * One row as it will be trained on.
 *
 * @throws UserError as `prepareExamples`
 */
export function fit(
  example: TokenizedExample, config: DecoderConfig, settings: Pick<TrainingSettings, 'maxLength' | 'truncation'>,
): TokenizedExample | 'dropped' {
  requireKnownTokens(example, config);
  const limit = lengthLimit(config, settings);
  if (example.ids.length <= limit) return example;
  const cut = (from: number): TokenizedExample =>
    ({ ...example, ids: example.ids.subarray(from, from + limit), trained: example.trained.subarray(from, from + limit) });
  switch (settings.truncation ?? 'keep_start') {
    case 'keep_start': return cut(0);
    case 'keep_end': return cut(example.ids.length - limit);
    case 'drop': return 'dropped';
    case 'error': throw new UserError('training.row.too-long',
      `Row ${example.row} has ${example.ids.length} tokens; the longest length allowed is ${limit}${limit < settings.maxLength ? ", the model's context" : ''}.`,
      'Raise maxLength, shorten the row, or let truncation be "keep_start", "keep_end" or "drop".', { place: { row: example.row } });
  }
}

/** @throws UserError "training.token.unknown" when an id is beyond the vocabulary */
export function requireKnownTokens({ ids, row }: { readonly ids: Iterable<number>; readonly row: number }, { vocabSize }: DecoderConfig): void {
  for (const id of ids) {
    if (id >= 0 && id < vocabSize) continue;
    throw new UserError('training.token.unknown',
      `Row ${row} has the token ${id}, but the model knows only the ${vocabSize} tokens from 0 on.`,
      'Use the tokenizer that belongs to the model.', { place: { row } });
  }
}

/**
 * @param trainable rows or pairs that are left
 * @param rows how many there were
 * @throws UserError "training.nothing-to-learn" when none is left; says whether their length is to blame
 */
export function requireTrainable(trainable: number, { truncated, dropped }: RowCounts, rows: number): void {
  if (trainable > 0) return;
  if (rows === 0) {
    throw new UserError('training.nothing-to-learn', 'There is no row to train on.', 'Add rows with an answer of the assistant.');
  }
  const reasons = [
    ...(truncated > 0 ? [` ${truncated} rows are longer than the longest length allowed and were cut before their answer begins.`] : []),
    ...(dropped > 0 ? [` ${dropped} rows are longer than the longest length allowed and were left out.`] : []),
  ];
  throw new UserError('training.nothing-to-learn', `None of the ${rows} rows has a token to train on.${reasons.join('')}`,
    reasons.length > 0 ? 'Raise the longest length, or shorten the prompts.' : 'Add an answer of the assistant to the rows.');
}

/** A fingerprint of the rows and of what in them is trained on, in their order. */
export function hashExamples(examples: readonly TokenizedExample[]): string {
  const hash = createHash('sha256');
  for (const { ids, trained } of examples) {
    hash.update(`${ids.length}:`).update(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)).update(trained);
  }
  return hash.digest('hex');
}
