/** Tells whether a dataset's answers are labels, by counting them. */

export interface LabelCount {
  readonly label: string;
  readonly count: number;
}

/** Banking77 has 77, CLINC150 has 150; beyond this an answer is a text. */
const MOST_LABELS = 500;
const LONGEST_LABEL = 80;
/** An answer that is a class comes back; three times on average is the least that can be learnt and held out. */
const LEAST_REPEATS = 3;

export function mayBeLabel(answer: string): boolean {
  return answer.length <= LONGEST_LABEL && !answer.includes('\n');
}

/** Counts answers until they cannot be labels any more. */
export class LabelCounter {
  #counts: Map<string, number> | undefined = new Map<string, number>();
  #rows = 0;

  add(answer: string): void {
    if (!this.#counts) return;
    const label = answer.trim();
    this.#rows++;
    // The head room keeps a file that starts with rare answers in the race.
    if (!mayBeLabel(label) || this.#counts.size > 4 * MOST_LABELS) this.#counts = undefined;
    else this.#counts.set(label, (this.#counts.get(label) ?? 0) + 1);
  }

  /** @returns most frequent first; undefined when the answers are not labels */
  finish(): readonly LabelCount[] | undefined {
    const counts = this.#counts;
    if (!counts || counts.size < 2 || counts.size > MOST_LABELS || counts.size * LEAST_REPEATS > this.#rows) return undefined;
    return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  }

  /** The answer that all rows share, if there is only one. */
  get onlyAnswer(): string | undefined {
    return this.#counts?.size === 1 ? this.#counts.keys().next().value : undefined;
  }
}

/** @returns the labels of these answers, or undefined when they are not labels */
export function countLabels(answers: Iterable<string>): readonly LabelCount[] | undefined {
  const counter = new LabelCounter();
  for (const answer of answers) counter.add(answer);
  return counter.finish();
}
