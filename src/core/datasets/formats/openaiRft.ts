/** OpenAI's and Azure's format for reinforcement fine-tuning: a prompt, and any fields beside it that graders ask for. */

import type { Format } from './format.ts';
import { endsInQuestion, NOT_REFERENCE, readTask, writeTask } from './tasks.ts';

export const openaiRft: Format = {
  id: 'openai-rft',
  title: 'OpenAI reinforcement',
  trainsAs: undefined,
  holds: 'prompts with fields for graders (reinforcement fine-tuning)',
  // developers.openai.com/api/docs/guides/reinforcement-fine-tuning; microsoft-foundry/fine-tuning, RFT_Countdown
  samples: [
    {
      messages: [{ role: 'developer', content: 'You are a security expert.' }, { role: 'user', content: 'Do you have a dedicated security team?' }],
      compliant: 'yes',
      explanation: 'A dedicated security team follows strict protocols for handling incidents.',
    },
    { messages: [{ role: 'user', content: 'Target: 77. Numbers: 67, 79, 39, 56.' }], target: 77, nums: [67, 79, 39, 56] },
  ],
  hasColumns: (columns) => columns.has('messages') && !columns.has('chosen') && [...columns].some((name) => !NOT_REFERENCE.has(name)),
  recognizes: ({ messages }) => endsInQuestion(messages),
  read: readTask,
  write: writeTask,
};
