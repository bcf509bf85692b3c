/** The terminal as the commands see it: results on stdout, everything else on stderr. */

export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Control characters that could move the cursor, rename the window or write the clipboard; bold and dim are ours. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[(?:1|2|22)m)/g;
/** A table with its titles. */
export function columns(titles: readonly string[], rows: readonly (readonly string[])[], terminal: Pick<Terminal, 'bold'>): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  return [terminal.bold(line(titles)), ...rows.map(line)].join('\n');
}

export class Terminal {
  readonly #out: TextStream;
  readonly #err: TextStream;
  readonly #isColourful: boolean;
  #live = '';

  /** @param environment NO_COLOR switches colours off, as https://no-color.org asks */
  constructor(out: TextStream, err: TextStream, environment: NodeJS.ProcessEnv) {
    this.#out = out;
    this.#err = err;
    this.#isColourful = out.isTTY === true && err.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  }

  /** Whether a line can be drawn over. */
  get isLive(): boolean {
    return this.#err.isTTY === true;
  }

  get columns(): number {
    // 0 where a terminal does not know its size.
    return this.#err.columns || 80;
  }

  /** A result. */
  print(text: string): void {
    this.clearLive();
    this.#out.write(harmless(this.#out, `${text}\n`));
  }

  /** A piece of a result, as it comes. */
  stream(piece: string): void {
    this.#out.write(harmless(this.#out, piece));
  }

  json(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** What is said beside the result. */
  note(text: string): void {
    this.clearLive();
    this.#err.write(harmless(this.#err, `${text}\n`));
  }

  /** Replaces the last live line. */
  live(text: string): void {
    if (!this.isLive || text === this.#live) return;
    this.#live = text;
    this.#err.write(`\r\u001b[K${harmless(this.#err, text)}`);
  }

  clearLive(): void {
    if (this.#live !== '') this.#err.write('\r\u001b[K');
    this.#live = '';
  }

  bold(text: string): string {
    return this.#isColourful ? `\u001b[1m${text}\u001b[22m` : text;
  }

  dim(text: string): string {
    return this.#isColourful ? `\u001b[2m${text}\u001b[22m` : text;
  }
}

/** What datasets and models say is shown on a terminal as text only; a file or a pipe gets it unchanged. */
function harmless(stream: TextStream, text: string): string {
  return stream.isTTY === true ? text.replace(UNSAFE, '') : text;
}
