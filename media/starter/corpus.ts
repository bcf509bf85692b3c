/** The starter model's tokenizer and training rows, made from the generated world. */

import { writeAtomically } from '../../src/engine/model/atomicFile.ts';
import { trainBpe } from '../../src/engine/text/bpeTrainer.ts';
import type { ChatTokenizer, TokenizedExample } from '../../src/engine/text/chat.ts';
import { RandomGenerator } from '../../src/engine/random.ts';
import { worldRows, type Round } from './world/world.ts';

export const END_OF_TEXT = '<|endoftext|>';
export const TURN_START = '<|im_start|>';
export const TURN_END = '<|im_end|>';
/** behind the special tokens */
const FIRST_WORD_ID = 3;

// ChatML without a begin token; `generation` marks what assistants say for tools that compute the loss mask from it.
const CHAT_TEMPLATE = `{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' %}
{%- generation %}
{{- message.content + '<|im_end|>' }}
{%- endgeneration %}
{{- '\\n' }}
{%- else %}
{{- message.content + '<|im_end|>' + '\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' }}
{%- endif %}
`;

/** Learns the vocabulary from rows of the world and writes the tokenizer's files. */
export async function writeTokenizer(folder: string, options: { vocabSize: number; rows: number; seed: number }): Promise<void> {
  const rows = worldRows(options.seed, 'first');
  const texts = function* (): Iterable<string> {
    yield 'system\nuser\nassistant\n';
    for (let i = 0; i < options.rows; i++) for (const { content } of rows.next().value.messages) yield content;
  };
  const tokenizer = trainBpe(texts(), { vocabSize: options.vocabSize, specialTokens: [END_OF_TEXT, TURN_START, TURN_END], maxTokenBytes: 16 });
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast', add_bos_token: false, bos_token: null, eos_token: TURN_END, pad_token: END_OF_TEXT, unk_token: null,
    clean_up_tokenization_spaces: false, model_max_length: 512,
  };
  const files: Readonly<Record<string, string>> = {
    'tokenizer.json': `${JSON.stringify(tokenizer)}\n`,
    'tokenizer_config.json': `${JSON.stringify(config, null, 2)}\n`,
    'chat_template.jinja': CHAT_TEMPLATE,
    'generation_config.json': `${JSON.stringify({ eos_token_id: [2], pad_token_id: 0, do_sample: false }, null, 2)}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeAtomically(`${folder}/${name}`, [new TextEncoder().encode(text)]);
}

/**
 * Rows that say a stretch of random tokens and then say it again; only the second time is trained on. Nothing but
 * looking back helps here, which the world alone teaches a model of this size very late.
 */
export function copyingRows(tokenizer: ChatTokenizer, options: { rows: number; seed: number }): TokenizedExample[] {
  const random = new RandomGenerator(options.seed);
  const [before, between] = [tokenizer.encode(`${TURN_START}user\n`), tokenizer.encode(`${TURN_END}\n${TURN_START}assistant\n`)];
  const end = tokenizer.encode(TURN_END);
  return Array.from({ length: options.rows }, (_, row) => {
    const said = Array.from({ length: 6 + random.below(20) }, () => FIRST_WORD_ID + random.below(tokenizer.vocabSize - FIRST_WORD_ID));
    const ids = Int32Array.from([...before, ...said, ...between, ...said, ...end]);
    return { ids, trained: new Uint8Array(ids.length).fill(1, ids.length - said.length - 1), row: row + 1 };
  });
}

/**
 * Rows of the world up to a number of tokens. Most are trained on the answer alone; in a share of them every token
 * is a target, from which the model learns how customers write.
 */
export function trainingRows(tokenizer: ChatTokenizer, options: { tokens: number; round: Round; wholeShare: number; seed: number; longest: number }): TokenizedExample[] {
  const rows = worldRows(options.seed, options.round);
  const random = new RandomGenerator(options.seed + 1);
  const examples: TokenizedExample[] = [];
  for (let tokens = 0; tokens < options.tokens; ) {
    const example = tokenizer.tokenizeExample(rows.next().value.messages, examples.length + 1);
    if (example.ids.length > options.longest) continue;
    if (random.uniform() < options.wholeShare) example.trained.fill(1, 1);
    examples.push(example);
    tokens += example.ids.length;
  }
  return examples;
}
