/** The rules about a dataset as a whole, asked once all rows are read. */

import { quoteBriefly, formatList } from '../../wording/lists.ts';
import { formatCount, formatQuantity } from '../../wording/numbers.ts';
import { FORMATS_IN_WORDS } from '../detect.ts';
import type { Finding, Severity } from '../finding.ts';
import type { DatasetKind } from '../extensions.ts';
import { describeForeign, remedyForForeign } from '../files.ts';

/** What is known of a file after the last row. */
export interface FileFacts {
  readonly name: string;
  readonly kind: DatasetKind;
  /** what the file is instead of what its name says, if it is none */
  readonly notText: string | undefined;
  readonly rows: number;
  readonly usableRows: number;
  /** keys of the first row that is an object */
  readonly keys: readonly string[];
  /** a row has the keys of a format that can be trained on */
  readonly isRecognized: boolean;
  /** rows that are no JSON or CSV */
  readonly unreadableRows: number;
  /** an unsupported format that rows are in */
  readonly unsupported: string | undefined;
  /** the first row is the start of a JSON value that does not end on its line */
  readonly spansLines: boolean;
  /** of CSV: names that more than one column has, and the line of the header */
  readonly repeatedColumns: { readonly names: readonly string[]; readonly line: number };
  /** the one answer that all usable rows share */
  readonly onlyAnswer: string | undefined;
}

/** Fewer than this are called few: OpenAI's guide sees gains from 50 to 100 examples. */
export const FEW_ROWS = 50;

export const FILE_RULES: readonly ((facts: FileFacts) => Finding | undefined)[] = [
  ({ name, kind, notText }) =>
    notText === undefined ? undefined : about('dataset.not-text', 'error', describeForeign({ name, kind, notText }), remedyForForeign(kind), 1),

  ({ name, notText, rows }) =>
    notText !== undefined || rows > 0 ? undefined : about('dataset.empty', 'error', `${name} holds no rows.`, 'Add rows, or choose another file', 0),

  ({ name, rows, unreadableRows, usableRows, spansLines }) =>
    // Of a list with a row a line, the last row has no comma after it and can be read.
    spansLines && usableRows <= 1 && unreadableRows * 2 > rows
      ? about('dataset.not-json-lines', 'error', `${name} holds one JSON value over several lines, not one object a line.`, 'Write one object on each line, without brackets around them or commas between, or let the name end in .json', rows)
      : undefined,

  ({ name, repeatedColumns: { names, line } }) =>
    names.length === 0
      ? undefined
      : {
          code: 'dataset.repeated-columns',
          severity: 'warning',
          message: `The header of ${name} names ${namesOf(names)} more than once; the first column of a name is read.`,
          remedy: 'Rename or remove the other columns',
          rows: [1],
          count: 1,
          at: { line, column: 1 },
        },

  ({ name, rows, isRecognized, keys, unsupported }) => {
    if (isRecognized || keys.length === 0) return undefined;
    const seen = `its ${keys.length === 1 ? 'only field is' : 'fields are'} ${namesOf(keys)}`;
    return unsupported === undefined
      ? about('dataset.unknown-format', 'error', `${name} is in no format that Tunesmith knows: ${seen}.`, `Rename the fields to one of: ${FORMATS_IN_WORDS}`, rows)
      : about('dataset.unsupported-format', 'error', `${name} holds ${unsupported}, which cannot be trained on yet: ${seen}.`, `Convert the rows to one of: ${FORMATS_IN_WORDS}`, rows);
  },

  ({ name, rows, usableRows, isRecognized }) =>
    isRecognized && usableRows === 0
      ? about('dataset.nothing-to-train-on', 'error', rows === 1 ? `The only row of ${name} cannot be trained on.` : `None of the ${formatQuantity(rows, 'row')} of ${name} can be trained on.`, 'Correct the rows named above', rows)
      : undefined,

  ({ name, usableRows }) =>
    usableRows > 0 && usableRows < FEW_ROWS
      ? about(
          'dataset.too-few-rows',
          'warning',
          `${name} has only ${formatQuantity(usableRows, 'row')} to train on; below ${formatCount(FEW_ROWS)}, an improvement is seldom measurable.`,
          'Collect more examples, or try a longer prompt with a few of them instead of training',
          usableRows,
        )
      : undefined,

  ({ name, usableRows, onlyAnswer }) =>
    onlyAnswer !== undefined && usableRows > 1
      ? about('dataset.one-answer', 'warning', `Every row of ${name} has the same answer, ${quoteBriefly(onlyAnswer)}: there is nothing to tell apart.`, 'Add rows with other answers', usableRows)
      : undefined,
];

function about(code: string, severity: Severity, message: string, remedy: string, count: number): Finding {
  return { code, severity, message, remedy, rows: [], count };
}

const KEYS_NAMED = 8;

function namesOf(keys: readonly string[]): string {
  const named = keys.slice(0, KEYS_NAMED).map((key) => quoteBriefly(key));
  return formatList(keys.length > KEYS_NAMED ? [...named, `${formatCount(keys.length - KEYS_NAMED)} more`] : named);
}
