/** Opens the heavy parts of core on first use: the job client, the dataset worker, the recipe language, the hub. */

import type { Finding } from '../core/datasets/finding.ts';
import type { DatasetProfile } from '../core/datasets/profile.ts';
import type { DatasetInspector } from '../core/datasets/inspectInWorker.ts';
import type { RawRow } from '../core/datasets/readers/rows.ts';
import type { TargetId } from '../core/datasets/targets/target.ts';
import type { RepairReport } from '../core/datasets/repair/repairFile.ts';
import type { JobClient } from '../core/jobs/jobClient.ts';
import type { CoreRecipes, CoreRecipeServices } from './recipes/coreRecipes.ts';
import type { CoreHub, CoreHubServices } from './hub/coreHub.ts';
import type { HubPort } from './hub/hubPort.ts';
import type { RecipePort } from './recipes/recipePort.ts';

/** Without a target, checks for this machine. With a held-out file, its rows that ask a prompt of the file are among the findings. */
export type Inspect = (
  file: string, signal?: AbortSignal, onShare?: (share: number, rows: number) => void, heldOut?: string, onFindings?: (findings: readonly Finding[]) => void, target?: TargetId,
) => Promise<DatasetProfile>;

/** At most `count` rows from a number on; of no row with that number, from the next one on. */
export type ReadRows = (file: string, from: number, count: number) => Promise<readonly RawRow[]>;

export type TableReader = Pick<DatasetInspector, 'table' | 'found' | 'search' | 'describe' | 'tokens'>;
export type Repair = (...ask: Parameters<DatasetInspector['repair']>) => Promise<RepairReport>;

/** What writes files beside a dataset, or finds them, and where its rows are in the text. */
export type DatasetFiles = Pick<DatasetInspector, 'convert' | 'conversions' | 'split' | 'updateSplit' | 'verifySplit' | 'splits' | 'rules' | 'places'>;

/** What is asked of the thread that reads datasets. */
export interface DatasetThread {
  readonly inspect: Inspect;
  readonly readRows: ReadRows;
  /** what a page that shows a dataset asks for */
  readonly table: TableReader;
  readonly files: DatasetFiles;
  readonly repair: Repair;
  dispose(): void;
}

export function lazyDatasets(workerFile: string): DatasetThread {
  let inspector: DatasetInspector | undefined;
  const load = async (): Promise<DatasetInspector> => {
    const { DatasetInspector } = await import('../core/datasets/inspectInWorker.ts');
    return (inspector ??= new DatasetInspector(workerFile));
  };
  return {
    inspect: async (file, signal, onShare, heldOut, onFindings, target) =>
      (await load()).inspect(file, {
        ...(signal ? { signal } : {}),
        ...(heldOut === undefined ? {} : { heldOut }),
        ...(onFindings ? { onFindings } : {}),
        ...(target === undefined ? {} : { target }),
        onProgress: ({ bytes, totalBytes, rows }) => onShare?.(totalBytes === 0 ? 1 : bytes / totalBytes, rows),
      }),
    readRows: async (file, from, count) => (await load()).readRows(file, from, count),
    table: {
      table: async (...ask) => (await load()).table(...ask),
      found: async (...ask) => (await load()).found(...ask),
      search: async (...ask) => (await load()).search(...ask),
      describe: async (...ask) => (await load()).describe(...ask),
      tokens: async (...ask) => (await load()).tokens(...ask),
    },
    files: {
      convert: async (...ask) => (await load()).convert(...ask),
      conversions: async (...ask) => (await load()).conversions(...ask),
      split: async (...ask) => (await load()).split(...ask),
      updateSplit: async (...ask) => (await load()).updateSplit(...ask),
      verifySplit: async (...ask) => (await load()).verifySplit(...ask),
      splits: async (...ask) => (await load()).splits(...ask),
      rules: async (...ask) => (await load()).rules(...ask),
      places: async (...ask) => (await load()).places(...ask),
    },
    repair: async (...ask) => (await load()).repair(...ask),
    dispose: () => void inspector?.dispose(),
  };
}

export function lazyRecipes(services: CoreRecipeServices): RecipePort {
  let recipes: CoreRecipes | undefined;
  const load = async (): Promise<CoreRecipes> => {
    const { CoreRecipes } = await import('./recipes/coreRecipes.ts');
    return (recipes ??= new CoreRecipes(services));
  };
  return {
    propose: async (...args) => (await load()).propose(...args),
    write: async (...args) => (await load()).write(...args),
    check: async (...args) => (await load()).check(...args),
    baseModel: async (...args) => (await load()).baseModel(...args),
  };
}

export function lazyHub(services: CoreHubServices): HubPort {
  let hub: CoreHub | undefined;
  const load = async (): Promise<CoreHub> => {
    const { CoreHub } = await import('./hub/coreHub.ts');
    return (hub ??= new CoreHub(services));
  };
  return {
    offers: async () => (await load()).offers(),
    here: async () => (await load()).here(),
    download: async (...args) => (await load()).download(...args),
  };
}

export interface JobOptions {
  readonly home: string;
  /** absolute path of a file of dist/ */
  readonly distFile: (name: string) => string;
  readonly mediaFolder: string;
  readonly starterFolder: string;
  readonly inspect: Inspect;
  readonly onFault: (fault: unknown) => void;
}

export async function openJobs({ home, distFile, mediaFolder, starterFolder, inspect, onFault }: JobOptions): Promise<JobClient> {
  const [{ openJobClient }, { readRecipe }] = await Promise.all([import('../core/jobs/openJobClient.ts'), import('../core/recipes/readRecipe.ts')]);
  return openJobClient({
    home,
    programs: { execPath: process.execPath, runnerFile: distFile('runner.cjs'), inferenceFile: distFile('inference.cjs'), mediaFolder },
    readRecipe: (file) => readRecipe(file, { starterFolder }),
    inspectDataset: (file, signal) => inspect(file, signal),
    onFault,
  });
}
