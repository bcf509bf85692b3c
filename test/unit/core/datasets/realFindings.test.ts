/** What is found in real public datasets for the targets that people would choose; skipped where they are not at hand. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';
import type { TargetId } from '../../../../src/core/datasets/targets/target.ts';

const folder = fileURLToPath(new URL('../../../../../shared/datasets', import.meta.url));
const isHere = existsSync(folder);
const why = isHere ? '' : ' (skipped: no ../shared/datasets beside the repository)';

const FORMAT = 'dataset.format-not-accepted';

const CASES: readonly (readonly [string, TargetId, number, Readonly<Record<string, number>>])[] = [
  ['banking77-train.csv', 'local-sft', 10_003, { 'dataset.duplicates': 4 }],
  ['banking77-train.csv', 'bedrock-nova2-sft', 10_003, { [FORMAT]: 10_003, 'dataset.duplicates': 4 }],
  ['banking77-test.csv', 'foundry-sft', 3080, { [FORMAT]: 3080, 'dataset.duplicates': 1 }],
  ['banking77-test.csv', 'local-sft', 3080, { 'dataset.duplicates': 1 }],
  ['gsm8k-train.jsonl', 'local-sft', 7473, {}],
  ['gsm8k-train.jsonl', 'sagemaker-rlvr', 7473, { [FORMAT]: 7473 }],
  ['gsm8k-test.jsonl', 'local-sft', 1319, {}],
  ['gsm8k-test.jsonl', 'gemini-sft', 1319, { [FORMAT]: 1319 }],
  ['bedrock-rft-gsm8k.jsonl', 'bedrock-nova-rft', 300, { 'dataset.numbers-as-text': 300 }],
  ['bedrock-rft-gsm8k.jsonl', 'sagemaker-rlvr', 300, { [FORMAT]: 300, 'dataset.numbers-as-text': 300 }],
  ['bedrock-nova-tooluse.jsonl', 'bedrock-nova-sft', 120, {}],
  ['bedrock-nova-tooluse.jsonl', 'bedrock-nova2-sft', 120, { 'dataset.below-minimum': 120 }],
  ['foundry-rft-countdown.jsonl', 'foundry-rft', 100, { 'dataset.numbers-as-text': 100 }],
  ['foundry-rft-countdown.jsonl', 'bedrock-open-rft', 100, { 'dataset.numbers-as-text': 100 }],
  ['foundry-dpo-orca.jsonl', 'local-dpo', 284, { 'dataset.length-bias': 232, 'dataset.row.refusal': 2 }],
  ['foundry-dpo-orca.jsonl', 'sagemaker-nova-dpo', 284, { [FORMAT]: 284, 'dataset.length-bias': 232, 'dataset.row.refusal': 2 }],
  ['foundry-sft-toolcall.jsonl', 'foundry-sft', 86, { 'dataset.row.refusal': 10 }],
  ['foundry-sft-toolcall.jsonl', 'local-sft', 50, { 'dataset.row.not-text-content': 36, 'dataset.row.refusal': 10 }],
];

describe.skipIf(!isHere)(`real datasets${why}`, () => {
  test.each(CASES)('%s for %s', async (name, target, usable, found) => {
    const { usableRows, findings } = await inspectDataset(`${folder}/${name}`, { target, depth: 'structural' });
    expect(usableRows).toBe(usable);
    expect(Object.fromEntries(findings.map(({ code, count }) => [code, count]))).toEqual(found);
  });

  test('instructions that all rows share do not make them repetitions of each other', async () => {
    const { findings } = await inspectDataset(`${folder}/foundry-rft-countdown.jsonl`, { target: 'foundry-rft' });
    expect(findings.map(({ code }) => code)).toEqual(['dataset.numbers-as-text']);
  });

  test.each([
    ['banking77-train.csv', ['English']],
    ['gsm8k-train.jsonl', ['English']],
    ['foundry-dpo-orca.jsonl', ['English']],
    ['foundry-sft-toolcall.jsonl', ['English']],
  ])('%s is in %j', async (name, languages) => {
    expect((await inspectDataset(`${folder}/${name}`)).languages?.languages.map((one) => one.name)).toEqual(languages);
  });
});
