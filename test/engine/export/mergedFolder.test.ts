/** Merging an adapter and writing the result, apart from any tokenizer. */

import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderTensors } from '../../../src/engine/model/folderTensors.ts';
import { writeMergedFolder } from '../../../src/engine/export/mergedFolder.ts';
import { inStagedFolder } from '../../../src/engine/export/stagedFolder.ts';
import { Generator } from '../../../src/engine/generate/generator.ts';
import { createLoraAdapter, type LoraAdapter } from '../../../src/engine/model/lora.ts';
import { loadFolderWeights, loadSafetensors, saveSafetensors, type WeightDtype } from '../../../src/engine/model/safetensors.ts';
import type { Weights } from '../../../src/engine/model/weights.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { livelyWeights, randomRows, TINY } from '../tiny.ts';

let scratch: string;
let count = 0;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'merged-'));
});
afterAll(() => rm(scratch, { recursive: true }));

const WEIGHTS = livelyWeights(TINY, 1);

function livelyAdapter(): LoraAdapter {
  const adapter = createLoraAdapter(TINY, { rank: 3, alpha: 6, seed: 2, targetModules: ['q_proj', 'v_proj', 'down_proj'] });
  const random = new RandomGenerator(5);
  for (const { data } of adapter.tensors.values()) for (let i = 0; i < data.length; i++) data[i] = 0.3 * random.normal();
  return adapter;
}

async function merge(adapter: LoraAdapter | undefined, { dtype = 'F32', maxShardBytes = 5e9 }: { dtype?: WeightDtype; maxShardBytes?: number } = {}): Promise<string> {
  const base = join(scratch, `base-${++count}`);
  await saveSafetensors(join(base, 'model.safetensors'), WEIGHTS, { dtype });
  const folder = join(scratch, `merged-${count}`);
  await mkdir(folder);
  const tensors = await FolderTensors.open(base);
  await writeMergedFolder(folder, { tensors, adapter, configJson: { model_type: 'llama', dtype: 'float64' }, tokenizerFolders: [base] }, { maxShardBytes });
  await tensors.close();
  return folder;
}

async function answers(weights: Weights, adapter: LoraAdapter | undefined): Promise<number[][]> {
  const generator = await Generator.open({ config: TINY, weights, adapter, threads: 1 });
  const prompts = randomRows(TINY, Array.from({ length: 10 }, (_, i) => 4 + i), 8).map(({ ids }) => [...ids]);
  const found = await generator.generate(prompts, { temperature: 0, seed: 0, maxNewTokens: 20, endIds: [] });
  await generator.dispose();
  return found.map(({ ids }) => ids);
}

describe('merging', () => {
  it('adds alpha / rank times B A to the layers of the adapter and to nothing else', async () => {
    const adapter = livelyAdapter();
    const merged = await loadFolderWeights(await merge(adapter));
    for (const [name, { shape, data }] of WEIGHTS) {
      const [a, b] = (['A', 'B'] as const).map((half) => adapter.tensors.get(`base_model.model.${name.replace('.weight', '')}.lora_${half}.weight`)?.data);
      const found = merged.get(name)!.data;
      const inputs = shape.at(-1)!;
      data.forEach((value, i) => {
        let update = 0;
        for (let r = 0; a && b && r < 3; r++) update += 2 * b[Math.floor(i / inputs) * 3 + r] * a[r * inputs + (i % inputs)];
        expect(Math.abs(found[i] - (value + update))).toBeLessThan(1e-6);
      });
    }
  });

  it('answers as base and adapter do', async () => {
    const adapter = livelyAdapter();
    const merged = await loadFolderWeights(await merge(adapter));
    expect(await answers(merged, undefined)).toEqual(await answers(WEIGHTS, adapter));
    expect(await answers(merged, undefined)).not.toEqual(await answers(WEIGHTS, undefined));
  });

  it.each([['F16', 'float16'], ['BF16', 'bfloat16'], ['F32', 'float32']] as const)('keeps %s and says so in config.json', async (dtype, name) => {
    const folder = await merge(undefined, { dtype });
    const base = await loadSafetensors(join(folder, '..', `base-${count}`, 'model.safetensors'));
    expect(await loadFolderWeights(folder)).toEqual(base.weights);
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toEqual({ model_type: 'llama', dtype: name, torch_dtype: name });
  });

  it('cuts a large model into files that the index names', async () => {
    const folder = await merge(livelyAdapter(), { maxShardBytes: 3000 });
    const shards = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(2);
    expect(shards[0]).toBe(`model-00001-of-${String(shards.length).padStart(5, '0')}.safetensors`);
    expect(await loadFolderWeights(folder)).toEqual(await loadFolderWeights(await merge(livelyAdapter())));
    const index = JSON.parse(await readFile(join(folder, 'model.safetensors.index.json'), 'utf8')) as { metadata: { total_size: number } };
    expect(index.metadata.total_size).toBe([...WEIGHTS.values()].reduce((sum, { data }) => sum + data.byteLength, 0));
    const reopened = await FolderTensors.open(folder);
    expect(reopened.tensors.map(({ name }) => name).toSorted()).toEqual([...WEIGHTS.keys()].toSorted());
    await reopened.close();
  });

  it('refuses an adapter with a layer that the model does not have', async () => {
    const adapter = createLoraAdapter({ ...TINY, layers: 3 }, { rank: 1, alpha: 1, seed: 1 });
    await expect(merge(adapter)).rejects.toThrow(expect.objectContaining({ code: 'adapter.weights.mismatch' }));
  });
});

describe('a staged folder', () => {
  it('is refused before anything is written when the disk is too small for it', async () => {
    const target = join(scratch, 'huge');
    await expect(inStagedFolder(target, 1e18, () => Promise.resolve())).rejects.toThrow(expect.objectContaining({ code: 'export.disk.full' }));
    expect(await readdir(scratch)).not.toContain('huge');
  });

  it('is gone when the work fails, with what it wrote', async () => {
    const target = join(scratch, 'failing');
    await expect(inStagedFolder(target, 0, async (folder) => {
      await mkdir(join(folder, 'inner'));
      throw new Error('no');
    })).rejects.toThrow('no');
    expect((await readdir(scratch)).filter((name) => name.startsWith('failing'))).toEqual([]);
  });
});
