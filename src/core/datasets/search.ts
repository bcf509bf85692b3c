/** Finds the rows of a dataset that say something, in whichever field, however many rows there are. */

import { createContext, Script } from 'node:vm';
import { UserError } from '../errors.ts';
import { formatCount } from '../wording/numbers.ts';
import type { DatasetFile } from './files.ts';
import type { RawRow } from './readers/rows.ts';
import { readBatches } from './readers/table.ts';

export interface RowQuery {
  /** found whatever the case of its letters */
  readonly text: string;
  /** the text is a regular expression of JavaScript */
  readonly isPattern: boolean;
}

export interface SearchNews {
  /** that were found since the last news, ascending */
  readonly rows: Uint32Array;
  /** 0 to 1 */
  readonly share: number;
}

export interface SearchEnd {
  /** rows that were looked into */
  readonly searched: number;
  /** there may be more: as many were found as are kept */
  readonly isCut: boolean;
}

export interface SearchOptions {
  readonly signal?: AbortSignal;
  /** only these rows, ascending */
  readonly within?: Uint32Array | undefined;
  readonly onNews: (news: SearchNews) => void;
}

/** Four bytes each; nobody reads more. */
const ROWS_FOUND = 2_000_000;
const NEWS_MS = 100;

/**
 * Searches the texts and numbers of each row, not the names of its fields.
 *
 * @throws UserError "dataset.search.bad-pattern"; "dataset.search.too-slow" when a pattern takes too long on a few rows; as `readBatches`
 * @throws the signal's reason when aborted
 */
export async function searchRows(source: DatasetFile, query: RowQuery, { signal, within, onNews }: SearchOptions): Promise<SearchEnd> {
  const matches = matcherOf(query);
  const last = within ? (within.at(-1) ?? 0) : Infinity;
  let next = 0;
  let searched = 0;
  let count = 0;
  let found: number[] = [];
  let told = -Infinity;
  let share = 0;
  const tell = (): void => {
    onNews({ rows: Uint32Array.from(found), share });
    found = [];
    told = performance.now();
  };
  if (last > 0) {
    for await (const { rows, bytes } of readBatches(source, { signal })) {
      const wanted = within ? rows.filter(({ row }) => {
        while ((within[next] ?? Infinity) < row) next++;
        return within[next] === row;
      }) : rows;
      const hits = matches(wanted);
      for (const [index, { row }] of wanted.entries()) if (hits[index] && count < ROWS_FOUND && ++count) found.push(row);
      searched += wanted.length;
      share = Math.min(1, bytes / Math.max(1, source.bytes));
      if (performance.now() - told >= NEWS_MS) tell();
      if (count >= ROWS_FOUND || (rows.at(-1)?.row ?? 0) >= last) break;
    }
  }
  share = 1;
  tell();
  return { searched, isCut: count >= ROWS_FOUND };
}

/** Rows together, for who pays for a guard. */
type Matcher = (rows: readonly RawRow[]) => readonly boolean[];

/** @throws UserError "dataset.search.bad-pattern" */
export function matcherOf({ text, isPattern }: RowQuery): Matcher {
  if (isPattern) return patternMatcher(text);
  const wanted = text.toLowerCase();
  return (rows) => rows.map((row) => textOf(row).toLowerCase().includes(wanted));
}

/** A chunk of rows is done in milliseconds, unless the pattern tries every way to split a text. */
const PATTERN_MS = 1000;

function patternMatcher(source: string): Matcher {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, 'im');
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^Invalid regular expression: /, '');
    throw new UserError('dataset.search.bad-pattern', `The pattern cannot be used: ${reason}.`, 'Correct the regular expression, or search for plain text', { cause });
  }
  // A regular expression cannot be interrupted, a script can.
  const context = createContext({ pattern, texts: [] as string[] });
  const script = new Script('texts.map((text) => pattern.test(text))');
  return (rows) => {
    context['texts'] = rows.map(textOf);
    try {
      return script.runInContext(context, { timeout: PATTERN_MS }) as boolean[];
    } catch (cause) {
      // An error of the other context, which is no instance of ours.
      if ((cause as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
      const [first, last] = [rows[0]?.row ?? 0, rows.at(-1)?.row ?? 0];
      throw new UserError('dataset.search.too-slow', `The pattern took more than a second on rows ${formatCount(first)} to ${formatCount(last)}.`,
        'Make the pattern simpler, without repetitions inside repetitions, or search for plain text', { cause });
    }
  };
}

/** All that a row says, of one that cannot be read what stands there. */
function textOf({ value, fault }: RawRow): string {
  if (fault) return fault.text ?? '';
  if (typeof value === 'string') return value;
  const texts: string[] = [];
  // Not by recursion: a row may be nested more deeply than calls can be.
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === 'string') texts.push(one);
    else if (typeof one === 'object' && one !== null) for (const inner of Object.values(one).reverse()) left.push(inner);
    else if (typeof one === 'number' || typeof one === 'boolean' || typeof one === 'bigint') texts.push(String(one));
  }
  return texts.join('\n');
}
