/** Tokenizers of the models that rows are looked at with, kept until others are. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelTokenizer } from '../../engine/text/chat.ts';

/** A vocabulary of 150,000 tokens takes some 100 MB. */
const KEPT = 2;

export class Tokenizers {
  /** the one that was needed last is the last */
  readonly #kept = new Map<string, Promise<ModelTokenizer>>();

  /**
   * @param folder of a model in Hugging Face layout
   * @throws UserError as the engine's `loadChatTokenizer`
   */
  async take(folder: string): Promise<ModelTokenizer> {
    const changed = await stat(join(folder, 'tokenizer.json')).then(({ mtimeMs }) => mtimeMs, () => 0);
    const key = `${folder} ${changed}`;
    // Loaded on first use: who only checks a dataset needs no tokenizer.
    const tokenizer = this.#kept.get(key) ?? import('../../engine/text/chatTokenizer.ts').then(({ loadChatTokenizer }) => loadChatTokenizer(folder));
    this.#kept.delete(key);
    this.#kept.set(key, tokenizer);
    tokenizer.catch(() => this.#kept.delete(key));
    for (const oldest of [...this.#kept.keys()].slice(0, -KEPT)) this.#kept.delete(oldest);
    return tokenizer;
  }
}
