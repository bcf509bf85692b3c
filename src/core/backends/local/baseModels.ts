/** The base models of this machine: the starter that ships with Tunesmith, and folders in Hugging Face layout. */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';

import type { DecoderConfig } from '../../../engine/model/decoder.ts';
import { UserError } from '../../errors.ts';
import { modelsFolder } from '../../jobs/home.ts';
import type { ModelEntry } from '../../jobs/jobClient.ts';
import { STARTER } from '../../recipes/models.ts';

export interface BaseModelFacts {
  readonly folder: string;
  readonly config: DecoderConfig;
  readonly configSha256: string;
  readonly parameters: number;
  /** of the weights on disk */
  readonly bytes: number;
}

export class BaseModels {
  readonly #media: string;
  readonly #home: string;

  /** @param media folder that holds `starter`; it moves with every update, so nothing that is kept may name it */
  constructor(media: string, home: string) {
    this.#media = media;
    this.#home = home;
  }

  /**
   * The folder of a base model, whether it is there or not.
   *
   * @throws UserError "model.ref.unknown" for a reference that is neither `starter` nor an absolute folder
   */
  resolve(ref: string): string {
    if (ref === STARTER) return join(this.#media, STARTER);
    if (isAbsolute(ref)) return ref;
    throw new UserError('model.ref.unknown', `There is no model "${ref}" on this machine.`,
      'Use "starter", the path of a model folder, or the id of a job that made one.');
  }

  /**
   * Reads what the small files and the heads of the large ones say, which is enough to find most damage.
   *
   * @throws UserError as `parseDecoderConfig` and `loadSafetensorsHeader`, "model.folder.missing", "model.file.missing"
   */
  async inspect(ref: string): Promise<BaseModelFacts> {
    const folder = this.resolve(ref);
    await requireFolder(folder);
    // Loaded on first use: the editor's start-up has no use for them.
    const [{ parseDecoderConfig }, { readJson }] = await Promise.all([
      import('../../../engine/model/config.ts'), import('../../../engine/model/jsonFile.ts'),
    ]);
    const configFile = join(folder, 'config.json');
    const config = parseDecoderConfig(await readJson(configFile), configFile);
    await readJson(join(folder, 'tokenizer.json'));
    const { parameters, bytes } = await measureWeights(folder);
    return { folder, config, configSha256: createHash('sha256').update(await readFile(configFile)).digest('hex'), parameters, bytes };
  }

  /** The starter first, then the folders of `<home>/models`; what has no config.json is left out. */
  async list(): Promise<readonly ModelEntry[]> {
    const folders = await readdir(modelsFolder(this.#home), { withFileTypes: true }).catch(() => []);
    const entries = [
      entry(STARTER, 'Starter', this.resolve(STARTER)),
      ...folders.filter((one) => !one.isFile()).map((one) => {
        const folder = join(modelsFolder(this.#home), one.name);
        return entry(folder, basename(folder), folder);
      }),
    ];
    return (await Promise.all(entries)).filter((one) => one !== undefined);
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

async function measureWeights(folder: string): Promise<{ parameters: number; bytes: number }> {
  const { loadSafetensorsHeader } = await import('../../../engine/model/safetensors.ts');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  // With none, the reader's own error names the file that is missing.
  const files = (names.length === 0 ? ['model.safetensors'] : names).map((name) => join(folder, name));
  let parameters = 0;
  let bytes = 0;
  for (const file of files) {
    const { entries } = await loadSafetensorsHeader(file);
    for (const { shape } of entries) parameters += shape.reduce((product, size) => product * size, 1);
    bytes += (await stat(file)).size;
  }
  return { parameters, bytes };
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then((found) => found.isDirectory(), () => false);
  if (isFolder) return;
  throw new UserError('model.folder.missing', `There is no model folder ${folder}.`,
    `Check "baseModel" in the recipe: it is "starter" or a folder in Hugging Face layout${
      (await stat(dirname(folder)).then(() => true, () => false)) ? '' : ' (the folder above it is missing too)'}.`,
    { place: { file: folder, field: 'baseModel' } });
}
