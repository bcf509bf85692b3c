/** The cache that all tools of the field share: where it lies, and which models in it are complete. */

import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { writeAtomically } from '../../../../engine/model/atomicFile.ts';
import { formatHubId, isCommit, parseHubId, type HubId } from './hubId.ts';

export interface CachedModel {
  readonly id: HubId;
  /** the commit that the revision stands for */
  readonly commit: string;
  /** the snapshot: a folder in Hugging Face layout */
  readonly folder: string;
}

/**
 * The folder of the shared cache.
 *
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export function hubCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['HF_HUB_CACHE'] || environment['HUGGINGFACE_HUB_CACHE'];
  return chosen ? expand(chosen) : join(hubHome(environment), 'hub');
}

/** The folder of everything that Hugging Face's tools keep, the token among it. */
export function hubHome(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment['HF_HOME'];
  if (home) return expand(home);
  const caches = environment['XDG_CACHE_HOME'];
  return join(caches ? expand(caches) : join(homedir(), '.cache'), 'huggingface');
}

/** `org/name` → `<cache>/models--org--name` */
export function repositoryFolder(cache: string, { name }: HubId): string {
  return join(cache, `models--${name.replace('/', '--')}`);
}

/**
 * Looks up a model without the network.
 *
 * @returns undefined unless all files that the engine needs are there
 */
export async function findCached(cache: string, id: HubId): Promise<CachedModel | undefined> {
  const repository = repositoryFolder(cache, id);
  const commit = isCommit(id.revision) ? id.revision : await readRef(repository, id.revision);
  if (commit === undefined) return undefined;
  const folder = join(repository, 'snapshots', commit);
  return (await isComplete(folder)) ? { id, commit, folder } : undefined;
}

/** All complete models of the cache, by name: the branch `main` where it is there, else one of the commits. */
export async function listCached(cache: string): Promise<readonly CachedModel[]> {
  const names = (await readdir(cache).catch((): string[] => [])).filter((name) => name.startsWith('models--')).sort();
  const found = await Promise.all(names.map(async (folder) => {
    // A part of a name never holds `--`, so this is without doubt.
    const main = parseHubId(folder.slice('models--'.length).replace('--', '/'));
    if (!main) return undefined;
    const cached = await findCached(cache, main);
    if (cached) return cached;
    const commits = (await readdir(join(cache, folder, 'snapshots')).catch((): string[] => [])).filter(isCommit).sort();
    for (const revision of commits) {
      const other = await findCached(cache, { ...main, revision });
      if (other) return other;
    }
    return undefined;
  }));
  return found.filter((model) => model !== undefined);
}

/** Makes a branch or tag stand for a commit; a commit stands for itself. */
export async function writeRef(cache: string, id: HubId, commit: string): Promise<void> {
  if (isCommit(id.revision)) return;
  const file = join(repositoryFolder(cache, id), 'refs', ...id.revision.split('/'));
  await mkdir(dirname(file), { recursive: true });
  await writeAtomically(file, [new TextEncoder().encode(commit)]);
}

/** The id that means this commit for ever. */
export function pinnedId({ id, commit }: CachedModel): string {
  return formatHubId({ name: id.name, revision: commit });
}

async function readRef(repository: string, revision: string): Promise<string | undefined> {
  const text = await readFile(join(repository, 'refs', ...revision.split('/')), 'utf8').catch(() => '');
  const commit = text.trim();
  return isCommit(commit) ? commit : undefined;
}

/** Links to blobs that are not there yet count as missing: `stat` follows them. */
async function isComplete(folder: string): Promise<boolean> {
  const has = (name: string): Promise<boolean> => stat(join(folder, name)).then((found) => found.isFile(), () => false);
  if (!(await has('config.json')) || !(await has('tokenizer.json'))) return false;
  const shards = await shardsOf(join(folder, 'model.safetensors.index.json'));
  if (shards === undefined) return has('model.safetensors');
  return (await Promise.all(shards.map(has))).every(Boolean);
}

/** @returns undefined when there is no index; an unreadable one names a file that is never there */
async function shardsOf(index: string): Promise<readonly string[] | undefined> {
  let text: string;
  try {
    text = await readFile(index, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { weight_map: map } = JSON.parse(text) as { weight_map: Readonly<Record<string, string>> };
    return [...new Set(Object.values(map))];
  } catch {
    return [index];
  }
}

function expand(path: string): string {
  return resolve(path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path);
}
