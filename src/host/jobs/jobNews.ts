/** News for the job page, gathered while it still draws the last: a slow page is late by one patch, never by a queue of them. */

import type { JobPagePatch } from '../../protocol/jobPage.ts';

export class JobNews {
  readonly #deliver: (patch: JobPagePatch) => Promise<void>;
  #gathered: JobPagePatch | undefined;
  /** what the page is busy with; a page that went away never answers, and is forgotten by `clear` */
  #underWay: symbol | undefined;

  /** @param deliver resolves when the page has taken the patch in */
  constructor(deliver: (patch: JobPagePatch) => Promise<void>) {
    this.#deliver = deliver;
  }

  add(patch: JobPagePatch): void {
    this.#gathered = this.#gathered ? joined(this.#gathered, patch) : patch;
    this.#next();
  }

  /** The page was given everything: what was gathered is old. */
  clear(): void {
    this.#gathered = undefined;
    this.#underWay = undefined;
  }

  #next(): void {
    const patch = this.#gathered;
    if (this.#underWay || !patch) return;
    this.#gathered = undefined;
    const mine = Symbol('patch');
    this.#underWay = mine;
    const done = (): void => {
      if (this.#underWay !== mine) return;
      this.#underWay = undefined;
      this.#next();
    };
    this.#deliver(patch).then(done, done);
  }
}

function joined(earlier: JobPagePatch, later: JobPagePatch): JobPagePatch {
  return {
    header: later.header,
    metrics: [...earlier.metrics, ...later.metrics],
    events: [...earlier.events, ...later.events],
    checkpoints: [...earlier.checkpoints, ...later.checkpoints],
  };
}
