/** Finds rows that repeat an earlier one, or answer its prompt in another way. */

import type { ChatMessage } from '../../../engine/text/chat.ts';
import type { Example } from '../example.ts';
import { addPrompt, answerOf, Fingerprinter } from '../fingerprint.ts';
import { FingerprintSet } from '../fingerprintSet.ts';
import { RowFault } from '../formats/format.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

export class Repetition implements DatasetCheck {
  /** of the rows that hold one */
  readonly prompts = new FingerprintSet();
  readonly #examples = new FingerprintSet();

  row({ trainable, example, place }: ReadRow, findings: RowFindings): void {
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
    const prompt = example.kind === 'conversation' ? example.messages.slice(0, -1) : example.prompt;
    if (!prompt.some(({ role }) => role === 'user')) return;
    const row = addTurns(new Fingerprinter(), prompt);
    const isNewPrompt = this.prompts.add(row.value);
    if (!this.#examples.add(row.add(verdictOf(example)).value)) findings.add('dataset.duplicates', place);
    // One prompt may have several judged answers; a task or a conversation has one that is right.
    else if (!isNewPrompt && (example.kind === 'task' || example.kind === 'conversation')) findings.add('dataset.conflicts', place);
  }
}

function addTurns(into: Fingerprinter, turns: readonly ChatMessage[]): Fingerprinter {
  // All of them belong to the prompt; `addPrompt` leaves out the last one.
  return addPrompt(into, [...turns, { role: 'assistant', content: '' }]);
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
