/** A dataset in tokens: how long its rows are, how much of them is trained on, and which of them go wrong in a model. */

import { appendFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../../../src/engine/text/chat.ts';
import { loadChatTokenizer } from '../../../../../src/engine/text/chatTokenizer.ts';
import { FileInspection, inspectDataset, type TokenizerChoice } from '../../../../../src/core/datasets/inspect.ts';
import type { TokenProfile } from '../../../../../src/core/datasets/profile.ts';
import { LLAMA3, MISTRAL, tokenizerOf, type Family } from '../../../../engine/families.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();
const starter: TokenizerChoice = { model: 'starter', folder: fileURLToPath(new URL('../../../../../media/starter', import.meta.url)) };

/** A model folder with nothing but a tokenizer. */
async function model(name: string, { specials, config, template }: Pick<Family, 'specials' | 'config' | 'template'>): Promise<TokenizerChoice> {
  const path = join(folder.path, name);
  await mkdir(path);
  await writeFile(join(path, 'tokenizer.json'), JSON.stringify(tokenizerOf(specials)));
  await writeFile(join(path, 'tokenizer_config.json'), JSON.stringify({ ...config, chat_template: template }));
  return { model: name, folder: path };
}

const llama = await model('llama', LLAMA3);
const ask = (question: string, answer: string): readonly ChatMessage[] => [{ role: 'user', content: question }, { role: 'assistant', content: answer }];
const write = (name: string, rows: readonly (readonly ChatMessage[])[]): string => folder.write(name, rows.map((messages) => `${JSON.stringify({ messages })}\n`).join(''));
const rows = Array.from({ length: 80 }, (_, i) => ask(`Where is order ${i}? ${'It is late. '.repeat(i % 13)}`.trim(), 'It is on its way to you.'));

describe('the profile in tokens', () => {
  test('is that of what is trained on', async () => {
    const tokenizer = await loadChatTokenizer(starter.folder);
    const examples = rows.map((messages, i) => tokenizer.tokenizeExample(messages, i + 1));
    const lengths = examples.map(({ ids }) => ids.length).sort((a, b) => a - b);
    const { tokens } = await inspectDataset(write('profile.jsonl', rows), { tokenizer: starter });
    expect(tokens).toMatchObject({
      model: 'starter',
      isEstimate: false,
      total: lengths.reduce((sum, length) => sum + length, 0),
      trained: examples.reduce((sum, { trained }) => sum + trained.reduce((a, b) => a + b, 0), 0),
      perRow: { min: lengths[0], max: lengths.at(-1), p50: lengths[39], p99: lengths[79] },
    } satisfies Partial<TokenProfile> | object);
    const { trainedShare } = tokens ?? {};
    expect(trainedShare?.max).toBeLessThan(1);
    expect(trainedShare?.bins.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
  });

  test('of a pair has both answers in its total, and the longer one as its length', async () => {
    const tokenizer = await loadChatTokenizer(starter.folder);
    const [better, worse] = ['Yes.', 'No, I do not think that it is.'].map((answer) => tokenizer.tokenizeExample(ask('Is it late?', answer), 1).ids.length);
    const file = folder.write('pair.jsonl', JSON.stringify({ prompt: 'Is it late?', chosen: 'Yes.', rejected: 'No, I do not think that it is.' }));
    expect((await inspectDataset(file, { tokenizer: starter })).tokens).toMatchObject({ total: better + worse, perRow: { min: worse, max: worse } });
  });

  test('is an estimate without a tokenizer, and absent where no row can be trained on', async () => {
    expect((await inspectDataset(write('estimate.jsonl', rows))).tokens).toMatchObject({ model: 'estimate', isEstimate: true });
    expect((await inspectDataset(folder.write('none.jsonl', 'nonsense\n'), { tokenizer: starter })).tokens).toBeUndefined();
  });

  test('of a file that grew is that of one pass; another model or limit starts anew', async () => {
    const file = write('grown.jsonl', rows.slice(0, 40));
    const inspection = new FileInspection(file);
    const before = await inspection.inspect({ tokenizer: starter });
    appendFileSync(file, rows.slice(40).map((messages) => `${JSON.stringify({ messages })}\n`).join(''));
    for (const options of [{ tokenizer: starter }, { tokenizer: starter, maxTokens: 30 }, { tokenizer: llama }, {}]) {
      const profile = await inspection.inspect(options);
      expect({ ...profile, seconds: 0 }).toEqual({ ...(await inspectDataset(file, options)), seconds: 0 });
      expect(profile.tokens?.total).not.toBe(before.tokens?.total);
    }
  });

  test('needs the tokenizer that was asked for', async () => {
    await expect(inspectDataset(write('gone.jsonl', rows), { tokenizer: { model: 'gone', folder: join(folder.path, 'gone') } })).rejects.toMatchObject({ code: 'model.file.missing' });
  });
});

describe('rows that go wrong in a model', () => {
  const found = async (name: string, conversations: readonly (readonly ChatMessage[])[], options: object): Promise<readonly (readonly [string, readonly number[], string])[]> => {
    const { findings } = await inspectDataset(write(name, conversations), options);
    return findings.filter(({ code }) => /over-length|nothing-trained|refused|special-token|double-bos|missing-eos/.test(code)).map(({ code, rows: named, message }) => [code.replace('dataset.row.', ''), named, message]);
  };

  test('are longer than the limit, or have no answer left within it', async () => {
    const long = 'It is late. '.repeat(40).trim();
    expect(await found('long.jsonl', [ask('Hello', 'Hi.'), ask('Hello', long), ask(long, 'Hi.')], { tokenizer: starter, maxTokens: 64 })).toEqual([
      ['over-length', [2, 3], expect.stringMatching(/^Lines 2 and 3 of long.jsonl have more tokens than are read of a row; line 2: [\d,]+ tokens, and the limit is 64\.$/)],
      ['nothing-trained', [3], 'Line 3 of long.jsonl has no token to train on: its answer begins after token 64.'],
    ]);
  });

  test('hold its special tokens as text, or begin as its template does', async () => {
    expect(await found('special.jsonl', [ask('Hello', 'Hi.'), ask('What does <|eom_id|> mean?', 'Nothing.'), ask('<|begin_of_text|>Hello', 'Hi.')], { tokenizer: llama })).toEqual(expect.arrayContaining([
      ['special-token', [2, 3], expect.stringContaining('<|eom_id|>')],
      ['double-bos', [3], expect.stringContaining('<|begin_of_text|>')],
    ]));
    const own = await model('own', { specials: ['@end@', '@turn@'], config: { eos_token: '@end@' }, template: '{% for message in messages %}{{ "@turn@" + message.content + "@end@" }}{% endfor %}' });
    expect(await found('own.jsonl', [ask('Hello', 'Hi.'), ask('What is @turn@ for?', 'Turns.')], { tokenizer: own })).toEqual([['special-token', [2], expect.stringContaining('@turn@')]]);
  });

  test('are refused by its template', async () => {
    const mistral = await model('mistral', MISTRAL);
    expect(await found('refused.jsonl', [ask('Hello', 'Hi.'), [{ role: 'system', content: 'Be brief.' }, ...ask('Hello', 'Hi.')]], { tokenizer: mistral })).toEqual([
      ['refused-by-template', [2], expect.stringContaining('There is no system role')],
    ]);
  });

  test('have no end', async () => {
    const endless = await model('endless', { specials: ['<|turn|>', '<|pad|>'], config: {}, template: '{% for message in messages %}{{ "<|turn|>" + message.role + "\n" + message.content + "\n" }}{% endfor %}' });
    expect(await found('endless.jsonl', [ask('Hello', 'Hi.'), ask('Bye', 'Bye.')], { tokenizer: endless })).toEqual([['missing-eos', [1, 2], expect.any(String)]]);
  });

  test('are none of them in sound rows', async () => {
    expect(await found('sound.jsonl', rows, { tokenizer: starter, maxTokens: 512 })).toEqual([]);
  });
});
