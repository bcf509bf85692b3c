/** Turns phrase patterns into sentences: choices, values and the small mistakes that people make when they type. */

import { RandomGenerator } from '../../../src/engine/random.ts';
import { makeValue, type ValueKind } from './values.ts';

export interface Said {
  readonly text: string;
  /** what `{name}`, `{order}` and so on became; the first of each kind */
  readonly values: ReadonlyMap<ValueKind, string>;
}

/**
 * Speaks in patterns: `(lost|misplaced)` picks one, also nested and also empty; `{order}` puts in a value.
 * Everything follows from the seed.
 */
export class Speaker {
  readonly random: RandomGenerator;
  /** says things in more ways: the second round of training */
  readonly widely: boolean;

  constructor(seed: number, options: { widely?: boolean } = {}) {
    this.random = new RandomGenerator(seed);
    this.widely = options.widely ?? false;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)];
  }

  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  /** Distinct items in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    return this.random.shuffle([...items]).slice(0, count);
  }

  integer(least: number, most: number): number {
    return least + this.random.below(most - least + 1);
  }

  say(pattern: string): string {
    return this.speak(pattern).text;
  }

  /** @param mistakes how many slips of the finger are made in the words around the values */
  speak(pattern: string, mistakes = 0): Said {
    let text = this.choose(pattern);
    for (let i = 0; i < mistakes; i++) text = this.mistype(text);
    const values = new Map<ValueKind, string>();
    const filled = text.replace(/\{(\w+)\}/g, (_, kind: ValueKind) => {
      const value = makeValue(kind, this);
      if (!values.has(kind)) values.set(kind, value);
      return value;
    });
    return { text: filled.replace(/ {2,}/g, ' ').replace(/ ([.,?!])/g, '$1').trim(), values };
  }

  private choose(pattern: string): string {
    let text = pattern;
    for (let next = ''; next !== text; ) {
      next = text;
      text = text.replace(/\(([^()]*)\)/g, (_, options: string) => this.pick(options.split('|')));
    }
    return text;
  }

  /** One slip: letters swapped, dropped or doubled in a word, or the care for capitals and full stops lost. */
  private mistype(text: string): string {
    const kind = this.random.below(6);
    if (kind === 0) return text.replace(/(?<!\{)\b[A-Z]/g, (letter) => letter.toLowerCase());
    if (kind === 1) return text.replace(/[.!?]$/, '').replaceAll("'", '').replaceAll(',', '');
    const words = text.split(' ');
    const at = this.random.below(words.length);
    const word = words[at];
    if (word.length < 4 || !/^[A-Za-z]+$/.test(word)) return text;
    const i = 1 + this.random.below(word.length - 2);
    const slips = [
      word.slice(0, i) + word[i + 1] + word[i] + word.slice(i + 2),
      word.slice(0, i) + word.slice(i + 1),
      word.slice(0, i) + word[i] + word.slice(i),
    ];
    words[at] = this.pick(slips);
    return words.join(' ');
  }
}

/** The alternatives of a list of noun or verb phrases, as one choice. */
export function anyOf(phrases: string): string {
  return `(${phrases})`;
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "a, b or c" */
export function orList(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)!}`;
}
