/** Restricted Mode: reading works, whatever starts a process is refused with the way out. */

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
      'This window is in Restricted Mode: Tunesmith shows datasets, jobs and models, and runs nothing.',
      'Trust this folder if you know where its files come from.',
    );
  }
}
