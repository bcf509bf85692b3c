/** The backend of this machine: what it refuses, what it foretells, and how it starts processes. */

import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import type { Profiles } from '../../../../src/core/backends/backend.ts';
import { estimateLocal } from '../../../../src/core/backends/local/estimateLocal.ts';
import { InferenceClient } from '../../../../src/core/backends/local/inferenceClient.ts';
import { LocalBackend, type Resources } from '../../../../src/core/backends/local/localBackend.ts';
import { cleanEnvironment } from '../../../../src/core/backends/local/nodeProcess.ts';
import { BackendRegistry } from '../../../../src/core/backends/registry.ts';
import type { Backend } from '../../../../src/core/backends/backend.ts';
import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';
import { systemClock } from '../../../../src/core/jobs/clock.ts';
import { JobStore } from '../../../../src/core/jobs/jobStore.ts';
import { systemProcesses } from '../../../../src/core/jobs/processes.ts';
import { readRecipe } from '../../../../src/core/recipes/readRecipe.ts';
import type { BackendId, Recipe } from '../../../../src/core/recipes/recipe.ts';
import { demandOf, foretellMemory } from '../../../../src/engine/train/memory.ts';
import { FakeClock } from '../../support/fakeTime.ts';
import { JOB_TEST_MS, until } from '../../support/until.ts';
import { openWorkshop, PROGRAMS, type Workshop } from '../../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

interface Bench extends AsyncDisposable {
  readonly workshop: Workshop;
  readonly backend: LocalBackend;
  readonly recipe: Recipe;
  readonly profiles: Profiles;
}

async function openBench(resources: Partial<Resources> = {}): Promise<Bench> {
  const workshop = await openWorkshop();
  const store = new JobStore(workshop.home, systemClock, systemProcesses());
  const backend = new LocalBackend({ programs: PROGRAMS, store, environment: process.env, resources });
  const recipe = await readRecipe(workshop.recipe);
  const profiles = { train: await inspectDataset(recipe.dataset.train), validation: undefined };
  return {
    workshop, backend, recipe, profiles,
    [Symbol.asyncDispose]: async () => {
      backend.dispose();
      store.close();
      await workshop[Symbol.asyncDispose]();
    },
  };
}

describe('checking', () => {
  it('has nothing against a sound model', async () => {
    await using bench = await openBench();
    expect(await bench.backend.check(bench.recipe, bench.profiles)).toEqual([]);
  });

  it.each([
    ['model.folder.missing', (model: string) => rm(model, { recursive: true })],
    ['model.file.missing', (model: string) => rm(join(model, 'tokenizer.json'))],
    ['model.file.invalid', (model: string) => writeFile(join(model, 'config.json'), '{ "model_type": "lla')],
    ['model.config.unsupported', async (model: string) => {
      const file = join(model, 'config.json');
      await writeFile(file, (await readFile(file, 'utf8')).replaceAll('"llama"', '"mamba"'));
    }],
    ['model.weights.missing', (model: string) => rm(join(model, 'model.safetensors'))],
    ['model.weights.truncated', (model: string) => truncate(join(model, 'model.safetensors'), 5000)],
  ])('finds %s', async (code, damage) => {
    await using bench = await openBench();
    await damage(bench.workshop.model);
    const findings = await bench.backend.check(bench.recipe, bench.profiles);
    expect(findings.map((finding) => [finding.code, finding.severity])).toEqual([[code, 'error']]);
    expect(findings[0]?.message).toContain(code === 'model.weights.truncated' ? 'model.safetensors' : '');
  });

  it('refuses to learn preferences from single answers', async () => {
    await using bench = await openBench();
    const findings = await bench.backend.check({ ...bench.recipe, technique: 'dpo' }, bench.profiles);
    expect(findings).toMatchObject([{ severity: 'error', code: 'recipe.technique.needs-pairs', message: 'The technique is dpo, but tickets.jsonl holds no preference pairs.' }]);
  });

  it('refuses techniques that it does not have, and says what it does not act on', async () => {
    await using bench = await openBench();
    expect(await bench.backend.check({ ...bench.recipe, technique: 'rft' }, bench.profiles)).toMatchObject([
      { severity: 'error', code: 'recipe.technique.not-here', message: 'This machine cannot do reinforcement fine-tuning ("rft") yet.', remedy: 'Set technique to "sft" or "dpo"' },
    ]);
    expect(await bench.backend.check({ ...bench.recipe, unused: ['dataset.test', 'sweep'] }, bench.profiles)).toMatchObject([
      { severity: 'warning', code: 'recipe.field.unused', message: '"dataset.test" and "sweep" have no effect on this machine yet.' },
    ]);
  });

  it('refuses a disk without room', async () => {
    await using bench = await openBench({ freeDisk: () => Promise.resolve(10_000) });
    const [finding] = await bench.backend.check(bench.recipe, bench.profiles);
    expect(finding).toMatchObject({ code: 'disk.full', severity: 'error' });
    expect(finding?.message).toContain('10.0 kB are free');
  });

  it('warns of too little memory and refuses what can by no means fit', async () => {
    await using tight = await openBench({ totalMemory: 100e6 });
    expect((await tight.backend.check(tight.recipe, tight.profiles)).map(({ severity }) => severity)).toEqual(['warning']);
    await using hopeless = await openBench({ totalMemory: 10_000 });
    expect((await hopeless.backend.check(hopeless.recipe, hopeless.profiles)).map(({ severity }) => severity)).toEqual(['error']);
  });
});

describe('estimating', () => {
  const MACHINE = { cores: 2, totalMemory: 16e9 };
  const speeds = [{ tokensPerSecond: 1000, charactersPerToken: 3 }];
  const model = {
    parameters: 4_000_000,
    config: {
      family: 'llama', vocabSize: 3000, hiddenSize: 192, intermediateSize: 512, layers: 6, heads: 6, kvHeads: 3, headDim: 32, maxPositions: 512,
      normEpsilon: 1e-5, normOffset: 0, postNorms: false, qkNorm: false, biases: [], activation: 'silu' as const, embeddingScale: 1,
      attentionScale: 1 / Math.sqrt(32), attention: [{ window: undefined, rope: { theta: 10_000, scaling: undefined } }], tiedHead: true,
    },
  };

  it('counts steps and tokens, and takes measured speed over assumed', async () => {
    await using bench = await openBench();
    const assumed = estimateLocal(bench.recipe, bench.profiles, model, [], MACHINE);
    const measured = estimateLocal(bench.recipe, bench.profiles, model, speeds, MACHINE);
    expect(assumed.steps).toBe(18); // 36 rows, 4 a step, twice
    const paired = estimateLocal({ ...bench.recipe, technique: 'dpo' }, bench.profiles, model, [], MACHINE);
    expect(paired.steps).toBe(18);
    expect(paired.tokens! / assumed.tokens!).toBeCloseTo(2, 2);
    const packed = estimateLocal({ ...bench.recipe, training: { ...bench.recipe.training, packing: true } }, bench.profiles, model, [], MACHINE);
    expect(packed.steps).toBeLessThan(18);
    expect(assumed.formula).toContain('assumed');
    expect(measured.formula).toContain('measured in 1 earlier job');
    const width = (estimate: typeof assumed): number => estimate.seconds!.high / estimate.seconds!.low;
    expect(width(measured)).toBeLessThan(2);
    expect(measured.seconds!.low).toBeLessThan(measured.seconds!.high);
    expect(measured.dollars).toEqual({ low: 0, high: 0 });
  });

  it('measures the machine once, and foretells more narrowly from then on', async () => {
    await using bench = await openBench();
    const guess = await bench.backend.estimate(bench.recipe, bench.profiles);
    const rate = await bench.backend.computeRate();
    expect(rate?.flops).toBeGreaterThan(1e8);
    const estimate = await bench.backend.estimate(bench.recipe, bench.profiles);
    expect(guess.formula).toContain('assumed');
    expect(estimate.formula).toContain('GFLOP/s measured on this machine');
    expect(await bench.backend.computeRate()).toEqual(rate);
    await writeFile(join(bench.workshop.home, 'machine.json'), JSON.stringify({ version: 1, flops: 5, processor: 'of another machine' }));
    expect((await bench.backend.estimate(bench.recipe, bench.profiles)).formula).toBe(guess.formula);
  });

  it('counts the rows that are asked, and those that the loss is measured on', async () => {
    await using bench = await openBench();
    const held = (rows: number, evalEverySteps = 0) => estimateLocal(
      { ...bench.recipe, training: { ...bench.recipe.training, evalEverySteps } },
      { ...bench.profiles, validation: { ...bench.profiles.train, usableRows: rows } }, model, speeds, MACHINE);
    expect(held(50_000).formula).toContain('500 of 50,000 held-out rows answered twice, at ');
    expect(held(50_000, 5).seconds).toEqual(held(500, 5).seconds);
    expect(held(200, 5).seconds!.low).toBeGreaterThan(held(200).seconds!.low);
    expect(held(200, 5).formula).toMatch(/200 held-out rows answered twice and read [3-9] times for the loss, at /);
  });

  it('needs the memory that the engine plans for, of the longest batch', async () => {
    await using bench = await openBench();
    const { train } = bench.profiles;
    const { maxLength, batchSize, peft } = bench.recipe.training;
    const longest = Math.min(maxLength, Math.ceil((train.promptCharacters.max + train.answerCharacters.max) / 3 + 12));
    const planned = (rows: number, length: number, totalMemory = MACHINE.totalMemory) => foretellMemory(demandOf(model.config, peft, { rows, length }), totalMemory);
    const estimated = (changes: Partial<Recipe>, totalMemory = MACHINE.totalMemory) => {
      const { memoryBytes, memoryBudget } = estimateLocal({ ...bench.recipe, ...changes }, bench.profiles, model, speeds, { cores: 2, totalMemory });
      return { bytes: memoryBytes, budget: memoryBudget };
    };
    expect(estimated({})).toEqual(planned(batchSize, longest));
    expect(estimated({}, 1e9)).toEqual(planned(batchSize, longest, 1e9));
    expect(estimated({ technique: 'dpo' })).toEqual(planned(2 * batchSize, longest));
    expect(estimated({ training: { ...bench.recipe.training, packing: true } })).toEqual(planned(batchSize, maxLength));
  });

  it('may take what the recipe allows, and says so when that is too little', async () => {
    await using bench = await openBench();
    const limited = (gigabytes: number): Recipe => ({ ...bench.recipe, training: { ...bench.recipe.training, memoryBudgetBytes: gigabytes * 1e9 } });
    expect(estimateLocal(limited(2), bench.profiles, model, speeds, { cores: 2, totalMemory: 64e9 }).memoryBudget).toBe(2e9);
    expect(await bench.backend.check(limited(20), bench.profiles)).toEqual([]);
    const [short] = await bench.backend.check(limited(0.1), bench.profiles);
    expect(short).toMatchObject({ code: 'memory.short', severity: 'warning' });
    expect(short?.message).toContain('may take 100 MB: memoryLimit says so');
    expect(short?.remedy).toContain('memoryLimit');
  });

  it('needs disk for every checkpoint that is kept', async () => {
    await using bench = await openBench({ freeDisk: () => Promise.resolve(3e6) });
    const keeping = (keepCheckpoints: number): Recipe => ({ ...bench.recipe, training: { ...bench.recipe.training, keepCheckpoints } });
    const codes = async (recipe: Recipe): Promise<readonly string[]> => (await bench.backend.check(recipe, bench.profiles)).map(({ code }) => code);
    expect(await codes(keeping(1))).toEqual([]);
    expect(await codes(keeping(1000))).toEqual(['disk.full']);
  });

  it('needs memory for heads that are wider than the stream, and for a large vocabulary no more than a part of the rows where that is short', async () => {
    await using bench = await openBench();
    const memoryOf = (changes: Partial<typeof model.config>, training: Partial<typeof bench.recipe.training> = {}): number =>
      estimateLocal({ ...bench.recipe, training: { ...bench.recipe.training, ...training } }, bench.profiles, { ...model, config: { ...model.config, ...changes } }, [], { cores: 2, totalMemory: 4e9 })
        .memoryBytes;
    expect(memoryOf({ headDim: 128 })).toBeGreaterThan(memoryOf({}));
    expect(memoryOf({ postNorms: true })).toBeGreaterThan(memoryOf({}));
    const embedding = 4 * model.config.hiddenSize * (262_144 - 100_000);
    const ofVocabulary = (batchSize: number): number => memoryOf({ vocabSize: 262_144 }, { batchSize }) - memoryOf({ vocabSize: 100_000 }, { batchSize });
    expect((ofVocabulary(512) - embedding) / (4 * 256 * 3 * (262_144 - 100_000))).toBeCloseTo(1, 1);
    expect(ofVocabulary(1)).toBeLessThan(ofVocabulary(512) / 2);
  });

  it('lists the starter and the models of the home', async () => {
    await using bench = await openBench();
    const folder = join(bench.workshop.home, 'models', 'mine');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'config.json'), '{}');
    await mkdir(join(bench.workshop.home, 'models', 'half a download'));
    const { baseModels } = await bench.backend.capabilities();
    expect(baseModels.filter(({ ref }) => ref !== 'starter').map(({ ref, label, kind }) => [ref, label, kind])).toEqual([[folder, 'mine', 'base']]);
  });
});

describe('processes', () => {
  it('inherit nothing that the editor set for itself', () => {
    expect(cleanEnvironment({ PATH: '/bin', NODE_OPTIONS: '--inspect', VSCODE_PID: '1', VSCODE_IPC_HOOK: 'x', ELECTRON_NO_ATTACH_CONSOLE: '1', HOME: '/h' }))
      .toEqual({ PATH: '/bin', HOME: '/h', ELECTRON_RUN_AS_NODE: '1' });
  });

  it('that answer prompts are replaced when they crash', async () => {
    await using workshop = await openWorkshop();
    const crashing = join(workshop.folder, 'crashing.mjs');
    await writeFile(crashing, `process.on('message', () => process.kill(process.pid, 'SIGKILL'));`);
    const request = { model: workshop.model, messages: [{ role: 'user', content: 'hello' }], maxNewTokens: 4, temperature: 0 } as const;
    const client = workshop.client({ inferenceFile: crashing });
    const ask = (): Promise<unknown> => client.generate(request, () => undefined);
    await expect(ask()).rejects.toMatchObject({ code: 'inference.crashed', message: 'The process that runs the models ended: signal SIGKILL.' });
    await writeFile(crashing, `await import(${JSON.stringify(PROGRAMS.inferenceFile)});`);
    await expect(ask()).resolves.toMatchObject({ finish: expect.stringMatching(/end|length/) as string });
  });

  it('that answer prompts stay for more, and end after five minutes without any', async () => {
    await using workshop = await openWorkshop();
    const pids = join(workshop.folder, 'pids');
    const noted = join(workshop.folder, 'noted.mjs');
    await writeFile(noted, `import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n');
      await import(${JSON.stringify(PROGRAMS.inferenceFile)});`);
    const clock = new FakeClock();
    const inference = new InferenceClient({ ...PROGRAMS, inferenceFile: noted }, process.env, clock);
    const request = { model: workshop.model, messages: [{ role: 'user', content: 'hello' }], maxNewTokens: 2, temperature: 0 } as const;
    const ask = (): Promise<unknown> => inference.generate({ base: workshop.model, adapter: undefined }, request, () => undefined, new AbortController().signal);
    await ask();
    clock.advance(4 * 60_000);
    await ask();
    clock.advance(4 * 60_000);
    const [pid, ...others] = (await readFile(pids, 'utf8')).trim().split('\n').map(Number);
    expect(others).toEqual([]);
    const isThere = (): boolean => systemProcesses().isAlive({ ...systemProcesses().self, pid: pid ?? 0, born: '' });
    expect(isThere()).toBe(true);
    clock.advance(60_000);
    await until('the process to end', () => !isThere());
    await ask();
    expect((await readFile(pids, 'utf8')).trim().split('\n')).toHaveLength(2);
    inference.dispose();
  });

  it('report a missing model as what it is, and can be aborted', async () => {
    await using workshop = await openWorkshop();
    const client = workshop.client();
    const request = { messages: [{ role: 'user', content: 'hello' }], maxNewTokens: 100, temperature: 1, seed: 1 } as const;
    await expect(client.generate({ ...request, model: '/no/such/model' }, () => undefined)).rejects.toMatchObject({ code: 'model.folder.missing' });
    const controller = new AbortController();
    const aborted = await client.generate({ ...request, model: workshop.model }, () => controller.abort(), controller.signal);
    expect(aborted.finish).toBe('aborted');
    expect(aborted.tokens).toBeLessThan(100);
    const again = await Promise.all([1, 2].map(() => client.generate({ ...request, model: workshop.model, maxNewTokens: 12 }, () => undefined)));
    expect(again[0]?.text).toBe(again[1]?.text);
  });
});

describe('the registry', () => {
  it('builds a backend once, on first use, and again after it could not be built', async () => {
    let built = 0;
    const registry = new BackendRegistry(new Map<BackendId, () => Promise<Backend>>([
      ['local', () => {
        built++;
        return built === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve({ id: 'local', dispose: () => undefined } as unknown as Backend);
      }],
    ]));
    expect(built).toBe(0);
    await expect(registry.get('local')).rejects.toThrow('not yet');
    expect(await registry.get('local')).toBe(await registry.get('local'));
    expect(built).toBe(2);
    await expect(registry.get('elsewhere' as BackendId)).rejects.toMatchObject({ code: 'backend.unknown' });
  });
});
