/** What a screen reader is told, and when: at most once in a while, and nothing that must be heard is lost. Pure. */

/** Runs once after so many milliseconds. */
export type After = (milliseconds: number, run: () => void) => void;

export class Announcements {
  readonly #speak: (text: string) => void;
  readonly #every: number;
  readonly #after: After;
  #isResting = false;
  #waiting: string[] = [];

  constructor(speak: (text: string) => void, every: number, after: After) {
    this.#speak = speak;
    this.#every = every;
    this.#after = after;
  }

  /** In place of what still waits to be said. */
  say(text: string): void {
    this.#waiting = [text];
    this.#next();
  }

  /** After what still waits to be said. */
  add(text: string): void {
    this.#waiting.push(text);
    this.#next();
  }

  #next(): void {
    if (this.#isResting || this.#waiting.length === 0) return;
    this.#speak(this.#waiting.splice(0).join(' '));
    this.#isResting = true;
    this.#after(this.#every, () => {
      this.#isResting = false;
      this.#next();
    });
  }
}
