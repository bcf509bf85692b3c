/** Models that are kept ready to answer fit into the machine's memory, in float16 if they must. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countParameters } from '../../../src/engine/model/layout.ts';
import { openPretrainedConfig } from '../../../src/engine/model/pretrained.ts';
import { ModelShelf, precisionFor } from '../../../src/runner/modelShelf.ts';
import { writeTinyModel } from '../support/tinyModel.ts';

let base: string;
beforeAll(async () => {
  base = await writeTinyModel(await mkdtemp(join(tmpdir(), 'shelf-')));
});
afterAll(() => rm(base, { recursive: true }));

it('holds a base model in float16 when float32 would take more than a quarter of the memory', async () => {
  const config = await openPretrainedConfig(base);
  const inFloat32 = 4 * countParameters(config);
  expect(precisionFor(config, 4 * inFloat32)).toBe('float32');
  expect(precisionFor(config, 4 * inFloat32 - 4)).toBe('float16');
});

it.each([['much', 1e12], ['little', 1]])('answers with %s memory', async (_, totalMemory) => {
  const { generator, tokenizer } = await new ModelShelf(totalMemory).take({ base, adapter: undefined });
  const [{ ids }] = await generator.generate([tokenizer.tokenizePrompt([{ role: 'user', content: 'my invoice' }])], { temperature: 0, seed: 0, maxNewTokens: 4, endIds: [] });
  await generator.dispose();
  expect(ids).toHaveLength(4);
});
