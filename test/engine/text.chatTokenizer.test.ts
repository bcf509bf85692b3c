/** Conversations to tokens: templates of several families, and a loss mask checked token by token. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { UserError } from '../../src/engine/errors.ts';
import { trainBpe } from '../../src/engine/text/bpeTrainer.ts';
import type { ChatMessage, ChatTokenizer } from '../../src/engine/text/chat.ts';
import { ChatTemplate } from '../../src/engine/text/chatTemplate.ts';
import { createChatTokenizer } from '../../src/engine/text/chatTokenizer.ts';

const SPECIAL = ['<s>', '</s>', '<|im_start|>', '<|im_end|>', '<pad>'];
const TOKENIZER = trainBpe(['Hello\nHello\nHello\nuser\nuser\nassistant\nassistant'], { vocabSize: 300, specialTokens: SPECIAL, maxTokenBytes: 9 });

const CHATML = `{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;
// The same text as CHATML, with the answers marked.
const MARKED = `{%- for message in messages %}
  {%- if message.role == 'assistant' %}
    {{- '<|im_start|>assistant\\n' }}{% generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}{{ '\\n' }}
  {%- else %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
  {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;
const INSTRUCT = `{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] + eos_token }}{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}`;
// As reasoning models do: earlier answers lose their thoughts, so that the text of a turn depends on what follows.
const REWRITING = `{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' }}{% if message.role == 'assistant' and not loop.last %}{{ message.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ message.content }}{% endif %}{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

const CHAT: readonly ChatMessage[] = [
  { role: 'system', content: 'Hi there.' },
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hello you' },
  { role: 'user', content: 'How are you?' },
  { role: 'assistant', content: 'Fine, thanks!' },
];

function make(template: string | undefined, config: Readonly<Record<string, unknown>> = {}, tokenizer: unknown = TOKENIZER): ChatTokenizer {
  return createChatTokenizer({ tokenizer, config: { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', ...config }, template, folder: '/models/tiny' });
}

/** The trained stretches as text, special tokens included. */
function trainedTexts(tokenizer: ChatTokenizer, messages: readonly ChatMessage[]): string[] {
  const { ids, trained } = tokenizer.tokenizeExample(messages, 1);
  const texts: string[] = [];
  ids.forEach((id, i) => {
    if (!trained[i]) return;
    const text = SPECIAL[id] ?? tokenizer.decode([id]);
    if (i > 0 && trained[i - 1]) texts[texts.length - 1] += text;
    else texts.push(text);
  });
  return texts;
}

/** Every token with a mark before the trained ones. */
function spelled(tokenizer: ChatTokenizer, messages: readonly ChatMessage[]): string[] {
  const { ids, trained } = tokenizer.tokenizeExample(messages, 1);
  return [...ids].map((id, i) => (trained[i] ? '*' : '') + (SPECIAL[id] ?? tokenizer.decode([id])));
}

describe('the loss mask', () => {
  test('covers the answer and its end marker, token by token, and not the line break after it', () => {
    expect(spelled(make(CHATML), [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello' }])).toEqual([
      '<|im_start|>', 'user', '\n', 'H', 'i', '<|im_end|>', '\n', '<|im_start|>', 'assistant', '\n', '*Hello', '*<|im_end|>', '\n',
    ]);
  });

  test.each([['turn by turn', CHATML], ['by the template\'s own marks', MARKED]])('finds every answer %s', (_, template) => {
    expect(trainedTexts(make(template), CHAT)).toEqual(['Hello you<|im_end|>', 'Fine, thanks!<|im_end|>']);
  });

  test('is the same by marks and turn by turn, for any conversation', () => {
    const content = fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'Hello', '?', '<|im_end|>', '\uE0F0', '\uE0F2', 'é') });
    const turn = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content, weight: fc.constantFrom(0, 1, undefined) });
    const [plain, marked] = [make(CHATML), make(MARKED)];
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 5 }), (messages) => {
        expect(marked.tokenizeExample(messages as ChatMessage[], 1)).toEqual(plain.tokenizeExample(messages as ChatMessage[], 1));
      }),
      { numRuns: 300 },
    );
  });

  test('leaves out turns of weight 0 and keeps them in the text', () => {
    const messages = CHAT.map((message, i) => (i === 2 ? { ...message, weight: 0 as const } : message));
    for (const template of [CHATML, MARKED]) {
      expect(trainedTexts(make(template), messages)).toEqual(['Fine, thanks!<|im_end|>']);
      expect(make(template).tokenizeExample(messages, 1).ids).toEqual(make(template).tokenizeExample(CHAT, 1).ids);
    }
  });

  test('is empty without an answer', () => {
    expect(make(CHATML).tokenizeExample(CHAT.slice(0, 2), 1).trained.some(Boolean)).toBe(false);
  });

  test('of a template with a begin token and no marker before answers starts with the answer', () => {
    const tokenizer = make(INSTRUCT);
    expect(trainedTexts(tokenizer, CHAT.slice(1))).toEqual([' Hello you</s>', ' Fine, thanks!</s>']);
    const { ids } = tokenizer.tokenizeExample(CHAT.slice(1), 1);
    expect([...ids].filter((id) => id === SPECIAL.indexOf('<s>'))).toHaveLength(1);
  });

  test('ends the last answer with the end token of a model whose template prints none after answers', () => {
    const silent = make(`{% for message in messages %}{{ message.role + ': ' + message.content + '\n\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}`);
    expect(trainedTexts(silent, CHAT)).toEqual(['Hello you\n\n', 'Fine, thanks!</s>']);
    expect(trainedTexts(silent, [CHAT[1], { role: 'assistant', content: 'Hello\n' }])).toEqual(['Hello\n</s>']);
    expect([...silent.tokenizeExample(CHAT.slice(0, 2), 1).ids]).toEqual(silent.encode('system: Hi there.\n\nuser: Hello\n\n'));
    const dropped = CHAT.map((message, turn) => (turn === 4 ? { ...message, weight: 0 as const } : message));
    expect(trainedTexts(silent, dropped)).toEqual(['Hello you\n\n']);
    expect(trainedTexts(make(CHATML), CHAT)).toEqual(['Hello you<|im_end|>', 'Fine, thanks!<|im_end|>']);
  });

  test('does not double the begin token when the tokenizer would add one too', () => {
    const adding = {
      ...TOKENIZER,
      post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }], pair: [], special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } } },
    };
    const tokenizer = make(INSTRUCT, { add_bos_token: true }, adding);
    expect([...tokenizer.tokenizeExample(CHAT.slice(1), 1).ids].filter((id) => id === 0)).toHaveLength(1);
    expect(tokenizer.tokenizePrompt(CHAT.slice(1, 2)).filter((id) => id === 0)).toHaveLength(1);
  });

  test('follows a template that rewrites earlier turns', () => {
    const messages: ChatMessage[] = [
      { role: 'user', content: 'Hi' }, { role: 'assistant', content: '<think>you two</think>\nHello' },
      { role: 'user', content: 'How are you?' }, { role: 'assistant', content: '<think>Fine</think>\nthanks' },
    ];
    expect(trainedTexts(make(REWRITING), messages)).toEqual(['Hello<|im_end|>', '<think>Fine</think>\nthanks<|im_end|>']);
  });

  test('never trains on the first token, which nothing predicts', () => {
    const tokenizer = make(`{% for message in messages %}{{ message.content + eos_token }}{% endfor %}`);
    expect([...tokenizer.tokenizeExample([{ role: 'assistant', content: 'Hello' }], 1).trained][0]).toBe(0);
  });

  test('starts with a token that spans the prompt and the answer', () => {
    // "Hello" is one entry: when the template ends the prompt with "Hel", the boundary lies inside of it.
    const tokenizer = make(`{% for message in messages %}{% if message.role == 'user' %}{{ message.content + 'Hel' }}{% else %}{{ message.content + eos_token }}{% endif %}{% endfor %}`);
    const messages: ChatMessage[] = [{ role: 'user', content: 'Hi ' }, { role: 'assistant', content: 'lo' }];
    const { ids, trained } = tokenizer.tokenizeExample(messages, 1);
    expect([...ids].map((id) => SPECIAL[id] ?? tokenizer.decode([id]))).toEqual(['H', 'i', ' ', 'Hello', '</s>']);
    expect([...trained]).toEqual([0, 0, 0, 1, 1]);
  });
});

describe('a prompt', () => {
  test('ends where the answer begins', () => {
    for (const template of [CHATML, MARKED, INSTRUCT]) {
      const tokenizer = make(template);
      const chat = CHAT.slice(1);
      const { ids, trained } = tokenizer.tokenizeExample(chat, 1);
      const prompt = tokenizer.tokenizePrompt(chat.slice(0, -1));
      expect([...ids].slice(0, prompt.length)).toEqual(prompt);
      expect(trained[prompt.length]).toBe(1);
      expect(trained[prompt.length - 1]).toBe(0);
    }
  });

  test('of a model without a template is refused with what to do', () => {
    expect(() => make(undefined).tokenizePrompt(CHAT)).toThrow(expect.objectContaining({ code: 'model.chat-template.missing' }));
  });
});

describe('special tokens', () => {
  test('that end an answer come from the configuration, the generation settings and the template', () => {
    const tokenizer = createChatTokenizer({ tokenizer: TOKENIZER, config: { eos_token: { content: '</s>' } }, template: CHATML, endIds: [0, 9999], folder: '/m' });
    expect([...tokenizer.endIds].sort()).toEqual([0, 1, 3]);
  });

  test('for padding: the pad token, else the end token', () => {
    expect(make(CHATML).padId).toBe(4);
    expect(make(CHATML, { pad_token: null }).padId).toBe(1);
  });

  test('are not part of decoded text; nothing else is lost', () => {
    const tokenizer = make(CHATML);
    expect(tokenizer.decode(tokenizer.encode('<|im_start|>Hello , you .<|im_end|>'))).toBe('Hello , you .');
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.encode('')).toEqual([]);
    expect(tokenizer.vocabSize).toBe(Object.keys(TOKENIZER.model.vocab).length);
  });
});

describe('faults', () => {
  test('of a conversation name the row and give the template\'s reason', () => {
    expect(() => make(INSTRUCT).tokenizeExample(CHAT, 12)).toThrow(
      expect.objectContaining({
        code: 'chat.template.refused', place: { row: 12 },
        message: 'Row 12: The model\'s chat template does not accept this conversation: Only user and assistant roles are supported.',
      }),
    );
  });

  test('an answer that the template leaves out cannot be trained on', () => {
    const template = `{% for message in messages %}{% if message.role == 'user' or loop.last %}{{ message.content + eos_token }}{% endif %}{% endfor %}`;
    expect(() => make(template).tokenizeExample(CHAT.slice(1), 3)).toThrow(expect.objectContaining({ code: 'chat.template.answer-lost', place: { row: 3 } }));
  });

  test('a template that cannot be parsed', () => {
    expect(() => new ChatTemplate('{% for x in %}', {})).toThrow(expect.objectContaining({ code: 'model.chat-template.invalid' }));
  });

  test('a tokenizer.json that is none', () => {
    for (const tokenizer of [{}, [], null, { model: { type: 'Nothing' } }]) {
      expect(() => make(CHATML, {}, tokenizer)).toThrow(UserError);
    }
  });
});

test('a named list of templates gives the default one', () => {
  const tokenizer = make(undefined, { chat_template: [{ name: 'tools', template: 'x' }, { name: 'default', template: CHATML }] });
  expect(trainedTexts(tokenizer, CHAT)).toHaveLength(2);
});
