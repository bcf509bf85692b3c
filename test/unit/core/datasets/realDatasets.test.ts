/** Real public datasets are recognized as what they are; skipped where they are not at hand. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { convertFile } from '../../../../src/core/datasets/convertFile.ts';
import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = fileURLToPath(new URL('../../../../../shared/datasets', import.meta.url));
const isHere = existsSync(folder);
const why = isHere ? '' : ' (skipped: no ../shared/datasets beside the repository)';

const written = temporaryFolder();

describe.skipIf(!isHere)(`real datasets${why}`, () => {
  test.each([
    ['banking77-train.csv', 'labelled-text', 10_003, 10_003, 77],
    ['gsm8k-test.jsonl', 'prompt-completion', 1319, 1319, undefined],
    ['bedrock-nova-tooluse.jsonl', 'chat', 120, 120, undefined],
    ['foundry-sft-toolcall.jsonl', 'chat', 86, 50, undefined],
    ['foundry-dpo-orca.jsonl', 'preference', 284, 284, undefined],
  ])('%s', async (name, format, rows, usableRows, labels) => {
    const profile = await inspectDataset(`${folder}/${name}`);
    expect(profile).toMatchObject({ rows, usableRows });
    expect(profile.format).toBe(format);
    expect(profile.labels?.length).toBe(labels);
  });

  test.each([
    ['banking77-train.csv', 'labelled-text', 10_003],
    ['banking77-test.csv', 'labelled-text', 3080],
    ['gsm8k-train.jsonl', 'prompt-completion', 7473],
    ['gsm8k-test.jsonl', 'prompt-completion', 1319],
    ['bedrock-nova-tooluse.jsonl', 'bedrock-conversation', 120],
    ['bedrock-rft-gsm8k.jsonl', 'bedrock-rft', 300],
    ['foundry-rft-countdown.jsonl', 'openai-rft', 100],
    ['foundry-sft-toolcall.jsonl', 'openai-chat', 86],
    ['foundry-dpo-orca.jsonl', 'openai-dpo', 284],
  ] as const)('%s: every row is %s', async (name, id, count) => {
    const { formats } = await inspectDataset(`${folder}/${name}`);
    expect(formats).toMatchObject([{ id, count }]);
  });

  test.each([
    ['banking77-test.csv', 'bedrock-conversation', []],
    ['gsm8k-test.jsonl', 'bedrock-rft', ['answer']],
    ['bedrock-nova-tooluse.jsonl', 'openai-chat', []],
    ['bedrock-rft-gsm8k.jsonl', 'verl', []],
    ['foundry-rft-countdown.jsonl', 'gemini-rft', []],
    ['foundry-sft-toolcall.jsonl', 'openai-chat', []],
    ['foundry-sft-toolcall.jsonl', 'bedrock-conversation', ['json-spelling']],
    ['foundry-dpo-orca.jsonl', 'nova-dpo', []],
  ] as const)('every row of %s can be written as %s, losing %j', async (name, to, lost) => {
    const report = await convertFile(`${folder}/${name}`, { to, out: `${written.path}/${name}.${to}.jsonl` });
    expect(report.written).toBe(report.rows);
    expect(report.lost.map(({ kind }) => kind)).toEqual(lost);
  });

  test('banking77: the test file repeats questions of the training file', async () => {
    const { findings } = await inspectDataset(`${folder}/banking77-train.csv`, { heldOut: `${folder}/banking77-test.csv` });
    expect(findings.find(({ code }) => code === 'dataset.leakage')?.count).toBe(6);
  });
});
