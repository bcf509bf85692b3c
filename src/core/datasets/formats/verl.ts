/** verl's format, also of SageMaker AI for open-weight models: a prompt and the truth that a rule compares with. */

import type { Fields } from '../example.ts';
import { Refusal, type Format } from './format.ts';
import { writeMessages } from './openaiMessages.ts';
import { readSide } from './pairs.ts';
import { asTask, requireQuestion } from './tasks.ts';
import { isFields, readCarried, writeRow } from './values.ts';

/** Beside `reference_answer`, the fields of a task in verl's own names. */
const OWN = ['data_source', 'ability', 'extra_info'] as const;
const READ = new Set<string>(['prompt', 'reward_model', ...OWN]);

export const verl: Format = {
  id: 'verl',
  title: 'verl',
  trainsAs: undefined,
  holds: 'prompts with a reference answer (reinforcement fine-tuning)',
  // verl.readthedocs.io/en/latest/preparation/prepare_data.html
  samples: [
    {
      data_source: 'openai/gsm8k',
      prompt: [{ role: 'user', content: 'How many clips did Natalia sell altogether? Output the final answer after "####".' }],
      ability: 'math',
      reward_model: { style: 'rule', ground_truth: '72' },
      extra_info: { split: 'train', index: 0, answer: '48 + 24 = 72\n#### 72' },
    },
  ],
  hasColumns: (columns) => columns.has('prompt') && columns.has('reward_model'),
  recognizes: (row) => isFields(row['reward_model']),
  read(row) {
    const model = row['reward_model'] as Fields;
    const { ground_truth: truth, style } = model;
    const { id, metadata } = readCarried(row, READ);
    const own = OWN.filter((name) => row[name] !== undefined).map((name) => [name, row[name]] as const);
    const isUsual = style === 'rule' || style === undefined;
    const rest = Object.fromEntries(Object.entries(model).filter(([name]) => name !== 'ground_truth' && !(name === 'style' && isUsual)));
    return {
      kind: 'task',
      prompt: readSide(row['prompt'], 'prompt', 'user'),
      reference: {
        ...Object.fromEntries(own),
        ...(truth !== undefined && { reference_answer: truth }),
        ...(Object.keys(rest).length > 0 && { reward_model: rest }),
        ...metadata,
      },
      ...(id !== undefined && { id }),
    };
  },
  write(example) {
    const task = asTask(example);
    requireQuestion(task.prompt);
    const { reference_answer: truth, reward_model: rest, ...others } = task.reference;
    if (truth === undefined) throw new Refusal('it has no field "reference_answer", which becomes the ground truth');
    return writeRow({ ...task, metadata: { ...task.metadata, ...others } }, {
      prompt: writeMessages(task.prompt),
      reward_model: { style: 'rule', ground_truth: truth, ...(isFields(rest) && rest) },
    });
  },
};
