/** The rules about what a target accepts: formats, kinds of files, numbers of rows, sizes. */

import { formatList } from '../../wording/lists.ts';
import { formatBytes, formatCount, formatPercent, formatQuantity } from '../../wording/numbers.ts';
import { formatOf } from '../formats/table.ts';
import { isLocal } from '../targets/table.ts';
import type { Target } from '../targets/target.ts';
import type { FileRule, RowRule } from './rule.ts';

const FILE_KINDS = { jsonl: 'JSONL', json: 'JSON', csv: 'CSV', parquet: 'Parquet', 'text-folder': 'a folder of texts' } as const;

/** "Convert it to Bedrock conversation" */
export function remedyByConversion({ formats: [best] }: Target): string {
  if (best === undefined) return 'Convert it';
  const { title } = formatOf(best);
  return title === best ? `Convert it to ${best}` : `Convert it to ${title} (${best})`;
}

export const TARGET_FILE_RULES = {
  'dataset.format-not-accepted': {
    // Here, what is understood and not trained on has a rule of its own.
    severity: (target: Target) => (isLocal(target) ? undefined : 'error'),
    title: 'A format that the target does not take',
    means: 'Each place to train reads one or two formats only and refuses every other file, often minutes after the job was started. The rows themselves may be fine: a conversion keeps what they say.',
    remedy: 'Convert the file',
    find: ({ name, target, formats, rows, unfitRows }) => {
      const foreign = formats.filter(({ id }) => !target.formats.includes(id));
      const count = foreign.reduce((sum, one) => sum + one.count, 0);
      if (count === 0 || count < rows || unfitRows === rows) return undefined;
      const taken = formatList(target.formats.map((id) => formatOf(id).title), 'or');
      return { message: `${name} holds ${formatList(foreign.map(({ id }) => formatOf(id).title))}; ${target.title} takes ${taken}.`, remedy: remedyByConversion(target), count };
    },
  },
  'dataset.file-kind': {
    severity: 'error',
    title: 'A kind of file that the target does not take',
    means: 'The rows are right, but the file around them is not: most services take JSONL, one object a line, uncompressed.',
    remedy: 'Convert the file to JSONL',
    find: ({ name, kind, isGzip, target, rows, formats }) => {
      const { files } = target;
      // Of a file in another format, converting it says it all.
      if (!files || rows === 0 || !formats.some(({ id }) => target.formats.includes(id))) return undefined;
      const taken = formatList(files.kinds.map((one) => FILE_KINDS[one]), 'or');
      if (!files.kinds.includes(kind)) return { message: `${name} is ${FILE_KINDS[kind]}; ${target.title} takes ${taken}.`, remedy: remedyByConversion(target), count: rows };
      if (isGzip && files.gzip === false) return { message: `${name} is compressed; ${target.title} takes ${taken} as it is.`, remedy: 'Unpack the file', count: rows };
      return undefined;
    },
  },
  'dataset.below-minimum': {
    severity: 'error',
    title: 'Fewer rows than the target asks for',
    means: 'The service counts the rows before it starts and refuses a file with fewer.',
    remedy: 'Add rows',
    find: ({ name, usableRows, target }) =>
      usableRows > 0 && target.rows?.min !== undefined && usableRows < target.rows.min
        ? { message: `${name} has ${formatQuantity(usableRows, 'usable row')}; ${target.title} asks for at least ${formatCount(target.rows.min)}.`, remedy: `Add ${formatQuantity(target.rows.min - usableRows, 'row')} or more`, count: usableRows }
        : undefined,
  },
  'dataset.above-maximum': {
    severity: 'error',
    title: 'More rows than the target takes',
    means: 'The service counts the rows before it starts and refuses a file with more.',
    remedy: 'Leave out repetitions first, then train on a part',
    find: ({ name, rows, target }) =>
      target.rows?.max !== undefined && rows > target.rows.max
        ? { message: `${name} has ${formatQuantity(rows, 'row')}; ${target.title} takes at most ${formatCount(target.rows.max)}.`, count: rows }
        : undefined,
  },
  'dataset.file-too-large': {
    severity: 'error',
    title: 'A larger file than the target takes',
    means: 'The upload or the job is refused; some services say so only after the upload.',
    remedy: 'Leave out repetitions and very long rows, or train on a part',
    find: ({ name, bytes, rows, target }) =>
      target.fileBytes !== undefined && bytes > target.fileBytes.max
        ? { message: `${name} has ${formatBytes(bytes)}; ${target.title} takes at most ${formatBytes(target.fileBytes.max)}.`, count: rows }
        : undefined,
  },
  'dataset.uneven-labels': {
    severity: 'warning',
    title: 'One label has most rows',
    means: 'A model that always gives the most frequent label is already right that often, and training tends towards it. Accuracy then looks good while the rare labels are never found.',
    remedy: 'Add rows of the other labels, or leave out some of this one; look at each label by itself when you evaluate',
    find: ({ name, labels, usableRows }) => {
      const [most] = labels ?? [];
      if (!most || usableRows < 20 || most.count / usableRows <= MOST_OF_ONE_LABEL) return undefined;
      return { message: `${formatPercent(most.count / usableRows)} of the rows of ${name} have the label "${most.label}".`, count: most.count };
    },
  },
  'dataset.rare-labels': {
    severity: 'warning',
    title: 'Labels with few rows',
    means: 'A label is learnt from its own examples: with a handful of them the model guesses, and with none held out nobody notices. Twenty to fifty rows a label are a usual minimum.',
    remedy: 'Collect more rows of these labels, or put them together under a common one',
    find: ({ name, labels, target }) => {
      const rare = (labels ?? []).filter(({ count }) => count < FEW_OF_A_LABEL);
      if (rare.length === 0 || target.technique === 'cpt') return undefined;
      const named = rare.toReversed().slice(0, LABELS_NAMED).map(({ label, count }) => `"${label}" (${formatCount(count)})`);
      const others = rare.length - named.length;
      const list = formatList(others > 0 ? [...named, `${formatCount(others)} more`] : named);
      return { message: `${formatQuantity(rare.length, 'label')} of ${name} ${rare.length === 1 ? 'has' : 'have'} fewer than ${FEW_OF_A_LABEL} rows: ${list}.`, count: rare.reduce((sum, { count }) => sum + count, 0) };
    },
  },
  'dataset.labels-alike': {
    severity: 'warning',
    title: 'Labels that differ in spelling only',
    means: 'For a program "Refund" and "refund" are two labels. The model learns to choose between them by chance, and the evaluation counts one as wrong.',
    remedy: 'Write each label in one way',
    find: ({ name, labels }) => {
      const ways = new Map<string, { readonly label: string; readonly count: number }[]>();
      for (const one of labels ?? []) {
        const plain = one.label.toLowerCase().replace(/[\s_-]+/gu, ' ');
        ways.set(plain, [...(ways.get(plain) ?? []), one]);
      }
      const alike = [...ways.values()].filter((group) => group.length > 1);
      if (alike.length === 0) return undefined;
      const named = alike.slice(0, LABELS_NAMED).map((group) => formatList(group.map(({ label, count }) => `"${label}" (${formatCount(count)})`)));
      return { message: `${name} spells ${formatQuantity(alike.length, 'label')} in several ways: ${named.join('; ')}${alike.length > named.length ? '; …' : ''}.`, count: alike.flat().reduce((sum, { count }) => sum + count, 0) };
    },
  },
} as const satisfies Readonly<Record<string, FileRule>>;

/** Of all rows; beyond it, always giving that label is hard to beat. */
const MOST_OF_ONE_LABEL = 0.8;
const FEW_OF_A_LABEL = 20;
const LABELS_NAMED = 4;

export const TARGET_ROW_RULES = {
  'dataset.row.format-not-accepted': {
    severity: 'error',
    title: 'Rows in a format that the target does not take',
    means: 'Most of the file is right, but these rows are written in another way. A service that meets one of them refuses the file.',
    one: 'is in a format that the target does not take',
    many: 'are in formats that the target does not take',
    remedy: 'Convert the file',
  },
  'dataset.row.not-for-target': {
    severity: 'error',
    title: 'Rows that the target has no use for',
    means: 'What the row says cannot be said in the format of the target at all: a prompt without an answer is nothing to imitate, a single answer is nothing to compare. A conversion leaves these rows out.',
    one: 'cannot be written for the target',
    many: 'cannot be written for the target',
    remedy: 'Choose a technique or a target that fits these rows, or leave them out',
  },
  'dataset.row.reserved-word': {
    severity: 'error',
    title: 'Reserved words',
    means: 'The service uses these words to mark who speaks. It searches every text for them, and one harmless "User:" in one row makes the whole job fail.',
    one: 'holds a word that is reserved by the target',
    many: 'hold words that are reserved by the target',
    remedy: 'Write it differently, for example "User -" for "User:"',
  },
  'dataset.row.over-context': {
    severity: 'warning',
    title: 'Probably longer than the target reads',
    means: 'A row with more tokens than the target reads is cut off or refused; if it is cut, the answer at its end goes first. The tokens are estimated from the characters, four to a token.',
    one: 'is probably too long for the target',
    many: 'are probably too long for the target',
    remedy: 'Shorten the row, or split the conversation',
  },
  'dataset.row.several-turns': {
    severity: 'error',
    title: 'More than one question and answer',
    means: 'The target trains on single turns. It refuses conversations, or reads their beginning only.',
    one: 'has more turns than the target takes',
    many: 'have more turns than the target takes',
    remedy: 'Keep one question, and one answer where there is one; earlier turns can be put into the question',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
