/** What is remembered of datasets in a workspace: what each is checked for, and those that lie elsewhere. */

import type { TargetId } from '../../core/datasets/targets/target.ts';
import { Emitter } from '../../core/lifecycle.ts';

/** As VS Code's `Memento`. */
export interface Memory {
  get<T>(key: string, otherwise: T): T;
  update(key: string, value: unknown): PromiseLike<void>;
}

const TARGETS = 'dataset.targets';
const ADDED = 'datasets';

export class DatasetMemory {
  readonly #memory: Memory;
  readonly #changed = new Emitter<void>();

  /** Files were added or taken off the list. */
  readonly onDidChange = this.#changed.event;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** What a file is checked for; undefined for this machine. */
  targetOf(file: string): TargetId | undefined {
    const targets = this.#memory.get<Readonly<Record<string, TargetId>>>(TARGETS, {});
    return Object.hasOwn(targets, file) ? targets[file] : undefined;
  }

  async setTarget(file: string, target: TargetId): Promise<void> {
    const targets = Object.entries(this.#memory.get<Readonly<Record<string, TargetId>>>(TARGETS, {})).filter(([known]) => known !== file);
    await this.#memory.update(TARGETS, Object.fromEntries([...targets, [file, target]]));
  }

  /** Files and folders that a person added, in the order they came. */
  get added(): readonly string[] {
    return this.#memory.get<readonly string[]>(ADDED, []);
  }

  isAdded(file: string): boolean {
    return this.added.includes(file);
  }

  async add(files: readonly string[]): Promise<void> {
    await this.#memory.update(ADDED, [...new Set([...this.added, ...files])]);
    this.#changed.fire();
  }

  async forget(file: string): Promise<void> {
    await this.#memory.update(ADDED, this.added.filter((known) => known !== file));
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
