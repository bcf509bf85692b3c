/** The repairs: what each does in words, whether it is safe, and which rules' findings it mends. */

export type RepairId =
  | 'unwrap-json' | 'line-ends' | 'keep-last-key' | 'clean-damaged-text' | 'rename-roles' | 'arguments-as-text' | 'remove-foreign-nulls' | 'trim-answers'
  | 'remove-old-marks' | 'drop-empty-turns' | 'merge-turns' | 'redact-secrets' | 'redact-personal-data'
  | 'remove-unreadable' | 'remove-untrainable' | 'remove-identical-pairs' | 'remove-duplicates' | 'remove-near-duplicates';

export interface Repair {
  readonly id: RepairId;
  /** as a button says it */
  readonly title: string;
  /** what becomes of a row, in a sentence */
  readonly does: string;
  /** no row and no word of a row is lost */
  readonly isSafe: boolean;
  /** codes of the rules whose findings it mends, all of them or those that it can */
  readonly mends: readonly string[];
}

/** In the order in which they are applied: each works on what those before it have left. */
export const REPAIRS: readonly Repair[] = [
  {
    id: 'unwrap-json',
    title: 'Write one row on each line',
    does: 'A JSON value that is spread over several lines becomes JSON Lines: one object on each line.',
    isSafe: true,
    mends: ['dataset.not-json-lines'],
  },
  {
    id: 'line-ends',
    title: 'Normalize line ends',
    does: 'Of JSON Lines the byte order mark at the beginning is removed, and lines end in a line feed alone. Rows stay as they are, and so does CSV, whose records end in both.',
    isSafe: true,
    mends: [],
  },
  {
    id: 'keep-last-key',
    title: 'Keep the last of repeated fields',
    does: 'Of a field that stands twice in one object only the last is kept, which is the one that programs read.',
    isSafe: false,
    mends: ['dataset.row.repeated-key'],
  },
  {
    id: 'clean-damaged-text',
    title: 'Remove NUL characters and halves of surrogate pairs',
    does: 'Characters that stand for nothing are removed from texts. U+FFFD is left, since nobody knows what stood there.',
    isSafe: true,
    mends: ['dataset.row.damaged-text'],
  },
  {
    id: 'rename-roles',
    title: 'Rename roles',
    does: 'Other names of the usual roles, such as "human", "gpt", "bot" or "Assistant", become those that the format knows.',
    isSafe: true,
    mends: ['dataset.row.wrong-role'],
  },
  {
    id: 'arguments-as-text',
    title: 'Write the arguments of tool calls as text',
    does: 'Arguments that are an object become the JSON text of it, as OpenAI and all who follow it ask.',
    isSafe: true,
    mends: ['dataset.row.arguments-as-object', 'dataset.row.bad-tool-call'],
  },
  {
    id: 'remove-foreign-nulls',
    title: 'Remove nulls that other rows left behind',
    does: 'Fields of turns, tool calls and tools that are null only because another row has them are removed. A null that means something, such as the content beside a tool call, stays.',
    isSafe: true,
    mends: ['dataset.row.foreign-nulls'],
  },
  {
    id: 'trim-answers',
    title: 'Trim spaces around labels and answers',
    does: 'Spaces around a label, and spaces and blank lines at the end of an answer, are removed.',
    isSafe: true,
    mends: ['dataset.row.label-spaces'],
  },
  {
    id: 'remove-old-marks',
    title: 'Remove separators of the old completion format',
    does: 'A separator such as "###" or "->" at the end of a prompt, and the space before and the mark such as "END" behind its completion, are removed.',
    isSafe: false,
    mends: ['dataset.row.old-artefacts'],
  },
  {
    id: 'drop-empty-turns',
    title: 'Remove empty turns',
    does: 'Turns without text, tool call or attachment are removed, except the last one.',
    isSafe: false,
    mends: ['dataset.row.empty-turn'],
  },
  {
    id: 'merge-turns',
    title: 'Merge turns of the same speaker',
    does: 'Turns of one role that follow each other become one, with a blank line between their texts.',
    isSafe: true,
    mends: ['dataset.row.not-alternating'],
  },
  {
    id: 'redact-secrets',
    title: 'Redact secrets',
    does: 'Keys, tokens and passwords become placeholders such as [SECRET_1]; the same secret gets the same one in the whole file.',
    isSafe: false,
    mends: ['dataset.row.secret'],
  },
  {
    id: 'redact-personal-data',
    title: 'Redact personal data',
    does: 'E-mail addresses, phone, card and account numbers become placeholders such as [EMAIL_1]; the same value gets the same one in the whole file.',
    isSafe: false,
    mends: ['dataset.row.personal-data'],
  },
  {
    id: 'remove-unreadable',
    title: 'Remove rows that cannot be read',
    does: 'Rows that are no JSON, do not fit the header or are in no known format are left out.',
    isSafe: false,
    mends: ['dataset.row.invalid-json', 'dataset.row.invalid-csv', 'dataset.row.wrong-columns', 'dataset.row.too-long', 'dataset.row.not-an-object', 'dataset.row.unknown-format'],
  },
  {
    id: 'remove-untrainable',
    title: 'Remove rows that cannot be trained on',
    does: 'Rows without an answer, without a question, with an unknown role or a broken tool call, and the like, are left out.',
    isSafe: false,
    mends: [
      'dataset.row.bad-messages', 'dataset.row.wrong-role', 'dataset.row.bad-tool-call', 'dataset.row.bad-candidates', 'dataset.row.bad-value',
      'dataset.row.no-answer', 'dataset.row.empty-answer', 'dataset.row.empty-prompt', 'dataset.row.different-prompts',
    ],
  },
  {
    id: 'remove-identical-pairs',
    title: 'Remove pairs of equal answers',
    does: 'Rows that prefer an answer to itself are left out.',
    isSafe: false,
    mends: ['dataset.row.same-answers'],
  },
  {
    id: 'remove-duplicates',
    title: 'Remove repeated rows',
    does: 'Of rows that ask and answer the same, the first is kept.',
    isSafe: false,
    mends: ['dataset.duplicates'],
  },
  {
    id: 'remove-near-duplicates',
    title: 'Remove rows that say nearly the same',
    does: 'Of rows that differ by a few words only, the first is kept.',
    isSafe: false,
    mends: ['dataset.near-duplicates'],
  },
];

export const REPAIR_IDS: readonly RepairId[] = REPAIRS.map(({ id }) => id);

export const SAFE_REPAIRS: readonly RepairId[] = REPAIRS.filter(({ isSafe }) => isSafe).map(({ id }) => id);

export const REDACTIONS: readonly RepairId[] = ['redact-secrets', 'redact-personal-data'];

export function repairOf(id: RepairId): Repair {
  const found = REPAIRS.find((repair) => repair.id === id);
  if (!found) throw new Error(`There is no repair ${id}.`);
  return found;
}

const BY_CODE = new Map<string, readonly RepairId[]>();
for (const { id, mends } of REPAIRS) for (const code of mends) BY_CODE.set(code, [...(BY_CODE.get(code) ?? []), id]);

/** What mends the findings of a rule, the gentlest first; undefined where only a person can. */
export function repairsFor(code: string): readonly RepairId[] | undefined {
  return BY_CODE.get(code);
}
