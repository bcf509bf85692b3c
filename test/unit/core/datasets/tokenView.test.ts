/** A row in tokens shows the very ids and the very mask that training uses. */

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadExamples } from '../../../../src/core/datasets/load.ts';
import { TOKENS_SHOWN, tokenView } from '../../../../src/core/datasets/tokenView.ts';
import { loadChatTokenizer } from '../../../../src/engine/text/chatTokenizer.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const tokenizer = await loadChatTokenizer(fileURLToPath(new URL('../../../../media/starter', import.meta.url)));
const view = (value: unknown, row = 1) => tokenView({ row, line: row, value }, tokenizer);

const chat = {
  messages: [
    { role: 'system', content: 'Route the ticket.' },
    { role: 'user', content: 'Where is my parcel? 📦' },
    { role: 'assistant', content: 'Which one?', weight: 0 },
    { role: 'user', content: 'The blue one.' },
    { role: 'assistant', content: 'shipping' },
  ],
};

describe('a conversation', () => {
  test('has the tokens and the mask of training', async () => {
    const { examples } = await loadExamples(folder.write('chat.jsonl', JSON.stringify(chat)));
    const { ids, trained } = tokenizer.tokenizeExample(examples[0]?.messages ?? [], 1);
    const [side] = view(chat).sides;
    expect(side?.pieces.map(({ id }) => id)).toEqual([...ids]);
    expect(side?.pieces.map(({ isTrained }) => isTrained)).toEqual([...trained].map((one) => one === 1));
    expect(side).toMatchObject({ title: '', total: ids.length, trained: trained.reduce((sum, one) => sum + one, 0) });
  });

  test('marks the answer with its end as trained, and not the one of weight 0', () => {
    const pieces = view(chat).sides[0]?.pieces ?? [];
    const trained = pieces.filter(({ isTrained }) => isTrained).map(({ text }) => text).join('');
    expect(trained).toMatch(/^shipping<[^>]+>$/);
    expect(pieces.map(({ text }) => text).join('')).toContain('Where is my parcel? 📦');
  });

  test('counts its special tokens', () => {
    const side = view(chat).sides[0];
    const first = side?.specials[0];
    expect(first?.count).toBe(side?.pieces.filter(({ id }) => id === first?.id).length);
    expect(first?.count).toBeGreaterThan(1);
  });

  test('of very many tokens shows the first and counts all', () => {
    const long = { messages: [{ role: 'user', content: 'Say it. '.repeat(4000) }, { role: 'assistant', content: 'it' }] };
    const [side] = view(long).sides;
    expect(side?.pieces.length).toBe(TOKENS_SHOWN);
    expect(side?.total).toBeGreaterThan(TOKENS_SHOWN);
    expect(side?.trained).toBeGreaterThan(0);
  });
});

test('a pair has both answers, each trained on alone', () => {
  const { sides } = view({ prompt: 'Capital of France?', chosen: 'Paris', rejected: 'Lyon, perhaps' });
  expect(sides.map(({ title }) => title)).toEqual(['Better answer', 'Worse answer']);
  const trained = sides.map(({ pieces }) => pieces.filter(({ isTrained }) => isTrained).map(({ text }) => text).join(''));
  expect(trained[0]).toMatch(/^Paris</);
  expect(trained[1]).toMatch(/^Lyon, perhaps</);
});

test('a row that is not trained on says why', () => {
  expect(view({ prompt: 'a', completion: '' })).toMatchObject({ sides: [], fault: 'has an empty answer' });
  expect(tokenView({ row: 3, line: 3, fault: { code: 'dataset.row.invalid-json', detail: 'a brace is missing', column: 1 } }, tokenizer))
    .toEqual({ row: 3, sides: [], fault: 'is not valid JSON: a brace is missing' });
  expect(view({ prompt: 'a', reference_answer: '4', data_source: 'x', ability: 'math' }).sides).toEqual([]);
});
