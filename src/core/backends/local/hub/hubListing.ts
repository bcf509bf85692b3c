/** Which files of a model on the hub are needed, and what each must hash to. */

import { listFiles, modelInfo, type ListFileEntry } from '@huggingface/hub';

import { UserError } from '../../../errors.ts';
import type { HubConnection } from './hubConnection.ts';
import { formatHubId, isCommit, type HubId } from './hubId.ts';

export interface HubFile {
  /** a plain name: nothing that is needed lies in a folder */
  readonly path: string;
  readonly bytes: number;
  /** sha256 of a large file, git's own hash of a small one; also the name of its blob in the cache */
  readonly hash: string;
}

export interface HubListing {
  readonly commit: string;
  /** small ones first, config.json the very first */
  readonly files: readonly HubFile[];
}

const SMALL = /^(?:config\.json|generation_config\.json|special_tokens_map\.json|tokenizer[A-Za-z0-9_.-]*\.json|chat_template\.(?:jinja|json))$/;
const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const SHARD = /^model-\d+-of-\d+\.safetensors$/;

/**
 * @throws UserError "hub.*"; "hub.model.incomplete" for a model without safetensors or tokenizer.json; the signal's reason
 *   when aborted
 */
export async function listNeededFiles(connection: HubConnection, id: HubId): Promise<HubListing> {
  try {
    const { commit, entries } = await askFor(connection, id);
    if (!isCommit(commit)) throw invalidAnswer(id, 'it names no commit');
    const found = entries.filter(({ type, path }) => type === 'file' && (SMALL.test(path) || SHARD.test(path) || path === WEIGHTS || path === INDEX))
      .map(({ path, size, oid, lfs }): HubFile => ({ path, bytes: lfs?.size ?? size, hash: lfs?.oid ?? oid ?? '' }));
    const odd = found.find(({ hash, bytes }) => !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) || !Number.isSafeInteger(bytes) || bytes < 0);
    if (odd) throw invalidAnswer(id, `${odd.path} has no hash or no size`);
    return { commit, files: inOrder(needed(found, id)) };
  } catch (fault) {
    connection.throwIfAborted();
    // Whatever the library stumbles over is in the answer: requests that fail are UserErrors.
    throw fault instanceof UserError ? fault : invalidAnswer(id, 'it is not what a hub sends');
  }
}

async function askFor({ endpoint: hubUrl, fetch }: HubConnection, { name, revision }: HubId): Promise<{ readonly commit: string; readonly entries: readonly ListFileEntry[] }> {
  const { sha: commit } = await modelInfo({ name, revision, additionalFields: ['sha'], hubUrl, fetch });
  const entries: ListFileEntry[] = [];
  for await (const entry of listFiles({ repo: { type: 'model', name }, revision: commit, hubUrl, fetch })) entries.push(entry);
  return { commit, entries };
}

/** One whole file of weights where there is one, else all its parts. */
function needed(files: readonly HubFile[], id: HubId): readonly HubFile[] {
  const has = (path: string): boolean => files.some((file) => file.path === path);
  const lacks = !has('config.json') ? 'config.json' : !has('tokenizer.json') ? 'tokenizer.json'
    : !has(WEIGHTS) && !(has(INDEX) && files.some(({ path }) => SHARD.test(path))) ? 'weights in the safetensors format' : undefined;
  if (lacks !== undefined) {
    throw new UserError('hub.model.incomplete', `${formatHubId(id)} has no ${lacks}, which Tunesmith needs.`,
      'Choose another model; converted copies of many are on the hub.');
  }
  return has(WEIGHTS) ? files.filter(({ path }) => path !== INDEX && !SHARD.test(path)) : files;
}

function inOrder(files: readonly HubFile[]): readonly HubFile[] {
  const rank = ({ path }: HubFile): number => (path === 'config.json' ? 0 : path.endsWith('.safetensors') ? 2 : 1);
  return [...files].sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path, 'en'));
}

function invalidAnswer(id: HubId, what: string): UserError {
  return new UserError('hub.answer.invalid', `The hub's answer about ${formatHubId(id)} makes no sense: ${what}.`, 'Check HF_ENDPOINT if you have set it, or try again later.');
}
