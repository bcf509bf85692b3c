/** The starter world as a stream of conversations: which tasks, how often, all from one seed. */

import type { ChatMessage } from '../../../src/engine/text/chat.ts';
import * as other from './otherTasks.ts';
import { Speaker } from './phrases.ts';
import type { Task } from './taskFrame.ts';
import * as ticket from './ticketTasks.ts';
import * as word from './wordTasks.ts';

export type Round = 'first' | 'second';

/** How often each task comes up in the first and in the second round of training, in parts of the whole. */
export const TASKS: Readonly<Record<string, readonly [first: number, second: number, task: Task]>> = {
  topicInWords: [14, 12, ticket.topicInWords], topicAmongOptions: [16, 16, ticket.topicAmongOptions], topicsInTurn: [4, 3, ticket.topicsInTurn], topicByCode: [4, 5, ticket.topicByCode],
  fieldOfMessage: [4, 4, ticket.fieldOfMessage], isItAbout: [3, 3, ticket.isItAbout], whichMessage: [2, 2, ticket.whichMessage], urgency: [2, 1.5, ticket.urgency],
  moodOfCustomer: [3, 2, ticket.moodOfCustomer], opinion: [2, 1, ticket.opinion], extractValue: [9, 11, ticket.extractValue], extractJson: [3, 4, ticket.extractJson],
  topicJson: [2, 1, ticket.topicJson], reply: [4, 3, ticket.reply], polite: [1, 1, ticket.polite], writeOne: [3, 4, ticket.writeOne],
  opposite: [2, 1.5, word.opposite], plural: [1, 1, word.plural], past: [1, 0.7, word.past], category: [3, 2.5, word.category], pickKind: [1, 1.5, word.pickKind], colourOf: [0.3, 0.3, word.colourOf],
  nextOf: [1, 1, word.nextOf], brindle: [1, 0.7, word.brindle], copy: [4, 4, word.copy], letterCase: [3, 3, word.letterCase], reverse: [2, 2, word.reverse], spell: [1.5, 1.5, word.spell],
  positionInList: [2, 3, word.positionInList], countWords: [2, 2, word.countWords], containsWord: [1, 1, word.containsWord], replaceWord: [1, 2, word.replaceWord], sortWords: [1.5, 2, word.sortWords],
  numberWord: [1, 1, word.numberWord], arithmetic: [7, 7, other.arithmetic], smallArithmetic: [0, 6, other.smallArithmetic], arithmeticStory: [1, 1, other.arithmeticStory],
  compareNumbers: [1, 1.5, other.compareNumbers], whereIsIt: [2, 2, other.whereIsIt], whoHasWhat: [2, 2, other.whoHasWhat], smallTalk: [1, 0.7, other.smallTalk],
};

export interface WorldRow {
  readonly task: string;
  readonly messages: readonly ChatMessage[];
}

/**
 * Endless conversations of the world.
 *
 * @param seed equal seeds give equal rows; rows of different seeds are independent
 * @param round the second knows more wordings and asks more for what a small model learns late
 */
export function* worldRows(seed: number, round: Round): Generator<WorldRow, never> {
  const speaker = new Speaker(seed, { widely: round === 'second' });
  const parts = ([first, second]: (typeof TASKS)[string]): number => (round === 'first' ? first : second);
  const total = Object.values(TASKS).reduce((sum, entry) => sum + parts(entry), 0);
  for (;;) {
    let at = speaker.random.uniform() * total;
    for (const [task, entry] of Object.entries(TASKS)) {
      at -= parts(entry);
      if (at >= 0) continue;
      yield { task, messages: entry[2](speaker) };
      break;
    }
  }
}
