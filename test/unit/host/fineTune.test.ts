/** "Fine-Tune on This Dataset" asks once, writes over nothing, and starts only what the user accepted. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetProfile } from '../../../src/core/datasets/profile.ts';
import { CoreRecipes } from '../../../src/host/recipes/coreRecipes.ts';
import { FineTuneManager } from '../../../src/host/recipes/fineTune.ts';
import { aFinding, aJob, aProfile } from './samples.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fine-tune-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function flow(screen: ScriptedScreen, over: Partial<DatasetProfile> = {}, chosenBase?: string) {
  const launched: string[] = [];
  const findingsShown: DatasetProfile[] = [];
  const file = join(folder, 'tickets.jsonl');
  const manager = new FineTuneManager({
    screen,
    recipes: new CoreRecipes({
      starterFolder: folder,
      client: () => Promise.resolve({ estimate: () => Promise.resolve({ steps: 1, tokens: 1, seconds: { low: 100, high: 130 }, memoryBytes: 1, dollars: { low: 0, high: 0 }, formula: '10 steps at 5 tokens/s.' }) }),
      inspect: (dataset, _signal, _onShare, heldOut) => Promise.resolve(aProfile({
        file: dataset,
        findings: heldOut === undefined ? [] : [aFinding({ code: 'dataset.leakage', severity: 'warning', message: 'Line 3 asks a prompt that is also trained on.', remedy: 'Remove it' })],
      })),
    }),
    profile: (_file, signal) => {
      signal.throwIfAborted();
      return Promise.resolve(aProfile({ file, ...over }));
    },
    showFindings: (profile) => {
      findingsShown.push(profile);
      return Promise.resolve();
    },
    chooseBase: () => Promise.resolve(chosenBase),
    launch: (recipe) => {
      launched.push(recipe);
      return Promise.resolve(aJob({ recipeFile: recipe }));
    },
  });
  return { run: () => manager.run(file), launched, findingsShown };
}

describe('the review', () => {
  it('shows what was found, what is proposed and why, with the first choice to start', async () => {
    const screen = new ScriptedScreen('');
    await flow(screen).run();
    const [asked] = screen.of('asked');
    expect(asked?.title).toBe('Fine-Tune on tickets.jsonl');
    expect(asked?.labels.slice(0, 4)).toEqual(['Start Fine-Tuning', 'Open the Recipe', 'Format: chat', '1,003 rows, all can be trained on']);
    expect(asked?.headings).toEqual(['What was found', 'What is proposed, and why']);
    expect(asked?.labels).toEqual(expect.arrayContaining(['Technique: supervised fine-tuning', 'Base model: Starter', 'Time: about 2 min']));
    expect(asked?.details.every((detail) => detail !== '')).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that held-out rows are trained on, before anything starts', async () => {
    writeFileSync(join(folder, 'tickets.heldout.jsonl'), '{}\n');
    const screen = new ScriptedScreen('');
    await flow(screen).run();
    expect(screen.of('asked')[0]?.labels).toContain('Line 3 asks a prompt that is also trained on. Remove it.');
  });

  it('writes the recipe beside the dataset and launches it', async () => {
    const { run, launched } = flow(new ScriptedScreen('Start Fine-Tuning'));
    const job = await run();
    const recipe = join(folder, 'tickets.tune.yaml');
    expect(launched).toEqual([recipe]);
    expect(job?.recipeFile).toBe(recipe);
    expect(readFileSync(recipe, 'utf8')).toContain('train: tickets.jsonl');
  });

  it('opens the recipe without starting anything', async () => {
    const screen = new ScriptedScreen('Open the Recipe');
    const { run, launched } = flow(screen);
    await run();
    expect(launched).toEqual([]);
    expect(screen.of('opened').map(({ what }) => what)).toEqual([join(folder, 'tickets.tune.yaml')]);
  });

  it('uses an equal recipe again', async () => {
    await flow(new ScriptedScreen('Start Fine-Tuning')).run();
    const { run, launched } = flow(new ScriptedScreen('Start Fine-Tuning'));
    await run();
    expect(launched).toEqual([join(folder, 'tickets.tune.yaml')]);
    expect(readdirSync(folder)).toEqual(['tickets.tune.yaml']);
  });

  it("keeps the user's own recipe, and offers to start with it", async () => {
    const own = join(folder, 'tickets.tune.yaml');
    writeFileSync(own, '# mine\n');
    const first = flow(new ScriptedScreen('Start Fine-Tuning'));
    await first.run();
    expect(first.launched).toEqual([join(folder, 'tickets-2.tune.yaml')]);
    const second = flow(new ScriptedScreen('Start With Your tickets.tune.yaml'));
    await second.run();
    expect(second.launched).toEqual([own]);
    expect(readFileSync(own, 'utf8')).toBe('# mine\n');
  });

  it('leads to the findings', async () => {
    const findings = [aFinding({ severity: 'warning' })];
    const { run, findingsShown, launched } = flow(new ScriptedScreen('Show 1 Finding'), { findings, usableRows: 1002 });
    await run();
    expect(findingsShown[0]?.findings).toEqual(findings);
    expect(launched).toEqual([]);
  });
});

describe('the base model', () => {
  it('can be another one, which the recipe then names with settings of its own', async () => {
    const screen = new ScriptedScreen('Base model: Starter', 'Start Fine-Tuning');
    const { run } = flow(screen, {}, 'HuggingFaceTB/SmolLM2-135M-Instruct');
    await run();
    const [first, second] = screen.of('asked');
    expect(second?.labels).toContain('Base model: SmolLM2-135M-Instruct');
    const rate = (labels: readonly string[] = []): string | undefined => labels.find((label) => label.startsWith('Learning rate'));
    expect(rate(second?.labels)).not.toBe(rate(first?.labels));
    expect(readFileSync(join(folder, 'tickets.tune.yaml'), 'utf8')).toContain('baseModel: HuggingFaceTB/SmolLM2-135M-Instruct');
  });

  it('stays when none is chosen', async () => {
    const screen = new ScriptedScreen('Base model: Starter', '');
    await flow(screen).run();
    expect(screen.of('asked').map(({ labels }) => labels.includes('Base model: Starter'))).toEqual([true, true]);
  });
});

describe('a dataset that cannot be trained on', () => {
  it('shows its findings and writes nothing', async () => {
    const { run, findingsShown, launched } = flow(new ScriptedScreen(), { usableRows: 0, findings: [aFinding()] });
    expect(await run()).toBeUndefined();
    expect(findingsShown[0]?.findings).toEqual([aFinding()]);
    expect(launched).toEqual([]);
    expect(existsSync(join(folder, 'tickets.tune.yaml'))).toBe(false);
  });

  it('says so even when no rule found anything', async () => {
    const { run, findingsShown } = flow(new ScriptedScreen(), { usableRows: 0 });
    await run();
    expect(findingsShown[0]?.findings[0]?.code).toBe('dataset.nothing-usable');
  });
});

it('ends without a trace when the check is cancelled', async () => {
  const screen = new ScriptedScreen();
  screen.cancels = true;
  expect(await flow(screen).run()).toBeUndefined();
  expect(screen.shown).toEqual([]);
});
