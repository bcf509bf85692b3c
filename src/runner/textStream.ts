/** Turns tokens that come one by one into pieces of text, never a half character. */

/** What a decoder makes of the first bytes of a character whose others have not come yet. */
const INCOMPLETE = '\uFFFD';

export class TextStream {
  readonly #decode: (ids: readonly number[]) => string;
  readonly #ids: number[] = [];
  #given = 0;

  constructor(decode: (ids: readonly number[]) => string) {
    this.#decode = decode;
  }

  /** @returns the text that this token completes; often empty */
  push(id: number): string {
    this.#ids.push(id);
    const text = this.#decode(this.#ids);
    if (text.endsWith(INCOMPLETE)) return '';
    return this.#give(text);
  }

  /** @returns what was held back, with the sign for a broken character where the answer ended within one */
  end(): string {
    return this.#give(this.#decode(this.#ids));
  }

  get text(): string {
    return this.#decode(this.#ids);
  }

  #give(text: string): string {
    const piece = text.slice(this.#given);
    this.#given = Math.max(this.#given, text.length);
    return piece;
  }
}
