/** The repairs of what a row says: each takes a row as its file has it, and gives the same object where there is nothing to mend. */

import type { Fields } from '../example.ts';
import { LABEL_COLUMNS, TEXT_COLUMNS } from '../formats/labelledText.ts';
import { isFields } from '../formats/values.ts';
import type { Redactor } from '../privacy/redact.ts';
import { mapFields, mapList, mapStrings } from './mapValue.ts';
import type { RepairId } from './table.ts';
import { dropEmptyTurns, mapTurns, mergeTurns, renameRole, trimTurnAnswers } from './turnRepairs.ts';

/** What repairs need beside the row. */
export interface RepairContext {
  readonly redactor: Redactor;
}

type ValueRepair = (row: Fields, context: RepairContext) => Fields;

export const VALUE_REPAIRS: Readonly<Partial<Record<RepairId, ValueRepair>>> = {
  'clean-damaged-text': (row) => mapStrings(row, withoutDamage),
  'rename-roles': (row) => mapTurns(row, (turns, dialect) => mapList(turns, (turn) => (isFields(turn) ? renameRole(turn, dialect) : turn))),
  'arguments-as-text': (row) => mapTurns(row, (turns) => mapList(turns, (turn) => (isFields(turn) ? writeArguments(turn) : turn))),
  'remove-foreign-nulls': removeForeignNulls,
  'trim-answers': trimAnswers,
  'remove-old-marks': removeOldMarks,
  'drop-empty-turns': (row) => mapTurns(row, dropEmptyTurns),
  'merge-turns': (row) => mapTurns(row, mergeTurns),
  'redact-secrets': (row, { redactor }) => mapStrings(row, (text) => redactor.redact(text, (kind) => kind === 'secret')),
  'redact-personal-data': (row, { redactor }) => mapStrings(row, (text) => redactor.redact(text, (kind) => kind !== 'secret')),
};

function withoutDamage(text: string): string {
  const cleaned = text.includes('\0') ? text.replaceAll('\0', '') : text;
  if (cleaned.isWellFormed()) return cleaned;
  // Without the flag v or u a class would take a whole pair apart.
  return cleaned.replace(/\p{Surrogate}/gu, '');
}

function writeArguments(turn: Fields): Fields {
  const calls = turn['tool_calls'];
  const older = turn['function_call'];
  const written = Array.isArray(calls) ? mapList(calls, (call) => (isFields(call) && isFields(call['function']) ? mapFields(call, { function: asText(call['function']) }) : call)) : calls;
  return mapFields(turn, { ...('tool_calls' in turn && { tool_calls: written }), ...(isFields(older) && { function_call: asText(older) }) });
}

function asText(called: Fields): Fields {
  const given = called['arguments'];
  if (typeof given === 'string' || !('arguments' in called) || (given !== null && !isFields(given))) return called;
  return mapFields(called, { arguments: given === null ? '{}' : JSON.stringify(given) });
}

/** Where null says something: a default of a schema, and beside a tool call that there is no text. */
const MEANT = new Set(['default', 'const', 'content']);

function removeForeignNulls(row: Fields): Fields {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return mapList(value, clean);
    if (!isFields(value)) return value;
    const kept = Object.entries(value).filter(([key, held]) => held !== null || MEANT.has(key));
    const base = kept.length === Object.keys(value).length ? value : Object.fromEntries(kept);
    return mapFields(base, Object.fromEntries(Object.entries(base).map(([key, held]) => [key, clean(held)])));
  };
  const turns = mapTurns(row, (list) => mapList(list, clean));
  const tools = Object.fromEntries(['tools', 'functions'].filter((column) => Array.isArray(row[column])).map((column) => [column, clean(row[column])]));
  return mapFields(turns, tools);
}

const ANSWER_COLUMNS = ['completion', 'output', 'response', 'answer', 'chosen', 'rejected'];
const PROMPTS = ['prompt', 'instruction', 'question', 'input', 'query'];

function trimAnswers(row: Fields): Fields {
  const columns = Object.keys(row);
  const label = columns.find((column) => (LABEL_COLUMNS as readonly string[]).includes(column.trim().toLowerCase()));
  const isLabelled = label !== undefined && columns.some((column) => (TEXT_COLUMNS as readonly string[]).includes(column.trim().toLowerCase()));
  const changes: Record<string, unknown> = {};
  if (isLabelled) trimInto(changes, row, label, (text) => text.trim());
  if (columns.some((column) => PROMPTS.includes(column))) for (const column of ANSWER_COLUMNS) trimInto(changes, row, column, (text) => text.trimEnd());
  return mapTurns(mapFields(row, changes), trimTurnAnswers);
}

function trimInto(changes: Record<string, unknown>, row: Fields, column: string, trim: (text: string) => string): void {
  const text = row[column];
  if (typeof text === 'string') changes[column] = trim(text);
}

/** OpenAI's guide for models before chat: a separator ends a prompt, a completion begins with a space and ends with a mark. */
const SEPARATORS = ['###', ' ->', '\n->', '-->'];
const END_MARKS = [' END', '\nEND', '###', '<END>', '[END]'];

function removeOldMarks(row: Fields): Fields {
  const { prompt, completion } = row;
  if (typeof prompt !== 'string' || typeof completion !== 'string') return row;
  const asked = withoutEnding(prompt, SEPARATORS);
  const answered = withoutEnding(completion, END_MARKS);
  if ((asked === prompt && answered === completion) || asked === '' || answered.trim() === '') return row;
  return mapFields(row, { prompt: asked, completion: answered.startsWith(' ') ? answered.slice(1) : answered });
}

/** Without the endings, one after the other, and without the space before them. */
function withoutEnding(text: string, endings: readonly string[]): string {
  let kept = text;
  for (;;) {
    const trimmed = kept.trimEnd();
    const ending = endings.find((one) => trimmed.endsWith(one));
    if (ending === undefined) return kept;
    kept = trimmed.slice(0, -ending.length).trimEnd();
  }
}
