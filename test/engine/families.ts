/** Templates and tokenizers in the style of each family, with little vocabularies. */

import { trainBpe, type BpeTokenizerJson } from '../../src/engine/text/bpeTrainer.ts';
import type { ModelTokenizer } from '../../src/engine/text/chat.ts';
import { createChatTokenizer } from '../../src/engine/text/chatTokenizer.ts';

const WORDS = ['Hello', ' you', 'Fine', 'user', 'model', 'assistant', 'system', 'think', 'Be brief.', '\n\n'];

export interface Family {
  readonly specials: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  /** as in generation_config.json */
  readonly ends: readonly string[];
  readonly template: string;
  /** writes spaces as ▁ and unknown characters as bytes; 'prepend' begins every stretch between markers with one */
  readonly sentencePiece?: 'plain' | 'prepend';
  /** more of the vocabulary, of SentencePiece */
  readonly words?: readonly string[];
}

// Llama 3: a begin token that the tokenizer would add, too; headers, and a turn's end that is not the text's end.
export const LLAMA3: Family = {
  specials: ['<|begin_of_text|>', '<|end_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>', '<|eom_id|>'],
  config: { bos_token: '<|begin_of_text|>', eos_token: '<|eot_id|>' },
  ends: ['<|end_of_text|>', '<|eom_id|>', '<|eot_id|>'],
  template: `{{- bos_token }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
`,
};

// Gemma: a begin token, the assistant is "model", the system's words stand in the user's first turn, contents are trimmed.
export const GEMMA: Family = {
  specials: ['<pad>', '<eos>', '<bos>', '<start_of_turn>', '<end_of_turn>'],
  config: { bos_token: '<bos>', eos_token: '<eos>', pad_token: '<pad>' },
  ends: ['<eos>', '<end_of_turn>'],
  sentencePiece: 'plain',
  template: `{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set opening = messages[0]['content'] + '\\n\\n' -%}
    {%- set turns = messages[1:] -%}
{%- else -%}
    {%- set opening = '' -%}
    {%- set turns = messages -%}
{%- endif -%}
{%- for message in turns -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception('The roles must take turns') }}
    {%- endif -%}
    {{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else message['role']) + '\\n' + (opening if loop.first else '') }}
    {{- message['content'] | trim }}
    {{- '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{ '<start_of_turn>model\\n' }}
{%- endif -%}
`,
};

// Qwen 2.5: no begin token at all, and a system turn of its own when there is none.
export const QWEN2: Family = {
  specials: ['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
  config: { bos_token: null, eos_token: '<|im_end|>', pad_token: '<|endoftext|>', add_bos_token: false },
  ends: ['<|im_end|>', '<|endoftext|>'],
  template: `{%- if messages[0]['role'] != 'system' %}
    {{- '<|im_start|>system\\nBe brief.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
`,
};

// Qwen 3: an empty thought before the answers to the last question, none before earlier ones.
export const QWEN3: Family = {
  specials: ['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
  config: { eos_token: '<|im_end|>', pad_token: '<|endoftext|>' },
  ends: ['<|im_end|>', '<|endoftext|>'],
  template: `{%- set last = namespace(question=0) %}
{%- for message in messages[::-1] %}
    {%- if message.role == 'user' and last.question == 0 %}
        {%- set last.question = messages|length - 1 - loop.index0 %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.role == 'assistant' and loop.index0 > last.question %}
        {{- '<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n' + message.content.split('</think>')[-1].lstrip('\\n') + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content.split('</think>')[-1].lstrip('\\n') + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
`,
};

// Mistral: a begin token, instructions in brackets that are tokens, and the text's end after every answer.
export const MISTRAL: Family = {
  specials: ['<unk>', '<s>', '</s>', '[INST]', '[/INST]'],
  config: { bos_token: '<s>', eos_token: '</s>', add_bos_token: true },
  ends: ['</s>'],
  template: `{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + '[/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] + eos_token }}{% else %}{{ raise_exception('There is no system role') }}{% endif %}{% endfor %}`,
};

// Line breaks together are one piece whatever follows, as in the expressions of Llama 3 and Qwen.
export const SPLITTING = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+' }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
};

// Llama 2: brackets that are plain text, and a space before the text's end, which is trained on as well.
export const LLAMA2: Family = {
  specials: ['<unk>', '<s>', '</s>'],
  config: { bos_token: '<s>', eos_token: '</s>', add_bos_token: true },
  ends: ['</s>'],
  sentencePiece: 'prepend',
  template: `{% for message in messages %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + message['content'] | trim + ' [/INST]' }}{% else %}{{ ' ' + message['content'] | trim + ' ' + eos_token }}{% endif %}{% endfor %}`,
};

/** A `tokenizer.json` as those that were converted from SentencePiece. */
function sentencePieceOf(specials: readonly string[], kind: 'plain' | 'prepend', more: readonly string[] = []): object {
  // As in SentencePiece's own vocabularies, no entry goes beyond a word.
  const words = [...WORDS, ' Hello', ' Fine'].filter((word) => !word.includes('\n')).flatMap((word) => word.replaceAll(' ', '▁').match(/▁?[^▁]+/gu) ?? [])
    .concat(more.map((word) => word.replaceAll(' ', '▁')));
  const merges = new Map(words.flatMap((word) => Array.from({ length: word.length - 1 }, (_, i) => [word.slice(0, i + 2), [word.slice(0, i + 1), word[i + 1]]] as const)));
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const vocab = [...new Set([...specials, ...bytes, ...words.flatMap((word) => [...word]), ...merges.keys()])];
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const decode = [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }];
  return {
    version: '1.0', truncation: null, padding: null, pre_tokenizer: null, post_processor: null,
    added_tokens: specials.map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
    normalizer: kind === 'prepend' ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replace] } : replace,
    decoder: { type: 'Sequence', decoders: decode },
    model: {
      type: 'BPE', dropout: null, unk_token: specials.includes('<unk>') ? '<unk>' : null, continuing_subword_prefix: null, end_of_word_suffix: null,
      fuse_unk: true, byte_fallback: true, ignore_merges: false, vocab: Object.fromEntries(vocab.map((token, id) => [token, id])), merges: [...merges.values()],
    },
  };
}

export function tokenizerOf(specials: readonly string[]): BpeTokenizerJson {
  const json = trainBpe(WORDS.flatMap((word) => [word, word, word]), { vocabSize: 330, specialTokens: specials, maxTokenBytes: 9 });
  return { ...json, pre_tokenizer: SPLITTING };
}

/** With a post-processor that adds the family's begin token to whatever is encoded, as published tokenizers have it. */
export function open({ specials, config, ends, template, sentencePiece, words }: Family): ModelTokenizer {
  const bos = config['bos_token'];
  const json = sentencePiece === undefined ? tokenizerOf(specials) : sentencePieceOf(specials, sentencePiece, words);
  const tokenizer = typeof bos !== 'string' ? json : {
    ...json,
    post_processor: {
      type: 'TemplateProcessing', pair: [], single: [{ SpecialToken: { id: bos, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      special_tokens: { [bos]: { id: bos, ids: [specials.indexOf(bos)], tokens: [bos] } },
    },
  };
  return createChatTokenizer({ tokenizer, config, template, endIds: ends.map((token) => specials.indexOf(token)), folder: '/models/tiny' });
}
