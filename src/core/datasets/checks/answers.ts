/** Finds answers that teach what nobody wants: refusals, echoes, marks of old formats, spaces around labels. */

import { quoteBriefly } from '../../wording/lists.ts';
import type { Fields } from '../example.ts';
import { LABEL_COLUMNS } from '../formats/labelledText.ts';
import type { DatasetCheck } from './check.ts';
import { answerIn, turnsOf } from './spoken.ts';

/** At the beginning of an answer, after a possible apology. */
const REFUSAL = /^\s*(?:(?:i['\u2019]m|i am) (?:really |very |so )?sorry[,.;]?(?: but)?\s+|sorry[,.;]?(?: but)?\s+|i apologi[sz]e[,.;]?(?: but)?\s+|unfortunately,?\s+)?(?:as an ai\b|as a large language model|i (?:cannot|can['\u2019]?t|can not|am not able to|['\u2019]m not able to|am unable to|['\u2019]m unable to) (?:help|assist|provide|fulfil|comply|answer|generate|create|do that|browse|access)|i['\u2019]m (?:unable|not able) to (?:help|assist|provide|fulfil|comply|answer|generate|create|browse|access))/i;
const STOCK = 'AI language model';

export const refusals: DatasetCheck = {
  row({ example, place }, findings) {
    const answer = answerIn(example)?.content;
    if (answer === undefined) return;
    const found = REFUSAL.exec(answer);
    if (found || answer.includes(STOCK)) findings.add('dataset.row.refusal', place, found ? quoteBriefly(found[0].trim()) : quoteBriefly(STOCK));
  },
};

/** Shorter questions stand in answers for good reasons. */
const SHORTEST_ECHO = 20;

export const echoes: DatasetCheck = {
  row({ example, place }, findings) {
    const turns = turnsOf(example);
    const answer = turns.at(-1);
    const question = turns.at(-2);
    if (answer?.role !== 'assistant' || question?.role !== 'user') return;
    const { length } = question.content;
    if (length >= SHORTEST_ECHO && answer.content.length >= length && answer.content.startsWith(question.content)) findings.add('dataset.row.prompt-in-answer', place);
  },
};

/** OpenAI's guide for models before chat: separators after the prompt, a space before the completion, a stop after it. */
const OLD_STOP = /(?: END|###|\n\n###\n\n)\s*$/;

export const oldArtefacts: DatasetCheck = {
  row({ format, fields, place }, findings) {
    if (format !== 'prompt-completion') return;
    const { prompt, completion } = fields;
    if (typeof prompt !== 'string' || typeof completion !== 'string') return;
    const marks = [
      ...(OLD_STOP.test(completion) ? [`the completion ends with ${quoteBriefly(OLD_STOP.exec(completion)?.[0].trim() ?? '')}`] : []),
      ...(/(?:\n\n###\n\n|\s->)$/.test(prompt) ? ['the prompt ends with a separator'] : []),
    ];
    if (marks.length > 0) findings.add('dataset.row.old-artefacts', place, marks.join(' and '));
  },
};

export const labelSpaces: DatasetCheck = {
  row({ format, fields, place }, findings) {
    if (format !== 'labelled-text') return;
    const label = labelIn(fields);
    if (typeof label === 'string' && label !== label.trim()) findings.add('dataset.row.label-spaces', place, quoteBriefly(label));
  },
};

function labelIn(fields: Fields): unknown {
  const column = LABEL_COLUMNS.find((name) => Object.hasOwn(fields, name));
  return column === undefined ? undefined : fields[column];
}
