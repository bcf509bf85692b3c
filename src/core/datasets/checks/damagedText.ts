/** Finds what is left of bytes that were no UTF-8. */

import { RowFault } from '../formats/format.ts';
import type { ChatMessage } from '../../../engine/text/chat.ts';
import type { DatasetCheck } from './check.ts';

export const damagedText: DatasetCheck = {
  row({ trainable, place }, findings) {
    if (trainable instanceof RowFault) return;
    const damage = findDamage(trainable.messages);
    if (damage !== '') findings.add('dataset.row.damaged-text', place, damage);
  },
};

function findDamage(messages: readonly ChatMessage[]): string {
  for (const { content } of messages) {
    if (content.includes('\0')) return 'a NUL character';
    if (content.includes('\uFFFD')) return 'U+FFFD stands where a byte was not UTF-8';
    if (!content.isWellFormed()) return 'half of a surrogate pair';
  }
  return '';
}
