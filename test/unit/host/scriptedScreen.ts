/** A screen that answers as a test tells it to, and remembers what was shown. */

import type { Choice, Heading, Level, Question, Screen, TextQuestion } from '../../../src/host/screen.ts';

type Shown =
  | { readonly kind: 'told'; readonly level: Level; readonly message: string; readonly actions: readonly string[] }
  | { readonly kind: 'asked'; readonly title: string; readonly labels: readonly string[]; readonly headings: readonly string[]; readonly details: readonly string[] }
  | { readonly kind: 'queried'; readonly title: string; readonly prompt: string; readonly isSecret: boolean }
  | { readonly kind: 'confirmed'; readonly question: string; readonly detail: string }
  | { readonly kind: 'opened'; readonly what: string; readonly line: number | undefined }
  | { readonly kind: 'copied'; readonly text: string }
  | { readonly kind: 'ran'; readonly command: string };

export class ScriptedScreen implements Screen {
  readonly shown: Shown[] = [];
  readonly #answers: string[];
  folder: string | undefined;
  /** the user presses Cancel as soon as something takes time */
  cancels = false;

  /** @param answers labels to choose, in order; '' closes the question */
  constructor(...answers: string[]) {
    this.#answers = answers;
  }

  /** What was shown of one kind. */
  of<Kind extends Shown['kind']>(kind: Kind): Extract<Shown, { kind: Kind }>[] {
    return this.shown.filter((one): one is Extract<Shown, { kind: Kind }> => one.kind === kind);
  }

  tell<A extends string>(level: Level, message: string, actions: readonly A[] = []): Promise<A | undefined> {
    this.shown.push({ kind: 'told', level, message, actions });
    const answer = actions.length === 0 ? undefined : this.#next();
    return Promise.resolve(actions.find((action) => action === answer));
  }

  confirm(question: string, detail: string, yes: string): Promise<boolean> {
    this.shown.push({ kind: 'confirmed', question, detail });
    return Promise.resolve(this.#next() === yes);
  }

  choose<T>({ title }: Question, choices: readonly (Choice<T> | Heading)[]): Promise<T | undefined> {
    const rows = choices.filter((choice): choice is Choice<T> => !('heading' in choice));
    this.shown.push({
      kind: 'asked',
      title,
      labels: rows.map(({ label }) => label),
      headings: choices.flatMap((choice) => ('heading' in choice ? [choice.heading] : [])),
      details: rows.map(({ detail }) => detail ?? ''),
    });
    const wanted = this.#next();
    if (!wanted) return Promise.resolve(undefined);
    const row = rows.find(({ label }) => label === wanted);
    if (row?.value === undefined) throw new Error(`"${wanted}" cannot be chosen among: ${rows.map(({ label }) => label).join(', ')}`);
    return Promise.resolve(row.value);
  }

  ask({ title, prompt, isSecret = false, fault }: TextQuestion): Promise<string | undefined> {
    this.shown.push({ kind: 'queried', title, prompt: prompt ?? '', isSecret });
    const answer = this.#next();
    const objection = answer ? fault(answer) : undefined;
    if (objection !== undefined) throw new Error(`"${answer}" is not accepted: ${objection}`);
    return Promise.resolve(answer || undefined);
  }

  /** @returns what was proposed, unless the answer is '' */
  saveFile(title: string, proposed: string): Promise<string | undefined> {
    this.shown.push({ kind: 'queried', title, prompt: proposed, isSecret: false });
    const answer = this.#next();
    return Promise.resolve(answer === '' ? undefined : (answer ?? proposed));
  }

  chooseFolder(): Promise<string | undefined> {
    return Promise.resolve(this.folder);
  }

  async progress<T>(_title: string, work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (!this.cancels) return work(() => undefined, new AbortController().signal);
    return work(() => undefined, AbortSignal.abort()).catch(() => undefined);
  }

  openFile(file: string, line?: number): Promise<void> {
    this.shown.push({ kind: 'opened', what: file, line });
    return Promise.resolve();
  }

  openDocument(uri: string): Promise<void> {
    return this.openFile(uri);
  }

  openFolder(folder: string): Promise<void> {
    return this.openFile(folder);
  }

  reveal(path: string): Promise<void> {
    return this.openFile(path);
  }

  copy(text: string): Promise<void> {
    this.shown.push({ kind: 'copied', text });
    return Promise.resolve();
  }

  run(command: string): Promise<void> {
    this.shown.push({ kind: 'ran', command });
    return Promise.resolve();
  }

  #next(): string | undefined {
    return this.#answers.shift();
  }
}
