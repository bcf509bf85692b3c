/** A small project to open: good, broken and empty datasets, and recipes for a model that trains in seconds. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { ticketLines, writeTinyModel } from '../../unit/support/tinyModel.ts';

export const BROKEN_ROW = 7;

const ROWS = 48;

interface TinyRecipe {
  readonly name: string;
  readonly epochs: number;
  readonly model: string;
}

/**
 * - `tickets.jsonl` good rows, `broken.jsonl` one row that is not JSON among good ones, `empty.jsonl`, `prose.jsonl` no JSON at all
 * - `quick.tune.yaml` a job of seconds, `long.tune.yaml` one that outlasts any test, with a checkpoint each second,
 *   `wrong.tune.yaml` one whose model is not there
 */
export async function writeTicketProject(folder: string, modelFolder: string): Promise<void> {
  const model = await writeTinyModel(modelFolder);
  const lines = ticketLines(ROWS);
  const write = (name: string, text: string): void => fs.writeFileSync(path.join(folder, name), text);
  write('tickets.jsonl', `${lines.join('\n')}\n`);
  write('broken.jsonl', `${lines.with(BROKEN_ROW - 1, '{"messages": [{"role": "user", "content": "no end').join('\n')}\n`);
  write('empty.jsonl', '');
  write('prose.jsonl', 'Dear all,\nthis is a letter and no dataset.\n');
  write('quick.tune.yaml', recipeText({ name: 'quick', epochs: 6, model }));
  write('long.tune.yaml', recipeText({ name: 'long', epochs: 1000, model }));
  write('wrong.tune.yaml', recipeText({ name: 'wrong', epochs: 1, model: './no-such-model' }));
}

/** The sample project that ships, with so few rows that the starter model is tuned in well under a minute. */
export function writeSmallSample(folder: string): void {
  const sample = path.resolve(import.meta.dirname, '../../../media/sample');
  const copyRows = (name: string, rows: number): void => {
    const lines = fs.readFileSync(path.join(sample, name), 'utf8').split('\n').slice(0, rows);
    fs.writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
  };
  copyRows('tickets.jsonl', 240);
  copyRows('tickets.heldout.jsonl', 40);
}

export function recipeText({ name, epochs, model }: TinyRecipe): string {
  return `version: 2
name: ${name}
technique: sft
baseModel: ${model}
dataset:
  train: tickets.jsonl
  split: 0.25
peft:
  rank: 4
training:
  epochs: ${epochs}
  batchSize: 4
  gradientAccumulation: 1
  learningRate: 0.01
  evalEverySteps: 20
  seed: 3
backend: local
overrides:
  local:
    checkpointEverySeconds: 1
    threads: 1
`;
}
