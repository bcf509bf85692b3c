/** A recipe may name a model of the hub: it is found in the cache, tuned at exactly that commit, and never fetched unasked. */

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { BaseModels } from '../../../../../src/core/backends/local/baseModels.ts';
import { modelOffers } from '../../../../../src/core/backends/local/modelOffers.ts';
import { trainingSpeed } from '../../../../../src/core/backends/local/trainingSpeed.ts';
import { parseHubId } from '../../../../../src/core/backends/local/hub/hubId.ts';
import { readArtifactNotes } from '../../../../../src/core/jobs/artifact.ts';
import { readManifest } from '../../../../../src/core/jobs/jobSnapshot.ts';
import { CURATED_AS_OF, CURATED_MODELS, curatedModel } from '../../../../../src/core/recipes/curatedModels.ts';
import { parseRecipe } from '../../../../../src/core/recipes/document.ts';
import { readRecipe } from '../../../../../src/core/recipes/readRecipe.ts';
import { parseDecoderConfig } from '../../../../../src/engine/model/config.ts';
import { FAMILIES } from '../../../../../src/engine/model/families.ts';
import { countParameters } from '../../../../../src/engine/model/layout.ts';
import { defaultBudget, demandOf, planMemory } from '../../../../../src/engine/train/memory.ts';
import { COMMIT, MODEL, openHubBench } from '../../../support/hubBench.ts';
import { JOB_TEST_MS } from '../../../support/until.ts';
import { ended, openWorkshop, PROGRAMS } from '../../../support/workshop.ts';

const PINNED = `${MODEL}@${COMMIT}`;

describe('a model of the hub', () => {
  it('is where the cache has it, and is listed', async () => {
    await using bench = await openHubBench();
    const models = new BaseModels(PROGRAMS.mediaFolder, join(bench.folder, 'home'), bench.cache);
    const { folder } = await bench.download();
    expect(await models.resolve(MODEL)).toBe(folder);
    expect(await models.resolve(PINNED)).toBe(folder);
    expect(await models.pin(MODEL)).toBe(PINNED);
    expect(await models.pin('starter')).toBe('starter');
    expect(await models.inspect(MODEL)).toMatchObject({ folder, parameters: expect.any(Number) as number });
    const { size } = await stat(join(folder, 'model.safetensors'));
    expect((await models.list()).filter(({ ref }) => ref !== 'starter')).toMatchObject([{ ref: MODEL, label: 'Tiny-Llama', kind: 'base', folder, bytes: size }]);
  });

  it('that is not there is not fetched: the user is told how', async () => {
    await using bench = await openHubBench();
    const models = new BaseModels(PROGRAMS.mediaFolder, join(bench.folder, 'home'), bench.cache);
    await expect(models.resolve(MODEL)).rejects.toMatchObject({
      code: 'model.not-downloaded', message: `${MODEL} is not on this machine yet.`, remedy: expect.stringContaining(`tunesmith download ${MODEL}`) as string,
    });
    await expect(models.resolve('../../etc')).rejects.toMatchObject({ code: 'model.ref.unknown' });
    expect(bench.hub.requests).toEqual([]);
  });

  it('is left out of the list when the engine cannot run it', async () => {
    await using bench = await openHubBench();
    const { folder } = await bench.download();
    const models = new BaseModels(PROGRAMS.mediaFolder, join(bench.folder, 'home'), bench.cache);
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, model_type: 'bert' }));
    expect((await models.list()).map(({ ref }) => ref)).toEqual(['starter']);
  });
});

describe('a recipe', () => {
  const recipeOf = (baseModel: string): string => `version: 2\nname: a\nbaseModel: ${JSON.stringify(baseModel)}\ndataset: { train: rows.jsonl }\n`;

  it('means the folder beside it when there is one, else the hub', async () => {
    await using bench = await openHubBench();
    const file = join(bench.folder, 'a.tune.yaml');
    await writeFile(file, recipeOf('models/tiny'));
    expect((await readRecipe(file)).baseModel).toBe('models/tiny');
    await mkdir(join(bench.folder, 'models', 'tiny'), { recursive: true });
    expect((await readRecipe(file)).baseModel).toBe(join(bench.folder, 'models', 'tiny'));
    await writeFile(file, recipeOf('./models/other'));
    expect((await readRecipe(file)).baseModel).toBe(join(bench.folder, 'models', 'other'));
  });

  it('follows the width of a model that is not there yet, if it is on the list', async () => {
    await using bench = await openHubBench();
    const rate = async (model: string): Promise<number> => {
      await writeFile(join(bench.folder, 'a.tune.yaml'), recipeOf(model));
      return (await readRecipe(join(bench.folder, 'a.tune.yaml'))).training.learningRate;
    };
    expect(await rate('HuggingFaceTB/SmolLM2-135M-Instruct')).toBeGreaterThan(await rate('HuggingFaceTB/SmolLM2-1.7B-Instruct'));
  });

  it.each(['org/name@../../x', 'org/name@/etc/passwd', 'org/na..me@main', 'org/name@a\\..\\b', 'org/name@'])('with the unsafe name %j is refused at its line', (name) => {
    const [fault] = parseRecipe(recipeOf(name)).faults;
    expect(fault).toMatchObject({ code: 'recipe.base-model.invalid', field: 'baseModel', line: 3 });
  });
});

describe('a job', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('records the commit that it was tuned from, and goes on with it when the branch has moved', async () => {
    await using bench = await openHubBench();
    await using workshop = await openWorkshop({ rows: 16, epochs: 1, baseModel: MODEL });
    const files = new Map(await Promise.all(['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']
      .map(async (name) => [name, await readFile(join(workshop.model, name))] as const)));
    bench.hub.models.set(MODEL, { commit: COMMIT, files });
    vi.stubEnv('HF_HUB_CACHE', bench.cache);
    const client = workshop.client();
    await expect(client.submit(workshop.recipe)).rejects.toMatchObject({ code: 'model.not-downloaded' });
    await bench.download();
    const { id } = await client.submit(workshop.recipe);
    await writeFile(join(bench.cache, 'models--Acme--Tiny-Llama', 'refs', 'main'), 'f'.repeat(40));
    const job = await ended(client, id);
    expect(job).toMatchObject({ state: 'succeeded', baseModel: PINNED });
    expect((await readManifest(job.folder)).baseModel.ref).toBe(PINNED);
    expect(await readArtifactNotes(job.artifact!)).toMatchObject({ baseModel: PINNED });
    expect(JSON.parse(await readFile(join(job.artifact!, 'adapter_config.json'), 'utf8'))).toMatchObject({ base_model_name_or_path: MODEL });
    const answer = await client.generate({ model: id, messages: [{ role: 'user', content: 'hello' }], maxNewTokens: 2, temperature: 0 }, () => undefined);
    expect(answer.finish).toMatch(/end|length/);
  }, JOB_TEST_MS);
});

describe('the list of models', () => {
  it('is dated, and every entry is a name on the hub with numbers that fit each other', () => {
    expect(CURATED_AS_OF).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const model of CURATED_MODELS) {
      expect(parseHubId(model.id)?.name).toBe(model.id);
      const config = parseDecoderConfig(model.config, model.id);
      expect(countParameters(config), model.id).toBe(model.parameters);
      // Qwen3's file holds the tied head a second time.
      const stored = model.parameters + (config.family === 'qwen3' ? config.vocabSize * config.hiddenSize : 0);
      expect(model.downloadBytes / (2 * stored), model.id).toBeGreaterThan(1);
      expect(model.downloadBytes - 2 * stored, model.id).toBeLessThan(40e6);
    }
    expect(CURATED_MODELS.map(({ parameters }) => parameters)).toEqual(CURATED_MODELS.map(({ parameters }) => parameters).sort((a, b) => a - b));
  });

  it('has a model of every family that the engine reads', () => {
    expect(new Set(CURATED_MODELS.map(({ config }) => config.model_type))).toEqual(new Set(Object.keys(FAMILIES)));
  });

  it('needs as much memory as the engine plans for, and says what does not fit', () => {
    const machine = { cores: 4, totalMemory: 16e9, rate: undefined };
    const offers = modelOffers(CURATED_MODELS, [], machine);
    for (const { model, memoryBytes, fits } of offers) {
      const demand = demandOf(parseDecoderConfig(model.config, model.id), { method: 'lora', rank: 16, alpha: 32 }, { rows: 4, length: 256 });
      const budget = defaultBudget({ total: 16e9, available: 16e9, resident: 0 });
      if (fits) expect(planMemory(demand, budget).estimate.total, model.id).toBe(memoryBytes);
      else expect(() => planMemory(demand, budget), model.id).toThrow(expect.objectContaining({ code: 'training.memory.too-little' }) as Error);
    }
    expect(offers.filter(({ fits }) => !fits).map(({ model }) => model.id)).toContain('mistralai/Mistral-7B-Instruct-v0.3');
    expect(offers[0]?.fits).toBe(true);
    expect(modelOffers(CURATED_MODELS, [], { ...machine, totalMemory: 128e9 }).every(({ fits }) => fits)).toBe(true);
  });

  it('says more narrowly how fast each trains where the machine was measured', () => {
    const { parameters } = curatedModel('HuggingFaceTB/SmolLM2-135M-Instruct')!;
    const guessed = trainingSpeed(parameters, 'lora', 2, undefined);
    const measured = trainingSpeed(parameters, 'lora', 2, { flops: 150e9 });
    expect(trainingSpeed(parameters, 'full', 2, undefined).high).toBeLessThan(guessed.high);
    expect(measured.high / measured.low).toBeLessThan(guessed.high / guessed.low);
    // A prototype managed 200 to 250 tokens a second where the products ran at 140 to 170 GFLOP/s.
    expect(measured.low).toBeLessThan(210);
    expect(measured.high).toBeGreaterThan(210);
  });
});
