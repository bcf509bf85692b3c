/** Finds the rows that a service would refuse: in the wrong format, of the wrong kind, without what its technique needs. */

import type { Example, Message } from '../example.ts';
import { Refusal, type Format } from '../formats/format.ts';
import { formatOf } from '../formats/table.ts';
import { bestOf } from '../formats/turns.ts';
import type { RowFindings, RowPlace } from '../rowFindings.ts';
import { RowList } from '../rowList.ts';
import type { ReadRow } from '../scan.ts';
import type { Target } from '../targets/target.ts';
import type { DatasetCheck } from './check.ts';

/** Rows in another format count as what they are once they are converted. */
export class TargetFit implements DatasetCheck {
  readonly #target: Target;
  readonly #best: Format | undefined;
  readonly #foreign = new RowList();
  #first: { readonly place: RowPlace; readonly title: string } | undefined;

  constructor(target: Target) {
    this.#target = target;
    const [best] = target.formats;
    this.#best = best === undefined ? undefined : formatOf(best);
  }

  row({ example, format, place }: Pick<ReadRow, 'example' | 'format' | 'place'>, findings: RowFindings): void {
    if (!this.#target.formats.includes(format)) {
      const refusal = this.#refusalOf(example);
      if (refusal !== undefined) {
        // Nobody should be told to convert what no conversion can help.
        findings.add('dataset.row.not-for-target', place, refusal);
        return;
      }
      this.#foreign.add(place.row);
      this.#first ??= { place, title: formatOf(format).title };
    }
    checkTechnique(example, this.#target, place, findings);
    checkLimits(example, this.#target, place, findings);
  }

  finish(findings: RowFindings): void {
    findings.remove('dataset.row.format-not-accepted');
    if (this.#first) findings.addAll('dataset.row.format-not-accepted', this.#foreign.rows, this.#first.place, `it is ${this.#first.title}`);
  }

  #refusalOf(example: Example): string | undefined {
    try {
      this.#best?.write(example);
      return undefined;
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return fault.message;
    }
  }
}

function checkTechnique(example: Example, { technique }: Target, place: RowPlace, findings: RowFindings): void {
  if (example.kind === 'conversation') {
    // What ends with an answer is a prompt with its reference once it is converted.
    if (technique !== 'rft') checkAnswers(example.messages, technique === 'distill', place, findings);
  } else if (example.kind === 'preference' || example.kind === 'ranking') checkPair(example, place, findings);
  else if (example.kind === 'task') {
    if (!hasQuestion(example.prompt)) findings.add('dataset.row.empty-prompt', place);
  } else if (example.kind === 'text') {
    if (example.text.trim() === '') findings.add('dataset.row.empty-answer', place, 'the text is empty');
  }
}

/** @param isOptional for a teacher that writes the answers itself */
function checkAnswers(messages: readonly Message[], isOptional: boolean, place: RowPlace, findings: RowFindings): void {
  const last = messages.at(-1);
  if (!last) findings.add('dataset.row.bad-messages', place, 'the conversation has no turns');
  else if (last.role !== 'assistant' && !isOptional) findings.add('dataset.row.no-answer', place, `the last turn is the ${last.role}'s`);
  else if (messages.every(({ role, weight }) => role !== 'assistant' || weight === 0) && !isOptional) findings.add('dataset.row.no-answer', place, 'every assistant turn has weight 0');
  else if (messages.some((turn) => turn.role === 'assistant' && turn.weight !== 0 && isEmpty(turn))) findings.add('dataset.row.empty-answer', place);
  else if (!hasQuestion(messages)) findings.add('dataset.row.empty-prompt', place);
}

function checkPair(example: Extract<Example, { kind: 'preference' | 'ranking' }>, place: RowPlace, findings: RowFindings): void {
  let better: readonly Message[];
  let worse: readonly Message[];
  try {
    [better, worse] = example.kind === 'preference' ? [example.chosen, example.rejected] : [bestOf(example.candidates).answer, bestOf(example.candidates, -1).answer];
  } catch {
    findings.add('dataset.row.same-answers', place, 'none of its answers is better than another');
    return;
  }
  if (better.every(isEmpty) || worse.every(isEmpty)) findings.add('dataset.row.empty-answer', place);
  else if (areEqual(better, worse)) findings.add('dataset.row.same-answers', place);
  else if (!hasQuestion(example.prompt)) findings.add('dataset.row.empty-prompt', place);
}

function checkLimits(example: Example, { turns, tokensPerRow }: Target, place: RowPlace, findings: RowFindings): void {
  const messages = example.kind === 'conversation' ? example.messages : example.kind === 'text' ? [] : example.prompt;
  if (turns?.singleTurn) {
    const asked = messages.filter(({ role }) => role === 'user').length;
    const answers = messages.filter(({ role }) => role === 'assistant').length;
    if (asked > 1 || answers > 1) findings.add('dataset.row.several-turns', place, `it has ${asked} of the user`);
  }
  if (turns?.textOnly) {
    const odd = messages.findIndex(({ role, toolCalls, parts }) => role === 'tool' || toolCalls !== undefined || parts?.some(({ type }) => type === 'other'));
    if (odd >= 0) findings.add('dataset.row.not-text-content', place, `turn ${odd + 1} is more than text`);
    else if (example.tools) findings.add('dataset.row.not-text-content', place, 'it defines tools');
  }
  if (tokensPerRow) {
    let characters = 0;
    for (const { content, reasoning } of messages) characters += content.length + (reasoning?.length ?? 0);
    const tokens = Math.round(characters / CHARACTERS_PER_TOKEN);
    if (tokens > tokensPerRow.max) {
      findings.add('dataset.row.over-context', place, `about ${tokens.toLocaleString('en')} tokens, where ${tokensPerRow.max.toLocaleString('en')} are read`);
    }
  }
}

/** Of English text. */
const CHARACTERS_PER_TOKEN = 4;

function hasQuestion(messages: readonly Message[]): boolean {
  return messages.some((turn) => turn.role === 'user' && !isEmpty(turn));
}

function isEmpty({ content, parts, toolCalls }: Message): boolean {
  return content.trim() === '' && parts === undefined && toolCalls === undefined;
}

function areEqual(a: readonly Message[], b: readonly Message[]): boolean {
  return a.length === b.length && a.every((turn, index) => turn.content === b[index]?.content && turn.role === b[index].role && JSON.stringify(turn.toolCalls) === JSON.stringify(b[index].toolCalls));
}
