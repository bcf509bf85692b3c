/** Asks base and tuned model the held-out questions, both greedily and in the same batches. */

import { performance } from 'node:perf_hooks';

import type { TrainingExample } from '../core/datasets/example.ts';
import { evaluate, type PairedAnswer } from '../core/evaluation/evaluate.ts';
import type { EvaluationReport } from '../core/evaluation/evaluation.ts';
import type { ChatTokenizer } from '../engine/text/chat.ts';

/** Answers a batch of prompts of token ids, greedily. */
export type AnswerBatch = (prompts: readonly number[][], maxNewTokens: number, signal: AbortSignal) => Promise<readonly string[]>;

export interface Contestants {
  readonly base: AnswerBatch;
  readonly tuned: AnswerBatch;
}

const BATCH_ROWS = 32;
/** An answer longer than any expected one is wrong already; some room keeps "nearly right" readable. */
const SPARE_TOKENS = 8;
const MOST_NEW_TOKENS = 512;

/**
 * @param heldOutRows of how many `examples` are a sample
 * @param onProgress hears how many rows of how many both models have answered
 * @throws the signal's reason when aborted
 */
export async function compare(
  contestants: Contestants, examples: readonly TrainingExample[], tokenizer: ChatTokenizer, maxPositions: number, heldOutRows: number,
  signal: AbortSignal, onProgress: (done: number, total: number) => void,
): Promise<EvaluationReport> {
  const started = performance.now();
  const questions = examples.map((example) => question(example, tokenizer));
  const longest = Math.max(...questions.map(({ expectedTokens }) => expectedTokens));
  const maxNewTokens = Math.min(longest + SPARE_TOKENS, MOST_NEW_TOKENS);
  // Of a prompt that leaves no room for the answer, the end counts: it holds the question.
  const fitting = questions.map((one) => ({ ...one, ids: one.ids.slice(-Math.max(1, maxPositions - maxNewTokens)) }));
  const answers: PairedAnswer[] = [];
  onProgress(0, fitting.length);
  for (let at = 0; at < fitting.length; at += BATCH_ROWS) {
    const batch = fitting.slice(at, at + BATCH_ROWS);
    const prompts = batch.map(({ ids }) => ids);
    const base = await contestants.base(prompts, maxNewTokens, signal);
    const tuned = await contestants.tuned(prompts, maxNewTokens, signal);
    signal.throwIfAborted();
    for (const [index, { row, prompt, expected }] of batch.entries()) {
      answers.push({ row, prompt, expected, base: base[index] ?? '', tuned: tuned[index] ?? '' });
    }
    onProgress(answers.length, fitting.length);
  }
  return evaluate(answers, (performance.now() - started) / 1000, heldOutRows);
}

function question({ row, messages }: TrainingExample, tokenizer: ChatTokenizer): {
  row: number; prompt: string; expected: string; expectedTokens: number; ids: number[];
} {
  const expected = messages.at(-1)?.content ?? '';
  const before = messages.slice(0, -1);
  return {
    row, expected,
    prompt: before.findLast(({ role }) => role === 'user')?.content ?? '',
    expectedTokens: tokenizer.encode(expected).length,
    ids: tokenizer.tokenizePrompt(before),
  };
}
