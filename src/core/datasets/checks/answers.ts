/** Finds answers that teach what nobody wants: refusals, echoes, marks of old formats, spaces around labels. */

import { quoteBriefly } from '../../wording/lists.ts';
import { formatPercent } from '../../wording/numbers.ts';
import type { Fields } from '../example.ts';
import { LABEL_COLUMNS } from '../formats/labelledText.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { Groups } from './minority.ts';
import { turnsOf } from './spoken.ts';

/** At the beginning of an answer, after a possible apology. */
const REFUSAL = /^\s*(?:(?:i['\u2019]m|i am) (?:really |very |so )?sorry[,.;]?(?: but)?\s+|sorry[,.;]?(?: but)?\s+|i apologi[sz]e[,.;]?(?: but)?\s+|unfortunately,?\s+)?(?:as an ai\b|as a large language model|i (?:cannot|can['\u2019]?t|can not|am not able to|['\u2019]m not able to|am unable to|['\u2019]m unable to) (?:help|assist|provide|fulfil|comply|answer|generate|create|do that|browse|access)|i['\u2019]m (?:unable|not able) to (?:help|assist|provide|fulfil|comply|answer|generate|create|browse|access))/i;
const STOCK = 'AI language model';

/** Shorter questions stand in answers for good reasons. */
const SHORTEST_ECHO = 20;

/** Looks at the last answer of every row. */
export class Answers implements DatasetCheck {
  readonly kinds = ['conversation', 'preference', 'ranking', 'rating'] as const;
  readonly #byThinking = new Groups<boolean>();

  row({ example, place }: ReadRow, findings: RowFindings): void {
    const turns = turnsOf(example);
    const answer = turns.at(-1);
    if (answer?.role !== 'assistant') return;
    const { content, reasoning } = answer;
    this.#byThinking.add(reasoning !== undefined || content.includes('<think>'), place);
    const refusal = findRefusal(content);
    if (refusal !== undefined) findings.add('dataset.row.refusal', place, quoteBriefly(refusal));
    const question = turns.at(-2);
    if (question?.role === 'user' && question.content.length >= SHORTEST_ECHO && content.startsWith(question.content)) findings.add('dataset.row.prompt-in-answer', place);
  }

  finish(findings: RowFindings): void {
    findings.remove('dataset.row.reasoning-in-some');
    const [most, fewer] = this.#byThinking.counts;
    if (!most || !fewer) return;
    this.#byThinking.name('dataset.row.reasoning-in-some', [fewer.key], findings,
      `it ${fewer.key ? 'thinks aloud' : 'does not'}, and ${formatPercent(most.count / this.#byThinking.rows)} of the rows ${most.key ? 'do' : 'do not'}`);
  }
}

function findRefusal(answer: string): string | undefined {
  return REFUSAL.exec(answer)?.[0].trim() ?? (answer.includes(STOCK) ? STOCK : undefined);
}

/** OpenAI's guide for models before chat: separators after the prompt, a space before the completion, a stop after it. */
const OLD_STOP = /(?: END|###)\s*$/;
const OLD_SEPARATOR = /(?:\n\n###\n\n|\s->)$/;

/** Looks at what only a column of texts shows. */
export const columnTexts: DatasetCheck = {
  kinds: ['conversation'],
  row({ format, fields, place }, findings) {
    if (format === 'prompt-completion') {
      const marks = oldMarks(fields);
      if (marks !== '') findings.add('dataset.row.old-artefacts', place, marks);
    } else if (format === 'labelled-text') {
      const label = labelIn(fields);
      if (typeof label === 'string' && label !== label.trim()) findings.add('dataset.row.label-spaces', place, quoteBriefly(label));
    }
  },
};

function oldMarks({ prompt, completion }: Fields): string {
  if (typeof prompt !== 'string' || typeof completion !== 'string') return '';
  const stop = OLD_STOP.exec(completion)?.[0].trim();
  const marks = [
    ...(stop === undefined ? [] : [`the completion ends with ${quoteBriefly(stop)}`]),
    ...(OLD_SEPARATOR.test(prompt) ? ['the prompt ends with a separator'] : []),
  ];
  return marks.join(' and ');
}

function labelIn(fields: Fields): unknown {
  const column = LABEL_COLUMNS.find((name) => Object.hasOwn(fields, name));
  return column === undefined ? undefined : fields[column];
}
