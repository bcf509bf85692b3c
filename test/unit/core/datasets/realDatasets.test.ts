/** Real public datasets are recognized as what they are; skipped where they are not at hand. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';

const folder = fileURLToPath(new URL('../../../../../shared/datasets', import.meta.url));
const isHere = existsSync(folder);
const why = isHere ? '' : ' (skipped: no ../shared/datasets beside the repository)';

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

  test('banking77: the test file repeats questions of the training file', async () => {
    const { findings } = await inspectDataset(`${folder}/banking77-train.csv`, { heldOut: `${folder}/banking77-test.csv` });
    expect(findings.find(({ code }) => code === 'dataset.leakage')?.count).toBe(6);
  });
});
