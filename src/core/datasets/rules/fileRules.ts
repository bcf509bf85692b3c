/** The rules about a dataset as a whole that say whether there is something to train on. */

import { quoteBriefly, formatList } from '../../wording/lists.ts';
import { formatCount, formatQuantity } from '../../wording/numbers.ts';
import { FORMATS_IN_WORDS } from '../detect.ts';
import { describeForeign, remedyForForeign } from '../files.ts';
import { isLocal } from '../targets/table.ts';
import type { FileRule } from './rule.ts';

/** Fewer than this are called few: OpenAI's guide sees gains from 50 to 100 examples. */
export const FEW_ROWS = 50;

export const FILE_RULES = {
  'dataset.not-text': {
    severity: 'error',
    title: 'The file is something else than its name says',
    means: 'The name says that the file holds rows of text, but its bytes are those of a picture, an archive, a spreadsheet or another encoding. Nothing of it can be read as it is.',
    remedy: 'Save it again as UTF-8 text, or choose another file',
    find: ({ name, kind, notText }) =>
      notText === undefined ? undefined : { message: describeForeign({ name, kind, notText }), remedy: remedyForForeign(kind), count: 1 },
  },
  'dataset.empty': {
    severity: 'error',
    title: 'No rows',
    means: 'The file is empty, or holds blank lines or a header only. A job started with it fails at once.',
    remedy: 'Add rows, or choose another file',
    find: ({ name, notText, rows }) => (notText !== undefined || rows > 0 ? undefined : { message: `${name} holds no rows.`, count: 0 }),
  },
  'dataset.not-json-lines': {
    severity: 'error',
    title: 'One JSON value over several lines',
    means: 'In JSONL every line is an object of its own. This file is a single list or object, printed over many lines, so that no line makes sense alone.',
    remedy: 'Write one object on each line, without brackets around them or commas between, or let the name end in .json',
    find: ({ name, rows, unreadableRows, usableRows, spansLines }) =>
      // Of a list with a row a line, the last row has no comma after it and can be read.
      spansLines && usableRows <= 1 && unreadableRows * 2 > rows
        ? { message: `${name} holds one JSON value over several lines, not one object a line.`, count: rows }
        : undefined,
  },
  'dataset.repeated-columns': {
    severity: 'warning',
    title: 'Columns of the same name',
    means: 'The header names a column twice. Only the first of the two is read; if the other one holds what you mean, the model learns the wrong thing.',
    remedy: 'Rename or remove the other columns',
    find: ({ name, repeatedColumns: { names, line } }) =>
      names.length === 0
        ? undefined
        : { message: `The header of ${name} names ${namesOf(names)} more than once; the first column of a name is read.`, rows: [1], count: 1, at: { line, column: 1 } },
  },
  'dataset.unknown-format': {
    severity: 'error',
    title: 'No known format',
    means: 'From the names of the fields alone nobody can tell what the model is asked and what it should answer. Services refuse such a file.',
    remedy: `Rename the fields to one of: ${FORMATS_IN_WORDS}`,
    find: ({ name, isRecognized, keys, unsupported, target, formats, rows }) =>
      isRecognized || keys.length === 0 || unsupported !== undefined || (!isLocal(target) && formats.length > 0)
        ? undefined
        : { message: `${name} is in no format that Tunesmith knows: ${fieldsOf(keys)}.`, count: rows },
  },
  'dataset.unsupported-format': {
    severity: (target) => (isLocal(target) ? 'error' : undefined),
    title: 'A format that is not trained on here',
    means: 'The rows are understood and can be converted and sent elsewhere, but the training on this machine has no use for them: a prompt without an answer, for example, needs reinforcement fine-tuning.',
    remedy: `Convert the rows to one of: ${FORMATS_IN_WORDS}`,
    find: ({ name, isRecognized, keys, unsupported, rows }) =>
      isRecognized || unsupported === undefined
        ? undefined
        : { message: `${name} holds ${unsupported}, which cannot be trained on yet: ${fieldsOf(keys)}.`, count: rows },
  },
  'dataset.nothing-to-train-on': {
    severity: 'error',
    title: 'No usable row',
    means: 'Every single row has a fault that keeps it from training. The findings beside this one say which.',
    remedy: 'Correct the rows named above',
    find: ({ name, rows, usableRows, isRecognized, target, formats }) =>
      usableRows === 0 && (isLocal(target) ? isRecognized : formats.length > 0)
        ? { message: rows === 1 ? `The only row of ${name} cannot be trained on.` : `None of the ${formatQuantity(rows, 'row')} of ${name} can be trained on.`, count: rows }
        : undefined,
  },
  'dataset.too-few-rows': {
    severity: 'warning',
    title: 'Few rows',
    means: 'With so few examples a model seldom gets measurably better, and there is nothing left over to measure it with. OpenAI reports gains from 50 to 100 good examples on.',
    remedy: 'Collect more examples, or try a longer prompt with a few of them instead of training',
    find: ({ name, usableRows, target }) =>
      // A target's own minimum says more.
      usableRows > 0 && usableRows < FEW_ROWS && usableRows >= (target.rows?.min ?? 0)
        ? { message: `${name} has only ${formatQuantity(usableRows, 'row')} to train on; below ${formatCount(FEW_ROWS)}, an improvement is seldom measurable.`, count: usableRows }
        : undefined,
  },
  'dataset.one-answer': {
    severity: 'warning',
    title: 'The same answer everywhere',
    means: 'The model learns to say that one thing, whatever it is asked.',
    remedy: 'Add rows with other answers',
    find: ({ name, usableRows, onlyAnswer }) =>
      onlyAnswer !== undefined && usableRows > 1
        ? { message: `Every row of ${name} has the same answer, ${quoteBriefly(onlyAnswer)}: there is nothing to tell apart.`, count: usableRows }
        : undefined,
  },
} as const satisfies Readonly<Record<string, FileRule>>;

const KEYS_NAMED = 8;

function fieldsOf(keys: readonly string[]): string {
  return `its ${keys.length === 1 ? 'only field is' : 'fields are'} ${namesOf(keys)}`;
}

function namesOf(keys: readonly string[]): string {
  const named = keys.slice(0, KEYS_NAMED).map((key) => quoteBriefly(key));
  return formatList(keys.length > KEYS_NAMED ? [...named, `${formatCount(keys.length - KEYS_NAMED)} more`] : named);
}
