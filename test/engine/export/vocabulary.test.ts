/** Tokenizers in GGUF: which splitter they get, what each token is, and whether llama.cpp then reads the same tokens. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetadataValue } from '../../../src/engine/export/gguf/format.ts';
import { ggufPreTokenizer } from '../../../src/engine/export/gguf/preTokenizer.ts';
import { vocabularyEntries, withoutGenerationTags } from '../../../src/engine/export/gguf/vocabulary.ts';
import { writeGguf } from '../../../src/engine/export/gguf/writer.ts';
import { ChatTemplate } from '../../../src/engine/text/chatTemplate.ts';
import { trainBpe } from '../../../src/engine/text/bpeTrainer.ts';
import { hasLlamaCpp, LlamaCpp } from './llamaCpp.ts';

const QWEN = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const LLAMA3 = QWEN.replace(String.raw`\p{N}| ?`, String.raw`\p{N}{1,3}| ?`);
const TEKKEN = String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const BYTES = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const split = (pattern: string) => ({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false });
const sequence = (...pretokenizers: unknown[]) => ({ type: 'Sequence', pretokenizers });

describe('the splitter', () => {
  it.each([
    ['gpt-2', { ...BYTES, use_regex: true }, false],
    ['smollm', sequence({ type: 'Digits', individual_digits: true }, { ...BYTES, use_regex: true }), false],
    ['qwen2', sequence(split(QWEN), BYTES), false],
    ['llama-bpe', sequence(split(LLAMA3), BYTES), true],
  ])('is %s by what the tokenizer does', (name, preTokenizer, ignoreMerges) => {
    expect(ggufPreTokenizer({ pre_tokenizer: preTokenizer, model: { ignore_merges: ignoreMerges } })).toBe(name);
  });

  it.each([
    ['of Llama 3 but with merges inside known words', sequence(split(LLAMA3), BYTES), false],
    ['unknown to llama.cpp', sequence(split(String.raw`\w+|\W+`), BYTES), false],
    ['that is no expression', sequence({ type: 'Punctuation' }, BYTES), false],
    ['missing', null, false],
  ])('%s is refused', (_, preTokenizer, ignoreMerges) => {
    expect(() => ggufPreTokenizer({ pre_tokenizer: preTokenizer, model: { ignore_merges: ignoreMerges } })).toThrow(expect.objectContaining({ code: 'export.tokenizer.unsupported' }));
  });
});

/** A tokenizer as SentencePiece's are converted: pieces with "▁" for a space, and bytes for what is no piece. */
function sentencePieces(): Record<string, unknown> {
  const pieces = ['▁', 'a', 'b', 'n', 'd', 't', 'h', 'e', 's', 'th', 'he', 'an', '▁t', '▁th', '▁the', 'and', '▁and', '▁a', '▁b', 'at', '▁bat', 'ats', '▁bats'];
  const merges: [string, string][] = [['▁', 't'], ['h', 'e'], ['▁', 'a'], ['t', 'h'], ['▁t', 'h'], ['▁', 'th'], ['▁t', 'he'], ['▁th', 'e'], ['a', 'n'], ['an', 'd'], ['▁', 'and'], ['a', 't'], ['▁', 'b'], ['▁b', 'at'], ['at', 's'], ['▁b', 'ats'], ['▁bat', 's']];
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const tokens = ['<pad>', '<eos>', '<bos>', '<unk>', '<turn>', ...bytes, ...pieces];
  const added = ['<pad>', '<eos>', '<bos>', '<unk>', '<turn>'].map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: content !== '<turn>' }));
  return {
    version: '1.0', added_tokens: added, normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false }, post_processor: null,
    decoder: { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }] },
    model: { type: 'BPE', dropout: null, unk_token: '<unk>', byte_fallback: true, fuse_unk: true, ignore_merges: false, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges },
  };
}

const NOTHING = { specials: {}, endId: undefined, startsWithBos: false, chatTemplate: undefined };

describe('tokens', () => {
  const tokenizer = trainBpe(['the theme of the thesis'], { vocabSize: 280, specialTokens: ['<|pad|>', '<|end|>'], maxTokenBytes: 8 }) as unknown as Record<string, unknown>;

  it('are named by what they are, and filled up to the rows of the model', () => {
    const entries = vocabularyEntries({ ...NOTHING, tokenizer, vocabSize: 300, specials: { eos_token: '<|pad|>', bos_token: '<|end|>' }, endId: 1, startsWithBos: true });
    const value = (name: string): unknown => entries.get(`tokenizer.ggml.${name}`)?.value;
    expect((value('tokens') as string[]).length).toBe(300);
    expect((value('tokens') as string[]).at(-1)).toBe('[PAD299]');
    expect(value('token_type')).toMatchObject({ 0: 3, 1: 3, 2: 1, 299: 5 });
    expect([value('bos_token_id'), value('eos_token_id'), value('eot_token_id'), value('add_bos_token')]).toEqual([1, 0, 1, true]);
  });

  it('are refused when the model has fewer rows', () => {
    expect(() => vocabularyEntries({ ...NOTHING, tokenizer, vocabSize: 20 })).toThrow(/only 20 rows/);
  });

  it('are refused when they are not of a kind that llama.cpp can be told', () => {
    expect(() => vocabularyEntries({ ...NOTHING, tokenizer: { model: { type: 'Unigram' } }, vocabSize: 20 })).toThrow(expect.objectContaining({ code: 'export.tokenizer.unsupported' }));
  });
});

describe.skipIf(!hasLlamaCpp)('llama.cpp reads the same tokens as the tokenizer', () => {
  let scratch: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'vocabulary-'));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  const TEXT = "It's 2,024: we'll pay 12345.67 EUR — isn't it NAÏVE?\r\n\r\n\tdef f(x):  return x_1  # 日本語 🙂\n   \n the end ";

  it.each([
    ['gpt-2', { ...BYTES, use_regex: true }, false],
    ['smollm', sequence({ type: 'Digits', individual_digits: true }, { ...BYTES, use_regex: true }), false],
    ['qwen2', sequence(split(QWEN), BYTES), false],
    ['llama-bpe', sequence(split(LLAMA3), BYTES), true],
    ['tekken', sequence(split(TEKKEN), BYTES), true],
  ])('of bytes that are split as by %s', async (name, preTokenizer, ignoreMerges) => {
    // The text itself gives the merges, so that a wrong split would join other bytes.
    const trained = trainBpe([TEXT, "It's we'll isn't 2024 12345", 'the end def return'], { vocabSize: 400, specialTokens: ['<|end|>'], maxTokenBytes: 16 });
    const tokenizer = { ...trained, pre_tokenizer: preTokenizer, model: { ...trained.model, ignore_merges: ignoreMerges } } as unknown as Record<string, unknown>;
    const size = Object.keys(trained.model.vocab).length + 1;
    const llama = await openVocabulary(join(scratch, `${name}.gguf`), vocabularyEntries({ ...NOTHING, tokenizer, vocabSize: size }), size);
    const reference = new Tokenizer(tokenizer, {});
    for (const text of [TEXT, ...TEXT.split(' '), ' a<|end|> b']) {
      expect([...llama.model.tokenize(text, true)], text).toEqual(reference.encode(text, { add_special_tokens: false }).ids);
    }
    await llama.dispose();
  });

  it('of pieces with bytes for the rest, as Gemma and Mistral have them', async () => {
    const tokenizer = sentencePieces();
    const size = Object.keys((tokenizer['model'] as { vocab: object }).vocab).length;
    const entries = vocabularyEntries({ ...NOTHING, tokenizer, vocabSize: size, specials: { bos_token: '<bos>', eos_token: '<eos>', unk_token: '<unk>', pad_token: '<pad>' }, startsWithBos: true });
    const llama = await openVocabulary(join(scratch, 'pieces.gguf'), entries, size);
    const reference = new Tokenizer(tokenizer, {});
    for (const text of ['the bats and the hand', 'a bat<turn>the end', 'théat 🙂 ats', '  and\nthen']) {
      expect([...llama.model.tokenize(text, true)], text).toEqual(reference.encode(text, { add_special_tokens: false }).ids);
    }
    expect(llama.model.shouldPrependBosToken()).toBe(true);
    await llama.dispose();
  });
});

/** The smallest model that llama.cpp opens. */
async function openVocabulary(file: string, entries: ReadonlyMap<string, MetadataValue>, vocabSize: number): Promise<LlamaCpp> {
  const numbers = { block_count: 1, context_length: 64, embedding_length: 8, feed_forward_length: 8, 'attention.head_count': 1, 'attention.head_count_kv': 1, vocab_size: vocabSize, 'rope.dimension_count': 8 };
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ...Object.entries(numbers).map(([key, value]) => [`llama.${key}`, { type: 'uint32', value }] as const),
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-6 }],
    ...entries,
  ]);
  const shapes: Record<string, readonly number[]> = { 'token_embd.weight': [vocabSize, 8], 'output_norm.weight': [8] };
  for (const name of ['attn_norm', 'ffn_norm']) shapes[`blk.0.${name}.weight`] = [8];
  for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down']) shapes[`blk.0.${name}.weight`] = [8, 8];
  await writeGguf(file, metadata, Object.entries(shapes).map(([name, shape]) => ({
    name, shape, type: 'F32', load: () => Promise.resolve(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1)),
  })));
  return LlamaCpp.open(file);
}

it('prints the same chat without the marks of what is trained on', () => {
  const source = "{% for m in messages %}{%- if m.role == 'assistant' %}\n{%- generation %}\n{{- m.content }}\n{%- endgeneration %}\n{{- '\\n' }}{% else %}{% generation %}{{ m.content }}{% endgeneration %}\n{% endif %}{% endfor %}";
  const messages = [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Ho' }] as const;
  expect(new ChatTemplate(withoutGenerationTags(source), {}).render(messages, false)).toBe(new ChatTemplate(source, {}).render(messages, false));
  expect(withoutGenerationTags(source)).not.toContain('generation');
});
