/** The Hugging Face token of this editor: kept in its secret storage, handed to downloads, and taken out on sign-out. */

import type { Screen } from '../screen.ts';

/** VS Code's SecretStorage, as far as it is needed. */
export interface Secrets {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
}

const KEY = 'huggingface.token';
const PAGE = 'https://huggingface.co/settings/tokens';

export class HubTokens {
  readonly #secrets: Secrets;
  readonly #screen: Screen;

  constructor(secrets: Secrets, screen: Screen) {
    this.#secrets = secrets;
    this.#screen = screen;
  }

  /** What the user gave this editor; undefined means that what other tools use counts. */
  async get(): Promise<string | undefined> {
    return (await this.#secrets.get(KEY)) || undefined;
  }

  /** @returns whether there is a new token */
  async set(): Promise<boolean> {
    const token = await this.#screen.ask({
      title: 'Hugging Face Token',
      prompt: `Make one that may read at ${PAGE} and paste it here. It is kept in this editor's secret storage.`,
      placeholder: 'hf_…',
      isSecret: true,
      fault: (text) => (/^hf_\S{8,}$/.test(text.trim()) ? undefined : 'A token starts with hf_ and has no blanks.'),
    });
    if (token === undefined) return false;
    await this.#secrets.store(KEY, token.trim());
    return true;
  }

  async signOut(): Promise<void> {
    const had = (await this.get()) !== undefined;
    await this.#secrets.delete(KEY);
    await this.#screen.tell('information', had
      ? 'Signed out: the token is out of this editor. One in HF_TOKEN, or that `hf auth login` wrote, still counts.'
      : 'There is no token in this editor. One in HF_TOKEN, or that `hf auth login` wrote, still counts.');
  }
}
