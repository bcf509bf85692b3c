/** Finds the texts that a tokenizer reads as one token wherever they stand, and others that are not to be cut. */

import type { AddedToken } from '../../../engine/text/chat.ts';

/** More different beginnings are not looked for one by one. */
const BEGINNINGS = 4;

export class AddedTokenFinder {
  readonly #tokens: RegExp;
  readonly #all: RegExp;
  readonly #specials: RegExp;
  readonly #beginnings: readonly string[];

  /** Those of white space only are left out: they are pieces of text like others. */
  constructor(tokens: readonly AddedToken[], marks: readonly string[]) {
    const told = tokens.filter(({ text }) => /[^\s▁]/u.test(text));
    const texts = told.map(({ text }) => text);
    this.#tokens = anyOf(texts);
    this.#all = anyOf([...texts, ...marks]);
    this.#specials = anyOf(told.filter(({ isSpecial }) => isSpecial).map(({ text }) => text));
    this.#beginnings = [...new Set([...texts, ...marks].map((text) => text.slice(0, 1)))];
  }

  has(text: string): boolean {
    return this.#mayHave(text) && this.#all.test(text);
  }

  /** @returns the first special token in a text */
  findSpecial(text: string): string | undefined {
    return this.#mayHave(text) ? this.#specials.exec(text)?.[0] : undefined;
  }

  /** @returns what of a text comes before its first added token, and what after its last; undefined when it has none */
  around(text: string): { readonly before: string; readonly after: string } | undefined {
    const pieces = text.split(this.#tokens);
    return pieces.length < 2 ? undefined : { before: pieces[0] ?? '', after: pieces.at(-1) ?? '' };
  }

  /** Most texts have not even the first character of one. */
  #mayHave(text: string): boolean {
    return this.#beginnings.length > BEGINNINGS || this.#beginnings.some((beginning) => text.includes(beginning));
  }
}

function anyOf(texts: readonly string[]): RegExp {
  if (texts.length === 0) return /(?!)/;
  const longestFirst = texts.toSorted((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'u');
}
