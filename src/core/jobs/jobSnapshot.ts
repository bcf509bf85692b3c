/** The job's folder: copies of what it was launched with, and a manifest with their hashes. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDatasetName } from '../datasets/extensions.ts';
import { listTextFiles } from '../datasets/readers/textFolder.ts';
import { UserError } from '../errors.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { jobFolder } from './home.ts';

export const RECIPE_SNAPSHOT = 'recipe.tune.yaml';
export const MANIFEST = 'manifest.json';

const DRAFT = '.draft';
const DRAFT_LIFE_MS = 24 * 3600_000;

export interface DataSnapshot {
  /** where it was copied from */
  readonly source: string;
  /** relative to the job's folder */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface JobManifest {
  readonly version: 1;
  readonly jobId: string;
  readonly createdAt: string;
  /** hash of everything that decides the result */
  readonly fingerprint: string;
  readonly recipe: { readonly source: string; readonly file: string; readonly sha256: string };
  readonly data: { readonly train: DataSnapshot; readonly validation: DataSnapshot | undefined };
  /** hash of the base model's configuration; undefined where the backend does not show it */
  readonly baseModel: { readonly ref: string; readonly configSha256: string | undefined };
  /** the recipe as it was understood; its data files are those of `data` */
  readonly resolved: Recipe;
}

export interface Snapshot {
  readonly manifest: JobManifest;
  /** Makes the folder the job's. Before this, nothing of it can be seen. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/**
 * Copies recipe and data beside the job's folder-to-be and hashes the copies, for those are what will be trained on.
 *
 * @throws UserError "job.snapshot.failed" when a file cannot be copied, and the signal's reason when aborted; nothing is left behind then
 */
export async function takeSnapshot(
  folder: string, job: { readonly id: string; readonly createdAt: number },
  recipeFile: string, recipe: Recipe, baseHash: string | undefined, signal?: AbortSignal,
): Promise<Snapshot> {
  const draft = `${folder}${DRAFT}`;
  try {
    await mkdir(join(draft, 'data'), { recursive: true });
    await copyFile(recipeFile, join(draft, RECIPE_SNAPSHOT));
    const train = await copyData(draft, recipe.dataset.train, 'train', signal);
    const validation = recipe.dataset.validation === undefined ? undefined
      : await copyData(draft, recipe.dataset.validation, 'validation', signal);
    const manifest: JobManifest = {
      version: 1,
      jobId: job.id,
      createdAt: new Date(job.createdAt).toISOString(),
      fingerprint: fingerprint(recipe, [train.sha256, validation?.sha256, baseHash]),
      recipe: { source: recipeFile, file: RECIPE_SNAPSHOT, sha256: await sha256(join(draft, RECIPE_SNAPSHOT)) },
      data: { train, validation },
      baseModel: { ref: recipe.baseModel, configSha256: baseHash },
      resolved: recipe,
    };
    await writeFile(join(draft, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    return {
      manifest,
      commit: () => rename(draft, folder),
      discard: async () => {
        await rm(draft, { recursive: true, force: true });
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw new UserError('job.snapshot.failed',
      `The recipe and its data could not be copied to ${folder}: ${(cause as Error).message}.`,
      'Check that the disk has room and that you may write there, then launch again.', { cause, place: { file: folder } });
  }
}

/**
 * The recipe of a job's folder with the data files of its snapshot.
 *
 * @throws UserError "job.folder.damaged"
 */
export async function readManifest(folder: string): Promise<JobManifest> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as JobManifest;
    const { train, validation } = manifest.data;
    return {
      ...manifest,
      resolved: {
        ...manifest.resolved,
        dataset: {
          ...manifest.resolved.dataset,
          train: join(folder, train.file),
          validation: validation && join(folder, validation.file),
        },
      },
    };
  } catch (cause) {
    throw new UserError('job.folder.damaged', `The job's folder ${folder} has no readable ${MANIFEST}.`,
      'Launch the recipe again.', { cause, place: { file: join(folder, MANIFEST) } });
  }
}

/** Removes what processes that were killed while copying left behind, once they can no longer be at it. */
export async function sweepDrafts(home: string, now: number): Promise<void> {
  const jobs = dirname(jobFolder(home, DRAFT));
  for (const name of await readdir(jobs)) {
    if (!name.endsWith(DRAFT)) continue;
    const changedAt = await stat(join(jobs, name)).then((found) => found.mtimeMs, () => now);
    if (now - changedAt > DRAFT_LIFE_MS) await rm(join(jobs, name), { recursive: true, force: true });
  }
}

async function copyData(draft: string, source: string, name: string, signal: AbortSignal | undefined): Promise<DataSnapshot> {
  const extension = parseDatasetName(source)?.extension.toLowerCase();
  const file = `data/${name}${extension ?? ''}`;
  const hash = createHash('sha256');
  let bytes = 0;
  const copyOne = async (from: string, to: string): Promise<void> => {
    signal?.throwIfAborted();
    await copyFile(from, to);
    for await (const chunk of createReadStream(to, { signal }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  };
  if (extension !== undefined) await copyOne(source, join(draft, file));
  else {
    for (const { path } of await listTextFiles(source, signal)) {
      hash.update(`${path}\0`);
      await mkdir(dirname(join(draft, file, path)), { recursive: true });
      await copyOne(join(source, path), join(draft, file, path));
    }
  }
  return { source, file, bytes, sha256: hash.digest('hex') };
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256').update(await readFile(file)).digest('hex');
}

/** Of the recipe only what decides the result: not where its files lie. */
function fingerprint(recipe: Recipe, hashes: readonly (string | undefined)[]): string {
  const { name, technique, baseModel, training, backend, dataset, startFrom, prompt } = recipe;
  return createHash('sha256')
    .update(JSON.stringify([name, technique, baseModel, training, backend, dataset.split ?? null, ...(startFrom === undefined ? [] : [startFrom]), ...(prompt === undefined ? [] : [prompt]), ...hashes.map((hash) => hash ?? null)]))
    .digest('hex');
}
