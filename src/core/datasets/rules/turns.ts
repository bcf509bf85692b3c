/** About who speaks when, and turns that say nothing. */

import type { Target } from '../targets/target.ts';
import type { RowRule } from './rule.ts';

export const TURN_RULES = {
  'dataset.row.system-position': {
    severity: ({ turns }: Target) => (turns?.systemFirst ? 'error' : 'warning'),
    title: 'A system message that is not the first',
    means: 'The system message sets the scene and belongs at the beginning. Many chat templates refuse one in the middle, or leave it out, so that the model never reads it.',
    one: 'has a system message that is not the first',
    many: 'have a system message that is not the first',
    remedy: 'Move it to the beginning, or make it a part of a user turn',
  },
  'dataset.row.not-alternating': {
    severity: ({ turns }: Target) => (turns?.alternating ? 'error' : 'warning'),
    title: 'The same speaker twice in a row',
    means: 'Models were trained on user and assistant taking turns. Some services and the templates of Gemma and Mistral refuse anything else; others render a conversation that never occurs in use.',
    one: 'has two turns of the same speaker in a row',
    many: 'have two turns of the same speaker in a row',
    remedy: 'Join the two turns into one',
  },
  'dataset.row.starts-with-assistant': {
    severity: ({ turns }: Target) => (turns?.userFirst ? 'error' : 'warning'),
    title: 'The assistant speaks first',
    means: 'In use, the model always answers somebody. A greeting before the first question teaches it to speak unasked, and some services refuse the row.',
    one: 'does not begin with the user',
    many: 'do not begin with the user',
    remedy: 'Remove the turns before the first question, or write the question that they answer',
  },
  'dataset.row.empty-turn': {
    severity: ({ turns }: Target) => (turns?.noEmpty ? 'error' : 'warning'),
    title: 'A turn without text',
    means: 'A content that is empty or null usually means that something was lost in an export: the rest of the conversation then answers to nothing.',
    one: 'has an empty turn',
    many: 'have an empty turn',
    remedy: 'Write what was said, or remove the turn',
  },
  'dataset.row.ends-in-answer': {
    severity: ({ technique }: Target) => (technique === 'rft' ? 'error' : undefined),
    title: 'The prompt ends with an answer',
    means: 'In reinforcement fine-tuning the model writes the answer itself and is graded. A prompt that already ends with one gives it away, or is refused.',
    one: 'ends with the answer',
    many: 'end with the answer',
    remedy: 'End the messages with the user, and move the answer into a field for the grader, such as "reference_answer"',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
