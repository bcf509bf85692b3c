/** The format of Amazon Bedrock and SageMaker AI for reinforcement fine-tuning: a prompt with its reference answer. */

import { Refusal, type Format } from './format.ts';
import { asTask, readTask, writeTask } from './tasks.ts';

export const bedrockRft: Format = {
  id: 'bedrock-rft',
  title: 'Bedrock and SageMaker reinforcement',
  trainsAs: undefined,
  holds: 'prompts with a reference answer (reinforcement fine-tuning)',
  // docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html
  samples: [
    {
      id: 'sample-001',
      messages: [{ role: 'system', content: 'You are a math tutor.' }, { role: 'user', content: 'Solve for x: 2x + 5 = 13' }],
      reference_answer: { solution: 'x = 4', steps: ['2x = 8', 'x = 4'] },
      difficulty: 'easy',
    },
    { messages: [{ role: 'user', content: 'How many clips did Natalia sell altogether?' }], reference_answer: '48 + 24 = 72\n#### 72', ground_truth: '72' },
  ],
  hasColumns: (columns) => columns.has('messages') && columns.has('reference_answer'),
  read: readTask,
  write(example) {
    if (!Object.hasOwn(asTask(example).reference, 'reference_answer')) throw new Refusal('it has no field "reference_answer"');
    return writeTask(example);
  },
};
