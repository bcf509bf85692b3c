/** Finds what keeps graders from comparing: fields that some rows lack or spell otherwise, and answers that prompts give away. */

import { quoteBriefly, formatList } from '../../wording/lists.ts';
import { formatQuantity } from '../../wording/numbers.ts';
import type { Fields } from '../example.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { Groups } from './minority.ts';

/** Beyond this many different sets of fields, the rows are not meant to be alike. */
const MOST_SHAPES = 64;

type FieldType = 'number' | 'numeric text' | 'text' | 'other';

export class References implements DatasetCheck {
  readonly kinds = ['task'] as const;
  /** the fields that are there and filled, each with its type */
  readonly #shapes = new Groups<string>();
  #isWild = false;

  row({ example, place }: ReadRow): void {
    if (example.kind !== 'task' || this.#isWild) return;
    const shape = shapeOf(example.reference);
    if (this.#shapes.size === MOST_SHAPES && !this.#shapes.has(shape)) this.#isWild = true;
    else this.#shapes.add(shape, place);
  }

  finish(findings: RowFindings): void {
    findings.remove('dataset.row.missing-reference');
    findings.remove('dataset.row.mixed-reference-types');
    if (this.#isWild) return;
    const shapes = this.#shapes.counts.map(({ key, count }) => ({ key, count, types: new Map(JSON.parse(key) as [string, FieldType][]) }));
    const rows = this.#shapes.rows;
    const missing = new Set<string>();
    const mixed = new Set<string>();
    const lacking: string[] = [];
    const differing: string[] = [];
    for (const name of new Set(shapes.flatMap(({ types }) => [...types.keys()]))) {
      const counts = new Map<FieldType, number>();
      for (const { types, count } of shapes) {
        const type = types.get(name);
        if (type) counts.set(type, (counts.get(type) ?? 0) + count);
      }
      const present = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const [most] = [...counts].sort((a, b) => b[1] - a[1]);
      if (!most || present < rows / 2) continue;
      if (present < rows) {
        lacking.push(name);
        for (const { key, types } of shapes) if (!types.has(name)) missing.add(key);
      }
      // Free text may well be a number now and then.
      const clash = most[0] === 'number' ? 'numeric text' : most[0] === 'numeric text' ? 'number' : undefined;
      if (clash && counts.has(clash)) {
        differing.push(name);
        for (const { key, types } of shapes) if (types.get(name) === clash) mixed.add(key);
      }
      if (most[0] === 'numeric text' && most[1] === rows) {
        findings.say('dataset.numbers-as-text', { message: `All ${formatQuantity(rows, 'row')} have a number in quotes in ${quoteBriefly(name)}.`, count: rows });
      }
    }
    this.#shapes.name('dataset.row.missing-reference', [...missing], findings, formatList(lacking.map((name) => quoteBriefly(name))));
    this.#shapes.name('dataset.row.mixed-reference-types', [...mixed], findings, formatList(differing.map((name) => quoteBriefly(name))));
  }
}

function shapeOf(reference: Fields): string {
  const fields: [string, FieldType][] = [];
  for (const [name, value] of Object.entries(reference)) {
    if (value === null || value === undefined || value === '' || (typeof value === 'string' && value.trim() === '')) continue;
    fields.push([name, typeOf(value)]);
  }
  return JSON.stringify(fields.sort((a, b) => (a[0] < b[0] ? -1 : 1)));
}

function typeOf(value: unknown): FieldType {
  if (typeof value === 'number') return 'number';
  if (typeof value !== 'string') return 'other';
  return value.trim() !== '' && Number.isFinite(Number(value)) ? 'numeric text' : 'text';
}

/** Fields that hold the answer; what else a row has for its grader, such as the numbers of a riddle, belongs into the prompt. */
const ANSWER_FIELDS = ['reference_answer', 'ground_truth', 'answer', 'correct_answer', 'expected_answer', 'expected', 'solution', 'reference'];
/** A shorter answer may stand in the prompt by chance, unless the prompt says that it is the answer. */
const LONG_ANSWER = 24;

export const answersInPrompts: DatasetCheck = {
  kinds: ['task'],
  row({ example, place }, findings) {
    if (example.kind !== 'task') return;
    for (const name of ANSWER_FIELDS) {
      const answer = textOf(example.reference[name]);
      if (answer === '') continue;
      const asked = example.prompt.find(({ content }) => gives(content, answer));
      if (!asked) continue;
      findings.add('dataset.row.answer-in-prompt', place, `${quoteBriefly(name)} is ${quoteBriefly(answer)}`);
      return;
    }
  },
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function gives(prompt: string, answer: string): boolean {
  if (answer.length >= LONG_ANSWER) return prompt.includes(answer);
  for (let at = prompt.indexOf(answer); at >= 0; at = prompt.indexOf(answer, at + 1)) {
    const next = prompt.charAt(at + answer.length);
    if (/[\p{L}\p{N}]/u.test(next)) continue;
    if (/(?:\b(?:correct|final|right|expected|reference) answer(?: is|:)|\banswer:|\bsolution:|####)\s*["'(]?$/i.test(prompt.slice(Math.max(0, at - 40), at))) return true;
  }
  return false;
}
