/** Learns a byte-level BPE vocabulary from text and writes it as a Hugging Face `tokenizer.json`. */

import { MaxHeap } from './maxHeap.ts';

export interface BpeSettings {
  /** size of the whole vocabulary: special tokens, 256 bytes and merges; smaller when the text has no more pairs */
  readonly vocabSize: number;
  /** get the ids 0, 1, ... and are never split */
  readonly specialTokens: readonly string[];
  /** longest entry in bytes */
  readonly maxTokenBytes: number;
}

/** The content of a `tokenizer.json` as this trainer writes it. */
export interface BpeTokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly Readonly<Record<string, unknown>>[];
  readonly normalizer: null;
  readonly pre_tokenizer: Readonly<Record<string, unknown>>;
  readonly post_processor: Readonly<Record<string, unknown>>;
  readonly decoder: Readonly<Record<string, unknown>>;
  readonly model: {
    readonly type: 'BPE';
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [string, string])[];
    readonly [setting: string]: unknown;
  };
}

// GPT-2's splitting expression, behind one that isolates digits: numbers are then spelled, never merged.
const DIGITS = /\p{N}|[^\p{N}]+/gu;
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
const PAIR_BASE = 0x100000;

/** A distinct stretch of text with how often it occurs, as a list of vocabulary ids that shrinks with every merge. */
interface Word {
  symbols: number[];
  readonly count: number;
}

/**
 * Merges the most frequent pair of neighbours until the vocabulary is full; equal counts go to the pair of smaller
 * ids, so the result depends on the text alone.
 *
 * @param texts what to learn from; only counts of its pieces are kept in memory
 * @see Sennrich et al. 2016, "Neural machine translation of rare words with subword units", algorithm 1;
 *   the byte alphabet is that of Radford et al. 2019 (GPT-2)
 */
export function trainBpe(texts: Iterable<string>, settings: BpeSettings): BpeTokenizerJson {
  const alphabet = byteAlphabet();
  const first = settings.specialTokens.length;
  const tokens = [...settings.specialTokens, ...[...alphabet].sort()];
  const idOfByte = alphabet.map((character) => tokens.indexOf(character, first));
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  const pairs = new PairCounts(wordsOf(texts, idOfByte));
  while (tokens.length < settings.vocabSize) {
    const pair = pairs.takeMostFrequent();
    if (pair === undefined) break;
    const [left, right] = [tokens[pair[0]], tokens[pair[1]]];
    if (left.length + right.length > settings.maxTokenBytes) continue;
    // Two pairs can spell the same entry: "a" + "bc" and "ab" + "c".
    const merged = ids.get(left + right) ?? tokens.push(left + right) - 1;
    ids.set(left + right, merged);
    pairs.merge(pair, merged);
    merges.push([left, right]);
  }
  return tokenizerJson(tokens, merges, settings.specialTokens);
}

/** How often each pair of neighbours occurs and in which words, kept up to date while pairs are merged. */
class PairCounts {
  private readonly words: readonly Word[];
  private readonly counts = new Map<number, number>();
  private readonly places = new Map<number, Set<number>>();
  private readonly queue = new MaxHeap();

  constructor(words: readonly Word[]) {
    this.words = words;
    words.forEach((word, index) => this.addPairs(word, index, 1));
    for (const [key, count] of this.counts) this.queue.push(count, key);
  }

  /** @returns the pair of ids, which is not offered again unless it is counted anew; undefined when none is left */
  takeMostFrequent(): readonly [number, number] | undefined {
    for (let top = this.queue.pop(); top !== undefined; top = this.queue.pop()) {
      // An entry whose count has changed since it was queued was queued again with the new count.
      if (top.priority > 1 && this.counts.get(top.key) === top.priority) return [Math.floor(top.key / PAIR_BASE), top.key % PAIR_BASE];
    }
    return undefined;
  }

  merge([left, right]: readonly [number, number], merged: number): void {
    const changed = new Set<number>();
    const places = this.places.get(left * PAIR_BASE + right);
    if (places === undefined) return;
    for (const index of [...places]) {
      const word = this.words[index];
      for (const key of this.addPairs(word, index, -1)) changed.add(key);
      word.symbols = mergeSymbols(word.symbols, left, right, merged);
      for (const key of this.addPairs(word, index, 1)) changed.add(key);
    }
    for (const key of changed) {
      const count = this.counts.get(key) ?? 0;
      if (count > 0) this.queue.push(count, key);
      else {
        this.counts.delete(key);
        this.places.delete(key);
      }
    }
  }

  private addPairs({ symbols, count }: Word, index: number, sign: 1 | -1): number[] {
    const keys: number[] = [];
    for (let i = 1; i < symbols.length; i++) {
      const key = symbols[i - 1] * PAIR_BASE + symbols[i];
      keys.push(key);
      this.counts.set(key, (this.counts.get(key) ?? 0) + sign * count);
      let places = this.places.get(key);
      if (places === undefined) this.places.set(key, (places = new Set()));
      if (sign === 1) places.add(index);
      else places.delete(index);
    }
    return keys;
  }
}

function mergeSymbols(symbols: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      result.push(merged);
      i++;
    } else {
      result.push(symbols[i]);
    }
  }
  return result;
}

function wordsOf(texts: Iterable<string>, idOfByte: readonly number[]): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [part] of text.matchAll(DIGITS)) {
      for (const [word] of part.matchAll(WORDS)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const encoder = new TextEncoder();
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, count]) => ({ symbols: Array.from(encoder.encode(word), (byte) => idOfByte[byte]), count }));
}

/** GPT-2's printable stand-in for every byte, by byte. */
function byteAlphabet(): string[] {
  const isPrintable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}

function tokenizerJson(tokens: readonly string[], merges: readonly (readonly [string, string])[], specialTokens: readonly string[]): BpeTokenizerJson {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({
      id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, { ...byteLevel, use_regex: true }] },
    post_processor: { ...byteLevel, use_regex: true },
    decoder: { ...byteLevel, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}
