/** Finds rows that repeat an earlier one, or answer its prompt in another way. */

import { addPrompt, answerOf, Fingerprinter } from '../fingerprint.ts';
import { FingerprintSet } from '../fingerprintSet.ts';
import { RowFault } from '../formats/format.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

export class Repetition implements DatasetCheck {
  /** of the rows that can be used */
  readonly prompts = new FingerprintSet();
  readonly #examples = new FingerprintSet();

  row({ trainable, place }: Pick<ReadRow, 'trainable' | 'place'>, findings: RowFindings): void {
    if (trainable instanceof RowFault) return;
    const { messages, rejected } = trainable;
    const row = addPrompt(new Fingerprinter(), messages);
    const isNewPrompt = this.prompts.add(row.value);
    row.add(answerOf(messages).trim());
    if (rejected) row.add('\0').add(answerOf(rejected).trim());
    if (!this.#examples.add(row.value)) findings.add('dataset.duplicates', place);
    // Several pairs for one prompt are usual.
    else if (!isNewPrompt && rejected === undefined) findings.add('dataset.conflicts', place);
  }
}
