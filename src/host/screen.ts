/** What features may ask of the window; commands.ts answers with VS Code, tests with scripted answers. */

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** codicon name */
  readonly icon?: string;
  /** without a value the row is there to be read: choosing it does nothing */
  readonly value?: T;
}

export interface Heading {
  readonly heading: string;
}

export interface Question {
  readonly title: string;
  readonly placeholder?: string;
  /** one line above the list */
  readonly prompt?: string;
}

export interface TextQuestion extends Question {
  /** is not shown while it is typed */
  readonly isSecret?: boolean;
  /** what is wrong with an answer, if anything */
  readonly fault: (text: string) => string | undefined;
}

export type Level = 'information' | 'warning' | 'error';

export interface Screen {
  /** @returns the action chosen, or undefined when the message is closed */
  tell<A extends string>(level: Level, message: string, actions?: readonly A[]): Promise<A | undefined>;
  /** A modal question about something that cannot be undone. */
  confirm(question: string, detail: string, yes: string): Promise<boolean>;
  choose<T>(question: Question, choices: readonly (Choice<T> | Heading)[]): Promise<T | undefined>;
  /** @returns undefined when the user gives none */
  ask(question: TextQuestion): Promise<string | undefined>;
  /** Where to write; asks before it gives the name of a file that is there. @param proposed absolute path */
  saveFile(title: string, proposed: string): Promise<string | undefined>;
  chooseFolder(title: string, button: string): Promise<string | undefined>;
  /** @returns undefined when the user cancels */
  progress<T>(title: string, work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
  /** @param line 1-based */
  openFile(file: string, line?: number): Promise<void>;
  /** Opens a document of a scheme of ours, such as a log. */
  openDocument(uri: string): Promise<void>;
  openFolder(folder: string, newWindow: boolean): Promise<void>;
  reveal(path: string): Promise<void>;
  copy(text: string): Promise<void>;
  /** Runs a command of VS Code's own. */
  run(command: string, ...args: unknown[]): Promise<void>;
}
