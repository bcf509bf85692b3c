/** The backends by id, each built on first use. */

import { UserError } from '../errors.ts';
import type { Disposable } from '../lifecycle.ts';
import type { BackendId } from '../recipes/recipe.ts';
import type { Backend } from './backend.ts';

export type BackendFactory = () => Promise<Backend>;

export class BackendRegistry implements Disposable {
  readonly #factories: ReadonlyMap<BackendId, BackendFactory>;
  readonly #built = new Map<BackendId, Promise<Backend>>();

  constructor(factories: ReadonlyMap<BackendId, BackendFactory>) {
    this.#factories = factories;
  }

  get ids(): readonly BackendId[] {
    return [...this.#factories.keys()];
  }

  /** @throws UserError "backend.unknown" */
  get(id: BackendId): Promise<Backend> {
    const built = this.#built.get(id);
    if (built) return built;
    const factory = this.#factories.get(id);
    if (!factory) {
      return Promise.reject(new UserError('backend.unknown', `There is no backend "${id}".`,
        `Use one of ${this.ids.join(', ')} in the recipe's field "backend".`));
    }
    const building = factory();
    this.#built.set(id, building);
    // A backend that could not be built, say for lack of memory, may be tried again.
    building.catch(() => this.#built.delete(id));
    return building;
  }

  dispose(): void {
    for (const backend of this.#built.values()) void backend.then((one) => one.dispose(), () => undefined);
    this.#built.clear();
  }
}
