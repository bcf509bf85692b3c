/** Templates in the style of each family, token by token: where a text begins, what ends a turn, what is trained on. */

import { describe, expect, test } from 'vitest';

import { trainBpe, type BpeTokenizerJson } from '../../src/engine/text/bpeTrainer.ts';
import type { ChatMessage, ChatTokenizer } from '../../src/engine/text/chat.ts';
import { ChatTemplate } from '../../src/engine/text/chatTemplate.ts';
import { createChatTokenizer } from '../../src/engine/text/chatTokenizer.ts';

const WORDS = ['Hello', ' you', 'Fine', 'user', 'model', 'assistant', 'system', 'think', 'Be brief.', '\n\n'];

interface Family {
  readonly specials: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  /** as in generation_config.json */
  readonly ends: readonly string[];
  readonly template: string;
  /** writes spaces as ▁ and unknown characters as bytes; 'prepend' begins every stretch between markers with one */
  readonly sentencePiece?: 'plain' | 'prepend';
}

// Llama 3: a begin token that the tokenizer would add, too; headers, and a turn's end that is not the text's end.
const LLAMA3: Family = {
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
const GEMMA: Family = {
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
const QWEN2: Family = {
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
const QWEN3: Family = {
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
const MISTRAL: Family = {
  specials: ['<unk>', '<s>', '</s>', '[INST]', '[/INST]'],
  config: { bos_token: '<s>', eos_token: '</s>', add_bos_token: true },
  ends: ['</s>'],
  template: `{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + '[/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] + eos_token }}{% else %}{{ raise_exception('There is no system role') }}{% endif %}{% endfor %}`,
};

// Line breaks together are one piece whatever follows, as in the expressions of Llama 3 and Qwen.
const SPLITTING = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+' }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
};

// Llama 2: brackets that are plain text, and a space before the text's end, which is trained on as well.
const LLAMA2: Family = {
  specials: ['<unk>', '<s>', '</s>'],
  config: { bos_token: '<s>', eos_token: '</s>', add_bos_token: true },
  ends: ['</s>'],
  sentencePiece: 'prepend',
  template: `{% for message in messages %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + message['content'] | trim + ' [/INST]' }}{% else %}{{ ' ' + message['content'] | trim + ' ' + eos_token }}{% endif %}{% endfor %}`,
};

/** A `tokenizer.json` as those that were converted from SentencePiece. */
function sentencePieceOf(specials: readonly string[], kind: 'plain' | 'prepend'): object {
  const words = [...WORDS, ' Hello', ' Fine'].map((word) => word.replaceAll(' ', '▁')).filter((word) => !word.includes('\n'));
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

function tokenizerOf(specials: readonly string[]): BpeTokenizerJson {
  const json = trainBpe(WORDS.flatMap((word) => [word, word, word]), { vocabSize: 330, specialTokens: specials, maxTokenBytes: 9 });
  return { ...json, pre_tokenizer: SPLITTING };
}

/** With a post-processor that adds the family's begin token to whatever is encoded, as published tokenizers have it. */
function open({ specials, config, ends, template, sentencePiece }: Family): ChatTokenizer {
  const bos = config['bos_token'];
  const json = sentencePiece === undefined ? tokenizerOf(specials) : sentencePieceOf(specials, sentencePiece);
  const tokenizer = typeof bos !== 'string' ? json : {
    ...json,
    post_processor: {
      type: 'TemplateProcessing', pair: [], single: [{ SpecialToken: { id: bos, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      special_tokens: { [bos]: { id: bos, ids: [specials.indexOf(bos)], tokens: [bos] } },
    },
  };
  return createChatTokenizer({ tokenizer, config, template, endIds: ends.map((token) => specials.indexOf(token)), folder: '/models/tiny' });
}

/** Every token, those that are trained on with a star; plain text that is not trained on stands together. */
function spelled({ specials }: Family, tokenizer: ChatTokenizer, messages: readonly ChatMessage[]): string[] {
  const { ids, trained } = tokenizer.tokenizeExample(messages, 1);
  const pieces: string[] = [];
  let joins = false;
  ids.forEach((id, i) => {
    const isPlain = specials[id] === undefined && trained[i] === 0;
    const text = (trained[i] ? '*' : '') + (specials[id] ?? tokenizer.decode([id]));
    if (isPlain && joins) pieces[pieces.length - 1] += text;
    else pieces.push(text);
    joins = isPlain;
  });
  return pieces;
}

const TWICE: readonly ChatMessage[] = [
  { role: 'user', content: 'Hello' }, { role: 'assistant', content: 'Hello you' }, { role: 'user', content: 'And?' }, { role: 'assistant', content: 'Fine' },
];
const SYSTEM: ChatMessage = { role: 'system', content: 'Be brief.' };

describe('a row of training', () => {
  test('of Llama 2 begins every question anew and trains on the text\'s end, with SentencePiece\'s spaces between', () => {
    expect(spelled(LLAMA2, open(LLAMA2), TWICE)).toEqual([
      '<s>', ' [INST] Hello [/INST]', '* ', '*Hello', '* you', '* ', '*</s>', '<s>', ' [INST] And? [/INST]', '* ', '*Fine', '* ', '*</s>',
    ]);
  });

  test('of Llama 3 begins once and trains on the end of the turn', () => {
    const header = (role: string): string[] => ['<|start_header_id|>', role, '<|end_header_id|>'];
    expect(spelled(LLAMA3, open(LLAMA3), [SYSTEM, ...TWICE])).toEqual([
      '<|begin_of_text|>', ...header('system'), '\n\nBe brief.', '<|eot_id|>', ...header('user'), '\n\nHello', '<|eot_id|>',
      ...header('assistant'), '\n\n', '*Hello', '* you', '*<|eot_id|>', ...header('user'), '\n\nAnd?', '<|eot_id|>',
      ...header('assistant'), '\n\n', '*Fine', '*<|eot_id|>',
    ]);
  });

  test('of Gemma begins once, trains on the end of the turn and not on the line break after it', () => {
    expect(spelled(GEMMA, open(GEMMA), [SYSTEM, ...TWICE])).toEqual([
      '<bos>', '<start_of_turn>', 'user\nBe brief.\n\nHello', '<end_of_turn>', '\n', '<start_of_turn>', 'model\n', '*Hello', '* you', '*<end_of_turn>', '\n',
      '<start_of_turn>', 'user\nAnd?', '<end_of_turn>', '\n', '<start_of_turn>', 'model\n', '*Fine', '*<end_of_turn>', '\n',
    ]);
  });

  test('of Gemma is the same for answers with space around them, which the template takes off', () => {
    const spaced = TWICE.map((message) => (message.role === 'assistant' ? { ...message, content: ` ${message.content}\n` } : message));
    expect(open(GEMMA).tokenizeExample(spaced, 1)).toEqual(open(GEMMA).tokenizeExample(TWICE, 1));
  });

  test('of Qwen 2.5 has no begin token, and the system turn that the template adds', () => {
    const wanted = [
      '<|im_start|>', 'system\nBe brief.', '<|im_end|>', '\n', '<|im_start|>', 'user\nHello', '<|im_end|>', '\n',
      '<|im_start|>', 'assistant\n', '*Hello', '* you', '*<|im_end|>', '\n', '<|im_start|>', 'user\nAnd?', '<|im_end|>', '\n',
      '<|im_start|>', 'assistant\n', '*Fine', '*<|im_end|>', '\n',
    ];
    expect(spelled(QWEN2, open(QWEN2), TWICE)).toEqual(wanted);
    expect(spelled(QWEN2, open(QWEN2), [SYSTEM, ...TWICE])).toEqual(wanted);
  });

  test('of Qwen 3 trains on the empty thought of the last answer, which the model has to write by itself', () => {
    const texts = spelled(QWEN3, open(QWEN3), TWICE);
    expect(texts.slice(0, 10)).toEqual([
      '<|im_start|>', 'user\nHello', '<|im_end|>', '\n', '<|im_start|>', 'assistant\n', '*Hello', '* you', '*<|im_end|>', '\n',
    ]);
    expect(texts.filter((text) => text.startsWith('*')).map((text) => text.slice(1)).join('')).toBe('Hello you<|im_end|><think>\n\n</think>\n\nFine<|im_end|>');
    expect(texts.slice(-3)).toEqual(['*Fine', '*<|im_end|>', '\n']);
  });

  test('of Mistral begins once for all turns and ends every answer', () => {
    const texts = spelled(MISTRAL, open(MISTRAL), TWICE);
    expect(texts.filter((text) => text === '<s>')).toHaveLength(1);
    expect(texts.filter((text) => text.startsWith('*')).join('').replaceAll('*', '')).toBe(' Hello you</s> Fine</s>');
    expect(texts.slice(0, 4)).toEqual(['<s>', '[INST]', ' Hello', '[/INST]']);
  });
});

describe.each([['Llama 2', LLAMA2], ['Llama 3', LLAMA3], ['Gemma', GEMMA], ['Qwen 2.5', QWEN2], ['Qwen 3', QWEN3], ['Mistral', MISTRAL]] as const)('%s', (_, family) => {
  const tokenizer = open(family);

  test('answers end at any of its own end tokens', () => {
    expect(tokenizer.endIds.map((id) => family.specials[id]).sort()).toEqual([...family.ends].sort());
  });

  test('a prompt is the beginning of the row that answers it, and training starts right behind it', () => {
    const prompt = tokenizer.tokenizePrompt(TWICE.slice(0, 3));
    const { ids, trained } = tokenizer.tokenizeExample(TWICE, 1);
    expect([...ids.subarray(0, prompt.length)]).toEqual(prompt);
    expect([trained[prompt.length - 1], trained[prompt.length]]).toEqual([0, 1]);
  });

  test('a prompt begins as the template says, and the tokenizer adds nothing to it', () => {
    const bos = family.config['bos_token'];
    const [first, ...rest] = tokenizer.tokenizePrompt(TWICE.slice(0, 1)).map((id) => family.specials[id]);
    expect(first).toBe(typeof bos === 'string' ? bos : '<|im_start|>');
    expect(rest).not.toContain(first === bos ? bos : '<|endoftext|>');
  });
});

describe('a template that asks for the date', () => {
  const source = `{%- if strftime_now is defined %}{%- set date = strftime_now("%d %b %Y") %}{%- else %}{%- set date = 'none' %}{%- endif %}{{ 'Today: ' + date + strftime_now(' %A, %B, 100%%, %Q') }}`;

  test('is always given the same one, so that rows and prompts do not change from day to day', () => {
    expect(new ChatTemplate(source, {}).render([], false)).toBe('Today: 26 Jul 2024 Friday, July, 100%, %Q');
  });
});

describe('the size of a vocabulary', () => {
  const { specials } = LLAMA3;
  const size = Object.keys(tokenizerOf(specials).model.vocab).length;
  const withMarkers = (...contents: string[]): object => {
    const json = tokenizerOf(specials);
    const added = contents.map((content, i) => ({ id: size + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }));
    return { ...json, added_tokens: [...json.added_tokens, ...added] };
  };
  const sizeOf = (tokenizer: object, template: string, endIds: readonly number[] = []): number =>
    createChatTokenizer({ tokenizer, config: LLAMA3.config, template, endIds, folder: '/m' }).vocabSize;

  test('counts markers that the template prints or that end an answer', () => {
    expect(sizeOf(withMarkers('<|turn|>'), `{% for message in messages %}{{ '<|turn|>' + message.content }}{% endfor %}`)).toBe(size + 1);
    expect(sizeOf(withMarkers('<|turn|>', '<|over|>'), LLAMA3.template, [size + 1])).toBe(size + 2);
  });

  test('leaves out markers for other uses: a tokenizer shared with models that see images has some beyond the embeddings', () => {
    expect(sizeOf(withMarkers('<image>'), LLAMA3.template)).toBe(size);
  });
});
