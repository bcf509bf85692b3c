/** What the starter world knows about one reason to write to a help desk. */

/** Texts are phrase patterns (see phrases.ts): `(this|that)` is a choice, `{order}` a value. */
export interface Intent {
  /** the short topic, as an answer gives it */
  readonly name: string;
  /** other words for the topic, as lists of options use them */
  readonly also: readonly string[];
  /** noun phrases that fit after "I have a question about" */
  readonly nouns: string;
  /** verb phrases that fit after "I want to" */
  readonly wants: string;
  /** whole sentences that a customer writes */
  readonly says: readonly string[];
  /** a short answer of the help desk */
  readonly reply: string;
  readonly urgent: boolean;
}

/** A field of business with what its customers write about. */
export interface Field {
  readonly name: string;
  readonly also: readonly string[];
  readonly intents: readonly Intent[];
}
