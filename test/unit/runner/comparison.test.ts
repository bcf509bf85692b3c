/** The comparison asks both models the same questions, in the same batches, and pairs their answers. */

import { describe, expect, it } from 'vitest';

import type { TrainingExample } from '../../../src/core/datasets/example.ts';
import type { ChatTokenizer } from '../../../src/engine/text/chat.ts';
import { compare } from '../../../src/runner/comparison.ts';
import { TextStream } from '../../../src/runner/textStream.ts';

/** One id a character. */
const tokenizer: ChatTokenizer = {
  vocabSize: 0x110000, padId: 0, endIds: [],
  encode: (text) => [...text].map((character) => character.codePointAt(0) ?? 0),
  decode: (ids) => String.fromCodePoint(...ids),
  tokenizeExample: () => expect.fail('no training here'),
  tokenizePrompt: (messages) => tokenizer.encode(messages.map(({ content }) => content).join('\n')),
};

function example(row: number, prompt: string, answer: string): TrainingExample {
  return { row, messages: [{ role: 'system', content: 's' }, { role: 'user', content: prompt }, { role: 'assistant', content: answer }] };
}

const never = new AbortController().signal;

describe('the comparison', () => {
  it('pairs the answers of both models by row, and reports how far it is', async () => {
    const heldOut = Array.from({ length: 70 }, (_, index) => example(index + 5, `q${index}`, index % 2 === 0 ? 'yes' : 'no'));
    const batches: string[] = [];
    const progress: string[] = [];
    const report = await compare({
      base: (prompts) => (batches.push(`base ${prompts.length}`), Promise.resolve(prompts.map(() => 'yes'))),
      tuned: (prompts) => (batches.push(`tuned ${prompts.length}`), Promise.resolve(prompts.map((ids) => (Number(tokenizer.decode(ids).slice(3)) % 2 === 0 ? 'yes' : 'no')))),
    }, heldOut, tokenizer, 100, 900, never, (done, total) => progress.push(`${done}/${total}`));
    expect(batches).toEqual(['base 32', 'tuned 32', 'base 32', 'tuned 32', 'base 6', 'tuned 6']);
    expect(progress).toEqual(['0/70', '32/70', '64/70', '70/70']);
    expect(report).toMatchObject({ rows: 70, heldOutRows: 900, base: { value: 0.5 }, tuned: { value: 1 }, verdict: 'better' });
    expect(report.cases[1]).toMatchObject({ row: 6, prompt: 'q1', expected: 'no', base: 'yes', tuned: 'no' });
  });

  it('leaves room for the answer in the context, and gives it the length of the longest expected one and some more', async () => {
    const seen: number[] = [];
    await compare({
      base: (prompts, maxNewTokens) => (seen.push(prompts[0]?.length ?? 0, maxNewTokens), Promise.resolve(['x'])),
      tuned: () => Promise.resolve(['x']),
    }, [example(1, 'q'.repeat(200), 'answer')], tokenizer, 64, 1, never, () => undefined);
    expect(seen).toEqual([64 - 14, 14]);
  });

  it('ends with the signal and not with half a report', async () => {
    const controller = new AbortController();
    const answer = (prompts: readonly number[][]) => {
      controller.abort();
      return Promise.resolve(prompts.map(() => 'a'));
    };
    await expect(compare({ base: answer, tuned: answer }, [example(1, 'q', 'a')], tokenizer, 100, 1, controller.signal, () => undefined))
      .rejects.toBe(controller.signal.reason);
  });
});

describe('streamed text', () => {
  it('comes in whole characters, and all of it', () => {
    const bytes = new TextEncoder().encode('naïve 🎉 ok');
    const stream = new TextStream((ids) => new TextDecoder().decode(Uint8Array.from(ids)));
    const pieces = [...bytes].map((byte) => stream.push(byte));
    expect(pieces.join('') + stream.end()).toBe('naïve 🎉 ok');
    expect(pieces.some((piece) => piece.includes('\uFFFD'))).toBe(false);
    const cut = new TextStream((ids) => new TextDecoder().decode(Uint8Array.from(ids)));
    expect([...new TextEncoder().encode('a🎉')].slice(0, 3).map((byte) => cut.push(byte)).join('')).toBe('a');
    expect(cut.end()).toBe('\uFFFD');
  });
});
