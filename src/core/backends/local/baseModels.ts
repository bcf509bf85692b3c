/** The base models of this machine: the starter that ships with Tunesmith, folders in Hugging Face layout, and what was downloaded. */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';

import type { DecoderConfig } from '../../../engine/model/decoder.ts';
import { UserError } from '../../errors.ts';
import { modelsFolder } from '../../jobs/home.ts';
import type { ModelEntry } from '../../jobs/jobClient.ts';
import { STARTER } from '../../recipes/models.ts';
import { findCached, hubCacheFolder, listCached, pinnedId, type CachedModel } from './hub/hubCache.ts';
import { formatHubId, parseHubId } from './hub/hubId.ts';

export interface BaseModelFacts {
  readonly folder: string;
  readonly config: DecoderConfig;
  readonly configSha256: string;
  /** as config.json describes it; a file may hold a tied head a second time */
  readonly parameters: number;
  /** of the weights on disk */
  readonly bytes: number;
}

export class BaseModels {
  readonly #media: string;
  readonly #home: string;
  readonly #cache: string;

  /**
   * @param media folder that holds `starter`; it moves with every update, so nothing that is kept may name it
   * @param cache of models from the hub
   */
  constructor(media: string, home: string, cache = hubCacheFolder()) {
    this.#media = media;
    this.#home = home;
    this.#cache = cache;
  }

  /**
   * The folder of a base model. That of a folder is told whether it is there or not. Never uses the network.
   *
   * @throws UserError "model.not-downloaded" for a model of the hub that is not in the cache; "model.ref.unknown" for what is
   *   neither `starter` nor an absolute folder nor the name of a model on the hub
   */
  async resolve(ref: string): Promise<string> {
    if (ref === STARTER) return join(this.#media, STARTER);
    if (isAbsolute(ref)) return ref;
    return (await this.#cached(ref)).folder;
  }

  /**
   * The reference that means the same weights for ever: a branch of the hub becomes the commit that is on this machine.
   *
   * @throws UserError as `resolve`
   */
  async pin(ref: string): Promise<string> {
    return ref === STARTER || isAbsolute(ref) ? ref : pinnedId(await this.#cached(ref));
  }

  /**
   * Reads what the small files and the heads of the large ones say, which is enough to find most damage.
   *
   * @throws UserError as `parseDecoderConfig` and `loadSafetensorsHeader`, "model.folder.missing", "model.file.missing"
   */
  async inspect(ref: string): Promise<BaseModelFacts> {
    const folder = await this.resolve(ref);
    await requireFolder(folder);
    // Loaded on first use: the editor's start-up has no use for them.
    const [{ parseDecoderConfig }, { readJson }, { countParameters }] = await Promise.all([
      import('../../../engine/model/config.ts'), import('../../../engine/model/jsonFile.ts'), import('../../../engine/model/layout.ts'),
    ]);
    const configFile = join(folder, 'config.json');
    const config = parseDecoderConfig(await readJson(configFile), configFile);
    await readJson(join(folder, 'tokenizer.json'));
    const bytes = await checkWeights(folder);
    const configSha256 = createHash('sha256').update(await readFile(configFile)).digest('hex');
    return { folder, config, configSha256, parameters: countParameters(config), bytes };
  }

  /** The starter first, then the folders of `<home>/models`, then the models of the cache that the engine can run. */
  async list(): Promise<readonly ModelEntry[]> {
    const folders = await readdir(modelsFolder(this.#home), { withFileTypes: true }).catch(() => []);
    const entries = [
      entry(STARTER, 'Starter', join(this.#media, STARTER)),
      ...folders.filter((one) => !one.isFile()).map((one) => {
        const folder = join(modelsFolder(this.#home), one.name);
        return entry(folder, basename(folder), folder);
      }),
      ...(await listCached(this.#cache)).map(async ({ id, folder }) =>
        (await canRun(folder)) ? entry(formatHubId(id), basename(id.name), folder) : undefined),
    ];
    return (await Promise.all(entries)).filter((one) => one !== undefined);
  }

  async #cached(ref: string): Promise<CachedModel> {
    const id = parseHubId(ref);
    const cached = id && await findCached(this.#cache, id);
    if (cached) return cached;
    if (id) {
      throw new UserError('model.not-downloaded', `${formatHubId(id)} is not on this machine yet.`,
        `Download it: "Tunesmith: Download Base Model" in the editor, or "tunesmith download ${formatHubId(id)}" in a terminal.`);
    }
    throw new UserError('model.ref.unknown', `There is no model "${ref}" on this machine.`,
      'Use "starter", the path of a model folder, a name on the Hugging Face hub such as "Qwen/Qwen3-0.6B", or the id of a job that made one.');
  }
}

async function entry(ref: string, label: string, folder: string): Promise<ModelEntry | undefined> {
  try {
    await stat(join(folder, 'config.json'));
    const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
    return {
      ref, label, kind: 'base', folder, bytes: sizes.reduce((sum, size) => sum + size, 0), jobId: undefined, baseModel: undefined,
      systemPrompt: undefined,
    };
  } catch {
    return undefined;
  }
}

/** Other tools keep models of all kinds in the cache. */
async function canRun(folder: string): Promise<boolean> {
  const { parseDecoderConfig } = await import('../../../engine/model/config.ts');
  try {
    parseDecoderConfig(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')), 'config.json');
    return true;
  } catch {
    return false;
  }
}

/** @returns the bytes of the files, whose heads are sound */
async function checkWeights(folder: string): Promise<number> {
  const { loadSafetensorsHeader } = await import('../../../engine/model/safetensors.ts');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  // With none, the reader's own error names the file that is missing.
  const files = (names.length === 0 ? ['model.safetensors'] : names).map((name) => join(folder, name));
  let bytes = 0;
  for (const file of files) {
    await loadSafetensorsHeader(file);
    bytes += (await stat(file)).size;
  }
  return bytes;
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then((found) => found.isDirectory(), () => false);
  if (isFolder) return;
  throw new UserError('model.folder.missing', `There is no model folder ${folder}.`,
    `Check "baseModel" in the recipe: it is "starter", a folder in Hugging Face layout or a name on the hub${
      (await stat(dirname(folder)).then(() => true, () => false)) ? '' : ' (the folder above it is missing too)'}.`,
    { place: { file: folder, field: 'baseModel' } });
}
