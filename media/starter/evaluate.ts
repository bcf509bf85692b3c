/**
 * Measures the starter model on rows of its world that it was not trained on: exact answers, task by task.
 *
 * Usage: node media/starter/evaluate.ts [--model FOLDER] [--rows N] [--show N] [--round first|second]
 */

import { parseArgs } from 'node:util';

import { Generator } from '../../src/engine/generate/generator.ts';
import { openPretrained } from '../../src/engine/model/pretrained.ts';
import { TASKS, worldRows, type WorldRow } from './world/world.ts';

const SEED = 991;

const { values: flags } = parseArgs({
  options: { model: { type: 'string', default: import.meta.dirname }, rows: { type: 'string', default: '1500' }, show: { type: 'string', default: '0' }, round: { type: 'string', default: 'second' } },
});

const { config, weights, tokenizer } = await openPretrained(flags.model);
const generator = await Generator.open({ config, weights, threads: 0 });
const stream = worldRows(SEED, flags.round === 'first' ? 'first' : 'second');
const rows = Array.from({ length: Number(flags.rows) }, () => stream.next().value);
const right = new Map<string, [right: number, all: number]>();
for (let start = 0; start < rows.length; start += 64) {
  const batch = rows.slice(start, start + 64);
  const prompts = batch.map(({ messages }) => tokenizer.tokenizePrompt(messages.slice(0, -1)));
  const answers = await generator.generate(prompts, { temperature: 0, seed: 0, maxNewTokens: 48, endIds: tokenizer.endIds });
  batch.forEach((row, i) => score(row, tokenizer.decode(answers[i].ids)));
}
await generator.dispose();

for (const task of Object.keys(TASKS)) {
  const [good, all] = right.get(task) ?? [0, 0];
  if (all > 0) console.log(`${task.padEnd(20)} ${String(Math.round((100 * good) / all)).padStart(3)}% of ${all}`);
}

function score({ task, messages }: WorldRow, answer: string): void {
  const wanted = messages.at(-1)!.content;
  const [good, all] = right.get(task) ?? [0, 0];
  right.set(task, [good + (answer === wanted ? 1 : 0), all + 1]);
  if (all < Number(flags.show)) console.log(`[${task}] ${messages.slice(0, -1).map(({ content }) => content).join(' || ')}\n    wanted ${wanted}\n    got    ${answer}`);
}
