/** What one row looks like to a person: a line of a table, or its conversation in full. */

import type { Example, Message, ToolDefinition } from './example.ts';
import type { Severity } from './finding.ts';
import { FormatDetector } from './detect.ts';
import { RowFault } from './formats/format.ts';
import { formatOf } from './formats/table.ts';
import { bestOf } from './formats/turns.ts';
import type { RawRow } from './readers/rows.ts';
import { ROW_RULES, type RowRuleCode } from './rules/catalogue.ts';
import { severityFor } from './rules/rule.ts';
import { newTotals, visitRow, type ReadRow } from './scan.ts';
import { isLocal, targetOf } from './targets/table.ts';
import type { Target } from './targets/target.ts';

/** A line of the table. Texts are on one line and cut. */
export interface RowSummary {
  readonly row: number;
  readonly prompt: string;
  readonly answer: string;
  /** of a pair, the answer that is not preferred */
  readonly worse?: string;
  /** why the row cannot be read; then there are no texts but what the file has */
  readonly fault?: string;
  /** the rules that found the row */
  readonly codes: readonly string[];
}

export interface CallView {
  readonly name: string;
  readonly arguments: string;
}

export interface TurnView {
  readonly role: string;
  /** of the speaker, or of the tool */
  readonly name?: string;
  readonly content: string;
  readonly reasoning?: string;
  readonly calls: readonly CallView[];
  /** the call that a tool's turn answers */
  readonly answersCall?: string;
  /** pieces of the content that are not text */
  readonly others: number;
  /** an answer that is shown to the model and not trained on */
  readonly isWeightless: boolean;
}

/** Turns that belong together, such as the better answer of a pair. */
export interface RowPart {
  readonly title: string;
  readonly turns: readonly TurnView[];
}

export interface RowNote {
  readonly code: string;
  readonly severity: Severity;
  /** completes "Row 4 …" */
  readonly says: string;
  readonly remedy: string;
}

export interface RowDetail {
  readonly row: number;
  readonly line: number;
  /** as its documentation calls it */
  readonly format: string | undefined;
  readonly parts: readonly RowPart[];
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  readonly notes: readonly RowNote[];
}

/** A row as what it says, or why it cannot be read. */
export type UnderstoodRow = ReadRow | { readonly code: RowRuleCode; readonly detail: string };

const SUMMARY_CHARACTERS = 300;
/** More than anybody reads of one turn; the JSON has the rest. */
const TURN_CHARACTERS = 100_000;

export function understandRow(raw: RawRow, detector = new FormatDetector()): UnderstoodRow {
  let understood: UnderstoodRow | undefined;
  visitRow(raw, detector, {
    row: (read) => void (understood = read),
    fault: (code, _place, detail) => void (understood = { code, detail }),
  }, newTotals());
  if (!understood) throw new Error('a row is told of as a row or as a fault');
  return understood;
}

/** @param codes the rules that found the row */
export function summarizeRow(raw: RawRow, codes: readonly string[], detector?: FormatDetector): RowSummary {
  const { row } = raw;
  const understood = understandRow(raw, detector);
  if (!('example' in understood)) {
    const text = raw.fault ? (raw.fault.text ?? '') : JSON.stringify(raw.value);
    return { row, prompt: onOneLine(text), answer: '', fault: saysOf(understood.code, understood.detail), codes };
  }
  const { prompt, answer, worse } = textsOf(understood.example);
  return { row, prompt: onOneLine(prompt), answer: onOneLine(answer), ...(worse !== undefined && { worse: onOneLine(worse) }), codes };
}

/** @param codes the rules that found the row; @param target what it was checked for */
export function describeRow(raw: RawRow, codes: readonly string[], target: Target = targetOf('local-sft')): RowDetail {
  const understood = understandRow(raw);
  const { row, line } = raw;
  const fault = !('example' in understood) ? understood : isLocal(target) && understood.trainable instanceof RowFault ? understood.trainable : undefined;
  const all = fault && !codes.includes(fault.code) ? [fault.code, ...codes] : codes;
  const notes = all.flatMap((code) => noteOf(code, code === fault?.code ? fault.detail : '', target));
  if (!('example' in understood)) return { row, line, format: undefined, parts: [], tools: [], notes };
  const { example, format } = understood;
  return { row, line, format: formatOf(format).title, parts: partsOf(example), tools: (example.tools ?? []).map(toolView), notes };
}

function noteOf(code: string, detail: string, target: Target): RowNote[] {
  if (!isRowRule(code)) return [];
  const rule = ROW_RULES[code];
  return [{ code, severity: severityFor(rule, target) ?? 'info', says: saysOf(code, detail), remedy: rule.remedy }];
}

function saysOf(code: RowRuleCode, detail: string): string {
  return detail === '' ? ROW_RULES[code].one : `${ROW_RULES[code].one}: ${detail}`;
}

function isRowRule(code: string): code is RowRuleCode {
  return Object.hasOwn(ROW_RULES, code);
}

interface Texts {
  readonly prompt: string;
  readonly answer: string;
  readonly worse?: string;
}

function textsOf(example: Example): Texts {
  switch (example.kind) {
    case 'conversation': {
      const last = example.messages.at(-1);
      const hasAnswer = last?.role === 'assistant';
      return { prompt: joinTurns(hasAnswer ? example.messages.slice(0, -1) : example.messages), answer: hasAnswer ? spoken(last) : '' };
    }
    case 'preference':
      return { prompt: joinTurns(example.prompt), answer: joinTurns(example.chosen), worse: joinTurns(example.rejected) };
    case 'ranking': {
      const [best, worst] = ends(example);
      return { prompt: joinTurns(example.prompt), answer: joinTurns(best ?? []), worse: joinTurns(worst ?? []) };
    }
    case 'rating':
      return { prompt: joinTurns(example.prompt), answer: `${example.isGood ? 'Liked' : 'Disliked'}: ${joinTurns(example.answer)}` };
    case 'task':
      return { prompt: joinTurns(example.prompt), answer: JSON.stringify(example.reference) };
    case 'text':
      return { prompt: '', answer: example.text };
  }
}

/** The best and the worst answer; the first and the last where nobody says. */
function ends({ candidates }: Extract<Example, { kind: 'ranking' }>): readonly (readonly Message[] | undefined)[] {
  try {
    return [bestOf(candidates).answer, bestOf(candidates, -1).answer];
  } catch {
    return [candidates[0]?.answer, candidates.at(-1)?.answer];
  }
}

/** What the system says is the same in all rows, more often than not: it stands where there is nothing else. */
function joinTurns(turns: readonly Message[]): string {
  const said = turns.filter(({ role }) => role !== 'system');
  return (said.length > 0 ? said : turns).map(spoken).join(' ▸ ');
}

function spoken({ content, toolCalls = [] }: Message): string {
  return [content, ...toolCalls.map((call) => `${call.name}(${call.arguments})`)].filter((text) => text !== '').join(' ');
}

function onOneLine(text: string): string {
  // Twice as much as is shown, so that a text that begins with spaces is not cut to nothing.
  const flat = text.slice(0, 2 * SUMMARY_CHARACTERS).replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return flat.length > SUMMARY_CHARACTERS || text.length > 2 * SUMMARY_CHARACTERS ? `${flat.slice(0, SUMMARY_CHARACTERS).toWellFormed()}…` : flat.toWellFormed();
}

function partsOf(example: Example): readonly RowPart[] {
  const part = (title: string, turns: readonly Message[]): RowPart => ({ title, turns: turns.map(turnView) });
  switch (example.kind) {
    case 'conversation':
      return [part('', example.messages)];
    case 'preference': {
      const score = (value: number | undefined): string => (value === undefined ? '' : `, score ${value}`);
      return [
        part('', example.prompt),
        part(`Better answer${score(example.scores?.chosen)}`, example.chosen),
        part(`Worse answer${score(example.scores?.rejected)}`, example.rejected),
      ];
    }
    case 'ranking':
      return [part('', example.prompt), ...example.candidates.map(({ answer, score, isPreferred }, index) =>
        part(`Answer ${index + 1}${isPreferred === undefined ? '' : isPreferred ? ', preferred' : ', not preferred'}${score === undefined ? '' : `, score ${score}`}`, answer))];
    case 'rating':
      return [part('', example.prompt), part(example.isGood ? 'Answer that was liked' : 'Answer that was not liked', example.answer)];
    case 'task':
      return [part('', example.prompt), { title: 'For the grader', turns: [plainTurn('reference', JSON.stringify(example.reference, undefined, 2))] }];
    case 'text':
      return [{ title: '', turns: [plainTurn('text', example.text)] }];
  }
}

function plainTurn(role: string, content: string): TurnView {
  return { role, content: cut(content), calls: [], others: 0, isWeightless: false };
}

function turnView({ role, spokenAs, name, content, reasoning, toolCalls = [], toolCallId, parts = [], weight }: Message): TurnView {
  return {
    role: spokenAs ?? role,
    ...(name !== undefined && { name }),
    content: cut(content),
    ...(reasoning !== undefined && { reasoning: cut(reasoning) }),
    calls: toolCalls.map((call) => ({ name: call.name, arguments: cut(call.arguments) })),
    ...(toolCallId !== undefined && { answersCall: toolCallId }),
    others: parts.filter(({ type }) => type === 'other').length,
    isWeightless: role === 'assistant' && weight === 0,
  };
}

function toolView({ name, description = '' }: ToolDefinition): { readonly name: string; readonly description: string } {
  return { name, description: cut(description) };
}

function cut(text: string): string {
  return text.length > TURN_CHARACTERS ? `${text.slice(0, TURN_CHARACTERS)}…` : text;
}
