/** Finds rows that say nearly what an earlier one says. */

import { setImmediate as turn } from 'node:timers/promises';
import type { Example, Message } from '../example.ts';
import { Fingerprinter } from '../fingerprint.ts';
import { FingerprintSet } from '../fingerprintSet.ts';
import { RowFault } from '../formats/format.ts';
import { mayBeLabel } from '../labels.ts';
import type { RowFindings } from '../rowFindings.ts';
import { RowList } from '../rowList.ts';
import type { ReadRow } from '../scan.ts';
import { NearDuplicates } from '../similarity/nearDuplicates.ts';
import type { DatasetCheck } from './check.ts';

/** Comes after `Repetition`: a row that repeats another exactly is not counted again. */
export class NearRepetition implements DatasetCheck {
  readonly #near = new NearDuplicates();
  /** rows that cannot be trained on, which `Repetition` leaves out */
  readonly #untrained = new FingerprintSet();
  /** of rows that are not on the line of their number: rows and lines, in the same order */
  readonly #displaced = new RowList();
  readonly #lines = new RowList();

  row({ example, trainable, place: { row, line } }: ReadRow, findings: RowFindings): void {
    const texts = textsOf(example);
    if (trainable instanceof RowFault ? !this.#untrained.add(fingerprintOf(texts)) : findings.foundLast('dataset.duplicates', row)) return;
    this.#near.add(row, texts);
    if (row === line) return;
    this.#displaced.add(row);
    this.#lines.add(line);
  }

  async finish(findings: RowFindings, signal?: AbortSignal): Promise<void> {
    findings.remove('dataset.near-duplicates');
    const steps = this.#near.steps();
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      await turn();
      signal?.throwIfAborted();
    }
    const later = step.value.flatMap(([first = 0, ...rows]) => rows.map((row) => ({ row, first }))).sort((a, b) => a.row - b.row);
    const [one] = later;
    if (one) findings.addAll('dataset.near-duplicates', later.map(({ row }) => row), { row: one.row, line: this.#lineOf(one.row) }, `compare row ${one.first}`);
  }

  #lineOf(row: number): number {
    const at = this.#displaced.rows.indexOf(row);
    return at < 0 ? row : this.#lines.rows[at];
  }
}

function fingerprintOf(texts: readonly string[]): number {
  const all = new Fingerprinter();
  for (const text of texts) all.add(text).add('\0');
  return all.value;
}

/** What makes a row its own: not the instructions that it shares with all others. */
function textsOf(example: Example): readonly string[] {
  switch (example.kind) {
    case 'conversation':
      return spoken(withoutLabel(example.messages));
    case 'preference':
      return [...spoken(example.prompt), ...spoken(example.chosen), ...spoken(example.rejected)];
    case 'ranking':
      return [...spoken(example.prompt), ...example.candidates.flatMap(({ answer }) => spoken(answer))];
    case 'rating':
      return [...spoken(example.prompt), ...spoken(example.answer)];
    case 'task':
      return spoken(example.prompt);
    case 'text':
      return [example.text];
  }
}

/** Rows of one label are not alike by that. */
function withoutLabel(messages: readonly Message[]): readonly Message[] {
  const last = messages.at(-1);
  return messages.length > 1 && last?.role === 'assistant' && !last.toolCalls && mayBeLabel(last.content) ? messages.slice(0, -1) : messages;
}

function spoken(messages: readonly Message[]): readonly string[] {
  const texts: string[] = [];
  for (const { role, content, toolCalls } of messages) {
    if (role === 'system') continue;
    texts.push(content);
    for (const call of toolCalls ?? []) texts.push(call.name, call.arguments);
  }
  return texts;
}
