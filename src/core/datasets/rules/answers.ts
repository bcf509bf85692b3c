/** About what is said in prompts and answers, and how alike rows are in that. */

import type { FileRule, RowRule } from './rule.ts';

export const ANSWER_RULES = {
  'dataset.row.special-token': {
    severity: 'warning',
    title: 'Control tokens in the text',
    means: 'Texts such as <|im_end|> or </s> are how chat templates mark turns. Inside a text they end the turn in the middle, or teach the model to write them.',
    one: 'holds a control token of a chat template',
    many: 'hold control tokens of a chat template',
    remedy: 'Remove it: the template of the model adds its own',
  },
  'dataset.row.refusal': {
    severity: 'info',
    title: 'Refusals and stock phrases',
    means: 'Answers like "As an AI language model, I cannot …" are often left over from the model that wrote the data. The model learns to refuse where it should answer.',
    one: 'answers with a refusal or a stock phrase',
    many: 'answer with a refusal or a stock phrase',
    remedy: 'Keep those that are meant; write an answer for the others, or remove them',
  },
  'dataset.row.reasoning-in-some': {
    severity: 'warning',
    title: 'Thinking in some rows only',
    means: 'Some answers think aloud before they answer, in <think> or a field of their own, and others do not. The model then does one or the other by chance, and costs and latency with it.',
    one: 'differs from most rows in whether the answer thinks aloud',
    many: 'differ from most rows in whether the answer thinks aloud',
    remedy: 'Let all rows think or none, as the model will be used',
  },
  'dataset.row.old-artefacts': {
    severity: 'warning',
    title: 'Marks of an old format',
    means: 'The completion begins with a space or ends with a mark such as END or ###, and the prompt ends with a separator. Models before chat needed that; today\'s learn to write these marks.',
    one: 'has separators of the old prompt and completion format',
    many: 'have separators of the old prompt and completion format',
    remedy: 'Remove the space and the marks',
  },
  'dataset.row.prompt-in-answer': {
    severity: 'warning',
    title: 'The answer repeats the question',
    means: 'The answer begins with the whole question. Usually an export wrote the conversation so far into the answer; the model learns to echo before it answers.',
    one: 'repeats the question at the beginning of the answer',
    many: 'repeat the question at the beginning of the answer',
    remedy: 'Remove the question from the answer',
  },
  'dataset.row.label-spaces': {
    severity: 'warning',
    title: 'Spaces around a label',
    means: 'For a program "refund" and "refund " are two labels. Tunesmith removes the space when it trains here; other programs do not.',
    one: 'has spaces around its label',
    many: 'have spaces around their labels',
    remedy: 'Remove the spaces',
  },
  'dataset.row.other-system-prompt': {
    severity: 'warning',
    title: 'Another system prompt than most rows',
    means: 'Most rows share one system prompt and these have another one or none. A tuned model is at its best under the very prompt that it was trained with; a stray one is usually an old version.',
    one: 'has another system prompt than most rows',
    many: 'have another system prompt than most rows',
    remedy: 'Use one system prompt everywhere, and the same one in use',
  },
} as const satisfies Readonly<Record<string, RowRule>>;

export const ANSWER_FILE_RULES = {
  'dataset.mixed-languages': {
    severity: 'info',
    title: 'Several languages',
    means: 'A model answers in the languages that it was trained in. A few rows in another one are often a mistake, and too few to learn it from. Found by a sample of the rows.',
    remedy: 'Check that these languages are meant; give each of them rows enough, and look at each by itself when you evaluate',
  },
} as const satisfies Readonly<Record<string, FileRule>>;
