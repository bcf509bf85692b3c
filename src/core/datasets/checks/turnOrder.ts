/** Finds turns in an order that templates and services do not expect, and turns that say nothing. */

import { RowFault } from '../formats/format.ts';
import type { Message } from '../example.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import { isLocal } from '../targets/table.ts';
import type { DatasetCheck } from './check.ts';
import { turnsOf } from './spoken.ts';

export const turnOrder: DatasetCheck = {
  row({ example, format, place, trainable }: ReadRow, findings: RowFindings): void {
    const turns = turnsOf(example);
    let previous: Message | undefined;
    // One finding a rule and row: what comes after the first is usually the same fault again.
    let isMoved = false;
    let isRepeated = false;
    let isEmpty = false;
    for (let index = 0; index < turns.length; index++) {
      const turn = turns[index];
      if (!turn) continue;
      if (!isEmpty && isBlank(turn) && isNoted(turns, index, trainable)) {
        isEmpty = true;
        findings.add('dataset.row.empty-turn', place, `turn ${index + 1}, the ${turn.role}'s`);
      }
      if (turn.role === 'system') {
        if (index > 0 && !isMoved) {
          isMoved = true;
          findings.add('dataset.row.system-position', place, `it is turn ${index + 1}`);
        }
        continue;
      }
      if (!previous) {
        // Here, a row without a question before its answer has a fault of its own.
        if (turn.role !== 'user' && !(isLocal(findings.target) && trainable instanceof RowFault)) findings.add('dataset.row.starts-with-assistant', place, turn.role === 'tool' ? 'the first turn is a tool\'s' : '');
      } else if (previous.role === turn.role && turn.role !== 'tool' && !isRepeated) {
        isRepeated = true;
        findings.add('dataset.row.not-alternating', place, `turns ${index} and ${index + 1} are both the ${turn.role}'s`);
      }
      previous = turn;
    }
    // A conversation without fields for a grader is something to imitate; converted, its answer is the reference.
    const isTask = example.kind === 'task' || (example.kind === 'conversation' && format === 'openai-chat' && example.metadata !== undefined);
    if (isTask && findings.target.technique === 'rft' && previous?.role === 'assistant') findings.add('dataset.row.ends-in-answer', place);
  },
};

function isBlank({ content, parts, toolCalls }: Message): boolean {
  return (content === '' || (content.charCodeAt(0) <= 32 && content.trim() === '')) && parts === undefined && toolCalls === undefined;
}

/** An answer that is trained on and the only question have rules of their own; a tool may have nothing to say. */
function isNoted(turns: readonly Message[], index: number, trainable: ReadRow['trainable']): boolean {
  const turn = turns[index];
  if (!turn || turn.role === 'tool' || trainable instanceof RowFault) return false;
  return turn.role !== 'assistant' || index < turns.length - 1;
}
