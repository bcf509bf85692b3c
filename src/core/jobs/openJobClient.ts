/** Puts the job client together for a process: the store on first use, the local backend on first need. */

import { BackendRegistry } from '../backends/registry.ts';
import type { LocalPrograms } from '../backends/local/nodeProcess.ts';
import type { DatasetProfile } from '../datasets/profile.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { systemClock, type Clock } from './clock.ts';
import type { JobClient } from './jobClient.ts';
import { JobStore } from './jobStore.ts';
import { systemProcesses } from './processes.ts';
import { StoredJobClient } from './storedJobClient.ts';

export interface JobClientOptions {
  /** the Tunesmith home; see `resolveHome` */
  readonly home: string;
  readonly programs: LocalPrograms;
  readonly readRecipe: (file: string) => Promise<Recipe>;
  readonly inspectDataset: (file: string, signal?: AbortSignal) => Promise<DatasetProfile>;
  /** hears of faults outside any call */
  readonly onFault: (fault: unknown) => void;
  readonly environment?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
}

/** Costs next to nothing: no file is touched and no database engine loaded before the first call. */
export function openJobClient(options: JobClientOptions): JobClient {
  const { home, programs, readRecipe, inspectDataset, onFault, environment = process.env, clock = systemClock } = options;
  let store: JobStore | undefined;
  const openStore = (): JobStore => (store ??= new JobStore(home, clock, systemProcesses()));
  const backends = new BackendRegistry(new Map([
    ['local', async () => {
      const { LocalBackend } = await import('../backends/local/localBackend.ts');
      return new LocalBackend({ programs, store: openStore(), environment });
    }],
  ]));
  return new StoredJobClient({ openStore, backends, readRecipe, inspectDataset, clock, onFault });
}
