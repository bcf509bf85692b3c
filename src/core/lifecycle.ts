/** Events and disposal without vscode; the shapes match VS Code's so that host code can pass either. */

export interface Disposable {
  dispose(): void;
}

export type Event<T> = (listener: (event: T) => void) => Disposable;

/** Fires to listeners in the order they came; a listener that throws does not keep the others from hearing. */
export class Emitter<T> {
  readonly #listeners = new Set<(event: T) => void>();
  readonly #onFault: (fault: unknown) => void;

  constructor(onFault: (fault: unknown) => void = rethrowLater) {
    this.#onFault = onFault;
  }

  readonly event: Event<T> = (listener) => {
    // A wrapper of its own, so that the same function may subscribe twice.
    const entry = (event: T): void => listener(event);
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (fault) {
        this.#onFault(fault);
      }
    }
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

function rethrowLater(fault: unknown): void {
  queueMicrotask(() => {
    throw fault;
  });
}

export class DisposableList implements Disposable {
  readonly #items: Disposable[] = [];

  add<T extends Disposable>(item: T): T {
    this.#items.push(item);
    return item;
  }

  /** Last in, first out. */
  dispose(): void {
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }
}
