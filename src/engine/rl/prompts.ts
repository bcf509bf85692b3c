/** Prompts ready to be answered: tokenized, and none that leaves no room for a completion. */

import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import type { ChatMessage, ChatTokenizer } from '../text/chat.ts';
import { requireKnownTokens } from '../train/examples.ts';

/** One prompt with the row of the dataset that its completions are judged by. */
export interface RlPrompt<Item> {
  readonly messages: readonly ChatMessage[];
  readonly item: Item;
  /** 1-based row of the source file */
  readonly row: number;
}

export interface PreparedPrompt<Item> extends RlPrompt<Item> {
  readonly ids: readonly number[];
}

export interface PreparedPrompts<Item> {
  readonly prompts: readonly PreparedPrompt<Item>[];
  /** prompts left out, for they are longer than `limit` */
  readonly tooLong: number;
}

/**
 * @param limit tokens that a prompt may have
 * @throws UserError "training.token.unknown", and as `tokenizePrompt`, with the row
 */
export function preparePrompts<Item>(
  prompts: readonly RlPrompt<Item>[], tokenizer: Pick<ChatTokenizer, 'tokenizePrompt'>, config: DecoderConfig, limit: number,
): PreparedPrompts<Item> {
  const all = prompts.map((prompt): PreparedPrompt<Item> => {
    const prepared = { ...prompt, ids: tokenized(prompt, tokenizer) };
    requireKnownTokens(prepared, config);
    return prepared;
  });
  const fitting = all.filter(({ ids }) => ids.length <= limit);
  return { prompts: fitting, tooLong: all.length - fitting.length };
}

function tokenized<Item>({ messages, row }: RlPrompt<Item>, tokenizer: Pick<ChatTokenizer, 'tokenizePrompt'>): number[] {
  try {
    return tokenizer.tokenizePrompt(messages);
  } catch (fault) {
    if (!(fault instanceof UserError) || !fault.code.startsWith('chat.template.')) throw fault;
    throw new UserError(fault.code, `Row ${row}: ${fault.message}`, fault.remedy, { cause: fault, place: { ...fault.place, row } });
  }
}

/** @throws UserError "training.nothing-to-learn" when no prompt is left; says whether length is to blame */
export function requirePrompts<Item>({ prompts, tooLong }: PreparedPrompts<Item>, limit: number): void {
  if (prompts.length > 0) return;
  if (tooLong === 0) throw new UserError('training.nothing-to-learn', 'There is no prompt to train on.', 'Add rows with a prompt.');
  throw new UserError('training.nothing-to-learn',
    `None of the ${tooLong} prompts fits: each has more than the ${limit} tokens that remain beside the longest completion.`,
    'Lower the longest completion, raise the longest length, or shorten the prompts.');
}

/** A fingerprint of the prompts and of what their completions are judged by, in their order. */
export function hashPrompts<Item>(prompts: readonly PreparedPrompt<Item>[]): string {
  const hash = createHash('sha256');
  for (const { ids, item } of prompts) hash.update(JSON.stringify([ids, item]));
  return hash.digest('hex');
}
