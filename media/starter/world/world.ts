/** The starter world as a stream of conversations: which tasks, how often, all from one seed. */

import type { ChatMessage } from '../../../src/engine/text/chat.ts';
import * as other from './otherTasks.ts';
import { Speaker } from './phrases.ts';
import type { Task } from './taskFrame.ts';
import * as ticket from './ticketTasks.ts';
import * as word from './wordTasks.ts';

/** How often each task comes up, in parts of the whole. */
export const TASKS: Readonly<Record<string, readonly [parts: number, task: Task]>> = {
  topicInWords: [14, ticket.topicInWords], topicAmongOptions: [16, ticket.topicAmongOptions], topicsInTurn: [4, ticket.topicsInTurn], topicByCode: [4, ticket.topicByCode],
  fieldOfMessage: [4, ticket.fieldOfMessage], isItAbout: [3, ticket.isItAbout], whichMessage: [2, ticket.whichMessage], urgency: [2, ticket.urgency], moodOfCustomer: [3, ticket.moodOfCustomer],
  opinion: [2, ticket.opinion], extractValue: [9, ticket.extractValue], extractJson: [3, ticket.extractJson], topicJson: [2, ticket.topicJson], reply: [4, ticket.reply], polite: [1, ticket.polite],
  writeOne: [3, ticket.writeOne],
  opposite: [2, word.opposite], plural: [1, word.plural], past: [1, word.past], category: [3, word.category], pickKind: [1, word.pickKind], colourOf: [0.3, word.colourOf], nextOf: [1, word.nextOf], brindle: [1, word.brindle],
  copy: [4, word.copy], letterCase: [3, word.letterCase], reverse: [2, word.reverse], spell: [1.5, word.spell], positionInList: [2, word.positionInList], countWords: [2, word.countWords],
  containsWord: [1, word.containsWord], replaceWord: [1, word.replaceWord], sortWords: [1.5, word.sortWords], numberWord: [1, word.numberWord],
  arithmetic: [7, other.arithmetic], arithmeticStory: [1, other.arithmeticStory], compareNumbers: [1, other.compareNumbers], whereIsIt: [2, other.whereIsIt], whoHasWhat: [2, other.whoHasWhat], smallTalk: [1, other.smallTalk],
};

export interface WorldRow {
  readonly task: string;
  readonly messages: readonly ChatMessage[];
}

/**
 * Endless conversations of the world.
 *
 * @param seed equal seeds give equal rows; rows of different seeds are independent
 */
export function* worldRows(seed: number): Generator<WorldRow, never> {
  const speaker = new Speaker(seed);
  const total = Object.values(TASKS).reduce((sum, [parts]) => sum + parts, 0);
  for (;;) {
    let at = speaker.random.uniform() * total;
    for (const [task, [parts, make]] of Object.entries(TASKS)) {
      at -= parts;
      if (at >= 0) continue;
      yield { task, messages: make(speaker) };
      break;
    }
  }
}
