/** Restricted Mode: reading works, whatever starts a process or writes a dataset is refused with the way out. */

import { UserError } from '../core/errors.ts';

export class TrustGate {
  readonly #isTrusted: () => boolean;

  constructor(isTrusted: () => boolean) {
    this.#isTrusted = isTrusted;
  }

  get open(): boolean {
    return this.#isTrusted();
  }

  /** @throws UserError "trust.restricted" in Restricted Mode */
  require(): void {
    if (this.#isTrusted()) return;
    throw new UserError(
      'trust.restricted',
      'This window is in Restricted Mode: Tunesmith shows datasets, jobs and models; it runs nothing and writes no dataset.',
      'Trust this folder if you know where its files come from.',
    );
  }
}
