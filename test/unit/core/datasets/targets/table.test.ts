/** Targets are facts with sources: every limit says where it was read, and what is not known is absent. */

import { describe, expect, test } from 'vitest';
import { inspectDataset } from '../../../../../src/core/datasets/inspect.ts';
import { FORMAT_IDS } from '../../../../../src/core/datasets/formats/table.ts';
import { isLocal, TARGET_IDS, TARGETS, targetOf } from '../../../../../src/core/datasets/targets/table.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();

describe('the table of targets', () => {
  test('names each target once', () => {
    expect(new Set(TARGET_IDS).size).toBe(TARGETS.length);
    expect(new Set(TARGETS.map(({ title }) => title)).size).toBe(TARGETS.length);
  });

  test.each(TARGETS.map((target) => [target.id, target] as const))('%s: formats that exist, and a source for every limit', (_id, target) => {
    expect(target.formats.length).toBeGreaterThan(0);
    for (const format of target.formats) expect(FORMAT_IDS).toContain(format);
    const limits = [target.source, target.files, target.rows, target.fileBytes, target.tokensPerRow, target.reservedWords, target.turns, target.sameFields];
    for (const limit of limits) {
      if (limit === undefined) continue;
      expect(limit.url).toMatch(/^https:\/\//);
      expect(limit.date).toMatch(/^\d{4}-\d\d(-\d\d)?$/);
    }
    expect(target.source === undefined).toBe(isLocal(target));
  });

  test('Nova 2 Lite needs 200 rows, and older Nova models 8', () => {
    expect(targetOf('bedrock-nova2-sft').rows?.min).toBe(200);
    expect(targetOf('bedrock-nova-sft').rows?.min).toBe(8);
  });
});

describe('the target of a file', () => {
  test('is this machine with the technique that the rows are made for', async () => {
    const chat = folder.write('chat.jsonl', JSON.stringify({ prompt: 'a', completion: 'b' }));
    const pairs = folder.write('pairs.jsonl', JSON.stringify({ prompt: 'a', chosen: 'b', rejected: 'c' }));
    expect((await inspectDataset(chat)).target).toBe('local-sft');
    expect((await inspectDataset(pairs)).target).toBe('local-dpo');
  });

  test('is the one that was asked for', async () => {
    const chat = folder.write('chat2.jsonl', JSON.stringify({ prompt: 'a', completion: 'b' }));
    expect((await inspectDataset(chat, { target: 'foundry-sft' })).target).toBe('foundry-sft');
  });
});
