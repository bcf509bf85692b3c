/** A table of texts with a label each, in the columns that it has by name or that somebody chose. */

import type { Format } from './format.ts';
import { answered, onlyQuestion, onlyText, splitAnswer } from './turns.ts';
import { readCarried, readText, writeRow } from './values.ts';

/** The likeliest first. */
export const TEXT_COLUMNS = ['text', 'sentence', 'utterance', 'ticket', 'message', 'content', 'review', 'comment', 'document', 'description', 'query', 'title', 'subject', 'input'];
export const LABEL_COLUMNS = ['label', 'category', 'intent', 'class', 'labels', 'target', 'topic', 'sentiment', 'tag', 'team', 'queue', 'department'];

export interface ColumnMapping {
  readonly text: string;
  readonly label: string;
}

/** @param mapping the columns to take instead of those with usual names */
export function labelledTextBy(mapping: ColumnMapping | undefined): Format {
  const find = (has: (column: string) => boolean): Partial<ColumnMapping> => ({
    text: mapping ? mapping.text : TEXT_COLUMNS.find(has), label: mapping ? mapping.label : LABEL_COLUMNS.find(has),
  });
  return {
    id: 'labelled-text',
    title: 'labelled text',
    trainsAs: 'labelled-text',
    holds: 'texts with a label',
    samples: [{ text: 'Where is my card?', label: 'card_arrival' }],
    hasColumns(columns) {
      const { text, label } = find((name) => columns.has(name));
      return text !== undefined && label !== undefined && columns.has(text) && columns.has(label);
    },
    read(row) {
      const { text = 'text', label = 'label' } = find((name) => name in row);
      return {
        kind: 'conversation',
        // A stray space would make one class two.
        messages: [{ role: 'user', content: readText(row[text], text).trim() }, { role: 'assistant', content: readText(row[label], label).trim() }],
        ...readCarried(row, new Set([text, label])),
      };
    },
    write(example) {
      const conversation = answered(example);
      const { prompt, answer } = splitAnswer(conversation.messages);
      const { text, label } = mapping ?? { text: 'text', label: 'label' };
      return writeRow(conversation, { [text]: onlyQuestion(prompt), [label]: onlyText(answer, 'assistant') });
    },
  };
}

export const labelledText = labelledTextBy(undefined);
