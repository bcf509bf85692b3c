/** Asks two forms of one model the same and counts how often they say the same. */

import { Generator } from '../generate/generator.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import type { LoraAdapter } from '../model/lora.ts';
import type { Weights } from '../model/weights.ts';
import type { Agreement, ExportHooks } from './exportFormats.ts';

/** One of the forms, with what both are asked. */
export interface Respondent {
  readonly config: DecoderConfig;
  readonly weights: Weights;
  readonly adapter: LoraAdapter | undefined;
  readonly prompts: readonly (readonly number[])[];
  readonly endIds: readonly number[];
}

/** What stands in an answer for any of the tokens that end it. */
const END = -1;
/** Enough for the whole answer of a classifier, and for the beginning of a longer one. */
const ANSWER_TOKENS = 24;

export const VERIFICATION_TEXTS: readonly string[] = [
  'Hello, who are you?',
  'I was charged twice for my order and nobody answers my messages.',
  'Please change the address of my delivery to the new office.',
  'Summarize: the meeting was moved from Monday to Thursday because two people are ill.',
  'What is the capital of France?',
  'The app closes as soon as I open the settings page. Version 4.2.1.',
  'Write one short sentence about the sea.',
  'How much is 17 plus 25?',
  'Translate into German: Where is the train station?',
  'My password does not work any more since yesterday.',
];

/** @returns the most probable answer to each prompt, with -1 at its end where it ended by itself */
export async function greedyAnswers(respondent: Respondent, hooks: ExportHooks = {}): Promise<number[][]> {
  return withGenerator(respondent, hooks, (answer) => answer(respondent.prompts, ANSWER_TOKENS));
}

/**
 * Asks for the same answers again. Where one differs, it goes on after the expected token, so that one difference does
 * not make everything behind it count as different.
 *
 * @param expected what `greedyAnswers` gave of the other form
 */
export async function measureAgreement(respondent: Respondent, expected: readonly (readonly number[])[], hooks: ExportHooks = {}): Promise<Agreement> {
  const tokens = expected.reduce((sum, answer) => sum + answer.length, 0);
  const differing = new Array<number>(expected.length).fill(0);
  await withGenerator(respondent, hooks, async (answer) => {
    const at = new Array<number>(expected.length).fill(0);
    for (;;) {
      const open = expected.flatMap((whole, row) => (at[row] < whole.length ? [row] : []));
      // Beyond half, where it goes on no longer matters.
      if (open.length === 0 || sum(differing) * 2 > tokens) break;
      const longest = Math.max(...open.map((row) => expected[row].length - at[row]));
      const answers = await answer(open.map((row) => [...respondent.prompts[row], ...expected[row].slice(0, at[row])]), longest);
      open.forEach((row, i) => {
        const rest = expected[row].slice(at[row]);
        const same = rest.findIndex((token, position) => token !== answers[i][position]);
        if (same >= 0) differing[row]++;
        at[row] += same < 0 ? rest.length : same + 1;
      });
    }
    // What was not looked at any more.
    expected.forEach((whole, row) => (differing[row] += whole.length - at[row]));
  });
  return { prompts: expected.length, identical: differing.filter((count) => count === 0).length, tokens, agreeing: tokens - sum(differing) };
}

type Ask = (prompts: readonly (readonly number[])[], maxNewTokens: number) => Promise<number[][]>;

async function withGenerator<T>({ config, weights, adapter, endIds }: Respondent, { signal }: ExportHooks, work: (ask: Ask) => Promise<T>): Promise<T> {
  const generator = await Generator.open({ config, weights, adapter, threads: 0 });
  try {
    return await work(async (prompts, maxNewTokens) => {
      const answers = await generator.generate(prompts, { temperature: 0, seed: 0, maxNewTokens, endIds }, signal === undefined ? {} : { signal });
      signal?.throwIfAborted();
      return answers.map(({ ids, finish }) => (finish === 'end' ? [...ids, END] : ids));
    });
  } finally {
    await generator.dispose();
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
