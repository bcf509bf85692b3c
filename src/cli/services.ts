/** What the commands work with, put together once a process. */

import { join } from 'node:path';

import type { LocalPrograms } from '../core/backends/local/nodeProcess.ts';
import { inspectDataset } from '../core/datasets/inspect.ts';
import type { DatasetProfile } from '../core/datasets/profile.ts';
import { resolveHome } from '../core/jobs/home.ts';
import type { JobClient } from '../core/jobs/jobClient.ts';
import { openJobClient } from '../core/jobs/openJobClient.ts';
import { explainRecipe, readRecipe } from '../core/recipes/readRecipe.ts';
import type { Recipe } from '../core/recipes/recipe.ts';
import type { ResolvedRecipe } from '../core/recipes/resolve.ts';
import type { Interrupts } from './followJob.ts';
import type { Terminal } from './terminal.ts';

export interface Services {
  readonly client: JobClient;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  readonly mediaFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly readRecipe: (file: string) => Promise<Recipe>;
  /** with the rows of the dataset counted and measured */
  readonly explainRecipe: (file: string) => Promise<ResolvedRecipe>;
  readonly inspectDataset: (file: string, heldOut?: string) => Promise<DatasetProfile>;
}

/** @param programs of the runner and of inference; see `findPrograms` */
export function openServices(
  options: { readonly home: string | undefined; readonly programs: LocalPrograms; readonly terminal: Terminal; readonly onFault: (fault: unknown) => void },
): Services {
  const { programs, terminal, onFault } = options;
  const starterFolder = join(programs.mediaFolder, 'starter');
  const recipes = (file: string): Promise<Recipe> => readRecipe(file, { starterFolder });
  const client = openJobClient({
    home: resolveHome(options.home), programs, readRecipe: recipes, inspectDataset: (file) => inspectDataset(file), onFault,
  });
  return {
    client, terminal, mediaFolder: programs.mediaFolder, environment: process.env, readRecipe: recipes,
    explainRecipe: async (file) => {
      const { dataset } = await recipes(file);
      const { usableRows, promptCharacters, answerCharacters } = await inspectDataset(dataset.train);
      return explainRecipe(file, { starterFolder, rows: usableRows, longestRowCharacters: promptCharacters.max + answerCharacters.max });
    },
    inspectDataset: (file, heldOut) => inspectDataset(file, heldOut === undefined ? {} : { heldOut }),
    interrupts: {
      on: (listener) => {
        process.on('SIGINT', listener);
        return { dispose: () => void process.off('SIGINT', listener) };
      },
    },
  };
}

/**
 * The programs beside this one.
 *
 * @param folder of the running file: `dist` when built, `src/cli` in a checkout
 */
export function findPrograms(folder: string, isBuilt: boolean): LocalPrograms {
  const program = (name: string): string => (isBuilt ? join(folder, `${name}.cjs`) : join(folder, '../runner', `${name === 'runner' ? 'main' : name}.ts`));
  return {
    execPath: process.execPath,
    // node:sqlite announces itself as experimental on Node 22.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    runnerFile: program('runner'),
    inferenceFile: program('inference'),
    mediaFolder: join(folder, isBuilt ? '../media' : '../../media'),
  };
}
