/** Templates in the style of each family, token by token: where a text begins, what ends a turn, what is trained on. */

import { describe, expect, test } from 'vitest';

import type { ChatMessage, ChatTokenizer } from '../../src/engine/text/chat.ts';
import { ChatTemplate } from '../../src/engine/text/chatTemplate.ts';
import { createChatTokenizer } from '../../src/engine/text/chatTokenizer.ts';
import { GEMMA, LLAMA2, LLAMA3, MISTRAL, open, QWEN2, QWEN3, tokenizerOf, type Family } from './families.ts';

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
