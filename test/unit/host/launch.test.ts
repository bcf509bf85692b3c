/** Launching a recipe whose base model is not here asks first, and launches once the model has come. */

import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import type { Job } from '../../../src/core/jobs/job.ts';
import type { SubmitOptions } from '../../../src/core/jobs/jobClient.ts';
import type { JobModel } from '../../../src/host/jobs/jobModel.ts';
import { LaunchManager } from '../../../src/host/recipes/recipeCommands.ts';
import { aJob } from './samples.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

function launcher(faults: UserError[], willFetch: boolean, screen = new ScriptedScreen()) {
  const shown: string[] = [];
  const asked: string[] = [];
  const submit = (_file: string, { signal }: SubmitOptions): Promise<Job> => {
    signal?.throwIfAborted();
    const fault = faults.shift();
    return fault ? Promise.reject(fault) : Promise.resolve(aJob());
  };
  const manager = new LaunchManager({
    model: { client: () => Promise.resolve({ submit }) } as unknown as JobModel,
    save: () => Promise.resolve(),
    screen,
    showJob: (id) => Promise.resolve(void shown.push(id)),
    onLaunched: () => undefined,
    fetchBase: (file) => {
      asked.push(file);
      return Promise.resolve(willFetch);
    },
  });
  return { manager, shown, asked };
}

const missing = (): UserError => new UserError('model.not-downloaded', 'It is not here.', 'Download it.');

describe('launching', () => {
  it('asks nothing when the model is here', async () => {
    const { manager, shown, asked } = launcher([], true);
    await manager.launch('/a.tune.yaml');
    expect([shown.length, asked]).toEqual([1, []]);
  });

  it('goes on once the model was downloaded', async () => {
    const { manager, shown, asked } = launcher([missing()], true);
    await manager.launch('/a.tune.yaml');
    expect([shown.length, asked]).toEqual([1, ['/a.tune.yaml']]);
  });

  it('ends quietly when it was not', async () => {
    const { manager, shown } = launcher([missing()], false);
    expect(await manager.launch('/a.tune.yaml')).toBeUndefined();
    expect(shown).toEqual([]);
  });

  it('ends quietly when it is cancelled, with the work under way told so', async () => {
    const screen = new ScriptedScreen();
    screen.cancels = true;
    const { manager, shown } = launcher([], true, screen);
    expect(await manager.launch('/a.tune.yaml')).toBeUndefined();
    expect(shown).toEqual([]);
  });

  it('passes on whatever else is wrong', async () => {
    const fault = new UserError('recipe.not-yaml', 'It is not YAML.', 'Correct it.');
    await expect(launcher([fault], true).manager.launch('/a.tune.yaml')).rejects.toBe(fault);
  });
});
