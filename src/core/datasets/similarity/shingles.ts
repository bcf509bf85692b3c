/** Cuts texts into overlapping runs of words, as numbers: what two texts are compared by. */

const FIRST_WORDS = 1024;
const FOLDED_UNITS = 65_536;
/** of a script without spaces, a letter is a word */
const ALONE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
// Surrogates stand for the letters and signs beyond U+FFFF, which say something.
const IN_WORDS = /[\p{L}\p{N}\p{M}\p{Cs}]/u;

/** By UTF-16 code unit: 0 between words, else the lower-case unit. */
let folding: { readonly units: Uint16Array; readonly isAlone: Uint8Array } | undefined;

function fold(): NonNullable<typeof folding> {
  if (folding) return folding;
  folding = { units: new Uint16Array(FOLDED_UNITS), isAlone: new Uint8Array(FOLDED_UNITS) };
  for (let unit = 0; unit < FOLDED_UNITS; unit++) {
    const letter = String.fromCharCode(unit);
    if (!IN_WORDS.test(letter)) continue;
    folding.units[unit] = letter.toLowerCase().charCodeAt(0);
    if (ALONE.test(letter)) folding.isAlone[unit] = 1;
  }
  return folding;
}

/**
 * How many words a shingle has in a text of so many words.
 *
 * One other word in the middle of n words changes k of the n − k + 1 shingles of either text, which leaves a Jaccard
 * index of (n − 2k + 1) / (n + 1): at least 0.8 only when n ≥ 10k − 1. The 5 words of Lee et al. 2022 ("Deduplicating
 * training data makes language models better", §4.2) are thus for texts of 50 words and more, and a question of ten
 * words is compared by its single words. Two texts whose index is 0.8 differ by at most a quarter in length, so a text
 * that is up to a quarter longer than where its length of shingle begins is also cut as the shorter ones are.
 */
export function shingleLengths(words: number): readonly number[] {
  if (words < 20) return [1];
  if (words < 25) return [1, 2];
  if (words < 50) return [2];
  return words < 63 ? [2, 5] : [5];
}

/** Rows that differ in a number seldom say the same: a word with an ASCII digit counts as so many. */
const NUMBER_WORDS = 3;
/** By one word and a letter that is one. */
const MOST_ADDED = NUMBER_WORDS + 1;

/** Words are runs of letters and digits in lower case; what stands between them does not count. One text at a time. */
export class Shingler {
  #words = new Uint32Array(FIRST_WORDS);
  #shingles = new Uint32Array(FIRST_WORDS);
  #count = 0;

  /** @param texts compared as if there were a space between them; @returns how many words they have, numbers counted as several */
  read(texts: readonly string[]): number {
    const { units, isAlone } = fold();
    let words = this.#words;
    let count = 0;
    for (const text of texts) {
      const { length } = text;
      let at = 0;
      while (at < length) {
        let raw = text.charCodeAt(at++);
        let unit = units[raw];
        if (unit === 0) continue;
        let hash = 0;
        let digits = 0;
        do {
          if (raw > 0x7f && isAlone[raw] === 1) {
            if (count + MOST_ADDED > words.length) words = this.#grow();
            if (hash !== 0) count = endWord(words, count, hash, digits);
            words[count++] = Math.imul(unit, 0x9e3779b1);
            hash = 0;
            digits = 0;
          } else {
            if (raw <= 0x39) digits++;
            hash = (Math.imul(hash ^ unit, 0x01000193) + 0x811c9dc5) | 0;
          }
          if (at === length) break;
          raw = text.charCodeAt(at++);
          unit = units[raw];
        } while (unit !== 0);
        if (hash === 0) continue;
        if (count + MOST_ADDED > words.length) words = this.#grow();
        count = endWord(words, count, hash, digits);
      }
    }
    this.#count = count;
    return this.#count;
  }

  /**
   * A 32-bit hash for each run of `length` words of the text that was read; of the whole text, when it has fewer.
   *
   * @returns a view that the next call changes
   */
  shingles(length: number): Uint32Array {
    const words = this.#words;
    const shingles = this.#shingles;
    const size = Math.min(length, this.#count);
    if (size === 0) return shingles.subarray(0, 0);
    // The words of a shingle are the digits of a number, of which each step drops the first.
    let first = 1;
    for (let i = 1; i < size; i++) first = Math.imul(first, BASE);
    let sum = 0;
    for (let i = 0; i < size - 1; i++) sum = (Math.imul(sum, BASE) + words[i]) | 0;
    for (let i = size - 1; i < this.#count; i++) {
      sum = (Math.imul(sum, BASE) + words[i]) | 0;
      shingles[i - size + 1] = mix(sum);
      sum = (sum - Math.imul(first, words[i - size + 1])) | 0;
    }
    return shingles.subarray(0, this.#count - size + 1);
  }

  /** Keeps what there is. */
  #grow(): Uint32Array<ArrayBuffer> {
    const grown = new Uint32Array(2 * this.#words.length);
    grown.set(this.#words);
    this.#words = grown;
    this.#shingles = new Uint32Array(grown.length);
    return grown;
  }
}

/** @returns how many words there are then */
function endWord(words: Uint32Array, count: number, word: number, digits: number): number {
  words[count] = word;
  if (digits === 0) return count + 1;
  for (let i = 1; i < NUMBER_WORDS; i++) words[count + i] = mix(word + i);
  return count + NUMBER_WORDS;
}

const BASE = 0x2c1b3c6d;

/** Spreads 32 bits evenly. @see Chris Wellons, "Prospecting for hash functions" (lowbias32), public domain */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
