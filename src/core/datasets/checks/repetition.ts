/** Finds rows that repeat an earlier one, or answer its prompt in another way. */

import type { ChatMessage } from '../../../engine/text/chat.ts';
import type { Example } from '../example.ts';
import { addPrompt, answerOf, Fingerprinter, promptKey } from '../fingerprint.ts';
import { FingerprintSet } from '../fingerprintSet.ts';
import { RowFault } from '../formats/format.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

export class Repetition implements DatasetCheck {
  /** of the rows that hold one */
  readonly prompts = new FingerprintSet();
  readonly #examples = new FingerprintSet();

  row({ trainable, example, place }: Pick<ReadRow, 'trainable' | 'example' | 'place'>, findings: RowFindings): void {
    if (trainable instanceof RowFault) {
      this.#compareUntrained(example, place, findings);
      return;
    }
    const { messages, rejected } = trainable;
    const row = addPrompt(new Fingerprinter(), messages);
    const isNewPrompt = this.prompts.add(row.value);
    row.add(answerOf(messages).trim());
    if (rejected) row.add('\0').add(answerOf(rejected).trim());
    if (!this.#examples.add(row.value)) findings.add('dataset.duplicates', place);
    // Several pairs for one prompt are usual.
    else if (!isNewPrompt && rejected === undefined) findings.add('dataset.conflicts', place);
  }

  /** Of what this machine does not train on, and others may. */
  #compareUntrained(example: Example, place: ReadRow['place'], findings: RowFindings): void {
    if (example.kind === 'text') {
      if (example.text.trim() !== '' && !this.#examples.add(new Fingerprinter().add(example.text.trim()).value)) findings.add('dataset.duplicates', place);
      return;
    }
    const row = addUntrainedPrompt(example);
    if (!row) return;
    const isNewPrompt = this.prompts.add(row.value);
    if (!this.#examples.add(row.add(verdictOf(example)).value)) findings.add('dataset.duplicates', place);
    // One prompt may have several judged answers; a task or a conversation has one that is right.
    else if (!isNewPrompt && (example.kind === 'task' || example.kind === 'conversation')) findings.add('dataset.conflicts', place);
  }
}

/** The fingerprint of what a row asks; undefined when it asks nothing. */
export function promptOf({ trainable, example }: Pick<ReadRow, 'trainable' | 'example'>): number | undefined {
  if (!(trainable instanceof RowFault)) return promptKey(trainable.messages);
  return example.kind === 'text' ? undefined : addUntrainedPrompt(example)?.value;
}

function addUntrainedPrompt(example: Exclude<Example, { kind: 'text' }>): Fingerprinter | undefined {
  if (example.kind === 'conversation') return example.messages.at(-1)?.role === 'assistant' && example.messages.some(isAsked) ? addPrompt(new Fingerprinter(), example.messages) : undefined;
  // All turns belong to the prompt; `addPrompt` leaves out the last one.
  return example.prompt.some(isAsked) ? addPrompt(new Fingerprinter(), [...example.prompt, { role: 'assistant', content: '' }]) : undefined;
}

function isAsked({ role }: ChatMessage): boolean {
  return role === 'user';
}

/** What makes two rows with one prompt different. */
function verdictOf(example: Exclude<Example, { kind: 'text' }>): string {
  switch (example.kind) {
    case 'task':
      return JSON.stringify(example.reference);
    case 'rating':
      return JSON.stringify([example.answer, example.isGood]);
    case 'conversation':
      return JSON.stringify(example.messages.at(-1));
    case 'preference':
      return JSON.stringify([example.chosen, example.rejected]);
    case 'ranking':
      return JSON.stringify(example.candidates);
  }
}
