/** Brings a model from the Hugging Face hub into the shared cache: what is there already is used, the rest is loaded. */

import { copyFile, link, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { randomBytes } from 'node:crypto';

import { UserError } from '../../../errors.ts';
import { systemClock, type Clock } from '../../../jobs/clock.ts';
import { systemProcesses, type Processes } from '../../../jobs/processes.ts';
import { formatBytes } from '../../../wording/numbers.ts';
import { freeDisk } from '../freeDisk.ts';
import { downloadBlob, isWhole } from './blobDownload.ts';
import { ProgressMeter, type DownloadProgress } from './downloadProgress.ts';
import { findCached, hubCacheFolder, repositoryFolder, writeRef, type CachedModel } from './hubCache.ts';
import { HubConnection } from './hubConnection.ts';
import { diskFault } from './hubFaults.ts';
import { formatHubId, isCommit, requireHubId, type HubId } from './hubId.ts';
import { listNeededFiles, type HubFile } from './hubListing.ts';
import { partialBytes } from './partials.ts';
import { checkedToken, environmentToken, type TokenProvider } from './hubToken.ts';

export interface HubDownloadOptions {
  /** default: what HF_TOKEN or `hf auth login` left */
  readonly token?: TokenProvider;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE */
  readonly environment?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  readonly processes?: Processes;
  readonly freeDisk?: (folder: string) => Promise<number | undefined>;
}

/** Besides the blobs: links, and what other programs write meanwhile. */
const DISK_MARGIN = 50e6;

/**
 * Downloads the files of a model that the engine needs. A branch is looked up anew each time; a commit that is in the cache
 * needs no network.
 *
 * @param text `org/name`, or `org/name@revision`
 * @throws UserError "hub.*" in the words of hubFaults.ts; "model.config.*" for a model that the engine cannot run, before its
 *   weights are loaded; the signal's reason when aborted
 */
export async function downloadModel(text: string, options: HubDownloadOptions = {}): Promise<CachedModel> {
  const id = requireHubId(text);
  const environment = options.environment ?? process.env;
  const cache = hubCacheFolder(environment);
  const cached = isCommit(id.revision) ? await findCached(cache, id) : undefined;
  if (cached) return cached;
  refuseOffline(environment, id);
  const clock = options.clock ?? systemClock;
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const token = checkedToken(await (options.token ?? environmentToken(environment))());
  const endpoint = endpointOf(environment);
  const connection = new HubConnection({ endpoint, token, hasToken: token !== undefined, model: formatHubId(id), clock, signal });

  const { commit, files } = await listNeededFiles(connection, id);
  const repository = repositoryFolder(cache, id);
  const blobs = join(repository, 'blobs');
  const folder = join(repository, 'snapshots', commit);
  await makeFolder(blobs);
  await makeFolder(folder);
  await checkDisk(blobs, files, options.freeDisk ?? freeDisk);

  const meter = new ProgressMeter(files.reduce((sum, { bytes }) => sum + bytes, 0), () => clock.now(), options.onProgress ?? (() => undefined));
  const loaded: { readonly file: HubFile; readonly blob: string }[] = [];
  for (const file of files) {
    const url = `${endpoint}/${id.name}/resolve/${commit}/${file.path}`;
    const blob = await downloadBlob({ connection, blobs, file, url, processes: options.processes ?? systemProcesses(), onBytes: meter.file(file.path) });
    if (file.path === 'config.json') await refuseUnsupported(blob, id);
    loaded.push({ file, blob });
  }
  // Links come last and config.json the very last of them, so that a folder with one is complete.
  for (const { file, blob } of loaded.reverse()) await place(blob, join(folder, file.path));
  await writeRef(cache, id, commit);
  return { id, commit, folder };
}

function endpointOf(environment: NodeJS.ProcessEnv): string {
  const text = (environment['HF_ENDPOINT']?.trim() || 'https://huggingface.co').replace(/\/+$/, '');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.search === '') return text;
  throw new UserError('hub.endpoint.invalid', 'HF_ENDPOINT is not the address of a hub.', 'Set it to an address such as https://huggingface.co, or unset it.');
}

function refuseOffline(environment: NodeJS.ProcessEnv, id: HubId): void {
  if (!/^(?:1|true|yes|on)$/i.test(environment['HF_HUB_OFFLINE'] ?? '')) return;
  throw new UserError('hub.offline', `${formatHubId(id)} cannot be downloaded: HF_HUB_OFFLINE is set.`, 'Unset HF_HUB_OFFLINE to use the network.');
}

async function checkDisk(blobs: string, files: readonly HubFile[], free: (folder: string) => Promise<number | undefined>): Promise<void> {
  let needed = 0;
  for (const file of files) {
    if (!(await isWhole(join(blobs, file.hash), file.bytes))) needed += Math.max(0, file.bytes - (await partialBytes(blobs, file.hash)));
  }
  const available = await free(blobs);
  if (needed === 0 || available === undefined || available >= needed + DISK_MARGIN) return;
  throw new UserError('hub.disk.full', `The download needs ${formatBytes(needed + DISK_MARGIN)} in ${blobs}, and ${formatBytes(available)} are free.`,
    'Free some space, or choose another disk with HF_HOME.', { place: { file: blobs } });
}

/** Two gigabytes of weights are a long way to "cannot be trained". */
async function refuseUnsupported(config: string, id: HubId): Promise<void> {
  const { parseDecoderConfig } = await import('../../../../engine/model/config.ts');
  let json: unknown;
  try {
    json = JSON.parse(await readFile(config, 'utf8'));
  } catch {
    json = undefined;
  }
  try {
    parseDecoderConfig(json, 'config.json');
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault;
    throw new UserError(fault.code, `${formatHubId(id)} was not downloaded: ${fault.message}`, fault.remedy);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (fault) {
    throw diskFault(fault, folder);
  }
}

/** A link where the system has them (Windows may not), else the same bytes under a second name, else a copy. */
async function place(blob: string, file: string): Promise<void> {
  if (await sameFile(blob, file)) return;
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await symlink(relative(dirname(file), blob), draft).catch(() => link(blob, draft)).catch(() => copyFile(blob, draft));
    await rename(draft, file);
  } catch (fault) {
    await rm(draft, { force: true });
    throw diskFault(fault, file);
  }
}

async function sameFile(blob: string, file: string): Promise<boolean> {
  const [one, other] = await Promise.all([blob, file].map((path) => stat(path).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}
