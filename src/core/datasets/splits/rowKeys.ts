/** What of a row decides where it goes: what it asks, what it answers, who it is of, when it was. */

import type { FormatDetector } from '../detect.ts';
import type { Example, Fields } from '../example.ts';
import { addPrompt, Fingerprinter, fingerprint } from '../fingerprint.ts';
import { RowFault } from '../formats/format.ts';
import { isFields } from '../formats/values.ts';
import type { ChatMessage } from '../../../engine/text/chat.ts';

/** @returns undefined when the row is in no known format or not as its format asks */
export function exampleOf(value: unknown, detector: FormatDetector): Example | undefined {
  if (!isFields(value)) return undefined;
  const detected = detector.detect(value);
  if (!detected) return undefined;
  try {
    return detected.format.read(detected.row);
  } catch (fault) {
    if (fault instanceof RowFault) return undefined;
    throw fault;
  }
}

const ANSWER: ChatMessage = { role: 'assistant', content: '' };

/** Equal for two rows that ask the same, of whatever kind they are; for a text to continue, the text. */
export function promptOf(example: Example): number {
  if (example.kind === 'text') return fingerprint(example.text.trim());
  const asked = promptTurns(example);
  return addPrompt(new Fingerprinter(), [...asked, ANSWER]).value;
}

/** What the row asks, or says where it asks nothing; without the system message, which many rows share. */
export function promptText(example: Example): string | readonly string[] {
  if (example.kind === 'text') return example.text;
  return promptTurns(example).filter(({ role }) => role !== 'system').map(({ content }) => content);
}

function promptTurns(example: Exclude<Example, { kind: 'text' }>): readonly ChatMessage[] {
  if (example.kind !== 'conversation') return example.prompt;
  const { messages } = example;
  // A single turn is all that can be told apart.
  return messages.length > 1 ? messages.slice(0, -1) : messages;
}

/** What may be a label: the last answer, or a verdict; undefined for a row that has no single answer. */
export function labelOf(example: Example | undefined): string | undefined {
  switch (example?.kind) {
    case 'conversation':
      return example.messages.at(-1)?.content.trim();
    case 'rating':
      return example.isGood ? 'good' : 'bad';
    case 'task': {
      const answer = example.reference['reference_answer'];
      return typeof answer === 'string' ? answer.trim() : undefined;
    }
    default:
      return undefined;
  }
}

/** The value of a column; "metadata.user" also reaches into an object. */
export function columnOf(value: unknown, column: string): unknown {
  if (!isFields(value)) return undefined;
  if (Object.hasOwn(value, column)) return value[column];
  const dot = column.indexOf('.');
  const outer = dot < 0 ? undefined : column.slice(0, dot);
  return outer !== undefined && Object.hasOwn(value, outer) ? columnOf(value[outer], column.slice(dot + 1)) : undefined;
}

/** A value that rows can share, as text; undefined for none. */
export function asKey(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value.trim() : JSON.stringify(value);
}

/** Seconds since 1970: of 1973, and of 5138, beyond which they are milliseconds. Smaller numbers are no times. */
const LEAST_SECONDS = 1e8;
const MOST_SECONDS = 1e11;
const ISO = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?)?$/;

/** Milliseconds since 1970 of an ISO date, or of a number of seconds or milliseconds since then; undefined for anything else. */
export function timeOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const number = typeof value === 'number' ? value : text !== undefined && /^\d{8,13}(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (number !== undefined) return number < LEAST_SECONDS ? undefined : number < MOST_SECONDS ? number * 1000 : number;
  if (text === undefined || !ISO.test(text)) return undefined;
  // A time without a zone must be the same on every machine.
  const zoned = /[T ]/.test(text) && !/(Z|UTC|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;
  const time = Date.parse(zoned.replace(/\s*UTC$/, 'Z').replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

const TIME_NAME = /^(date|time|datetime|timestamp|ts|when|created|updated|published|modified)$|[_ ]?(at|date|time|timestamp|on)$|^(created|updated|date|time)[_A-Z ]/i;

/** The first column that is named and looks like a time, also one inside an object. */
export function findTimeColumn(value: unknown): string | undefined {
  if (!isFields(value)) return undefined;
  const inner = (fields: Fields, path: string): string | undefined => {
    const names = Object.keys(fields);
    const found = names.find((name) => TIME_NAME.test(name) && timeOf(fields[name]) !== undefined);
    return found === undefined ? undefined : path + found;
  };
  const own = inner(value, '');
  if (own !== undefined) return own;
  for (const [name, held] of Object.entries(value)) {
    const found = isFields(held) ? inner(held, `${name}.`) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
