/** Models kept ready to answer: base weights once, whatever adapters are on top of them. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { ModelFiles } from '../core/backends/local/inferenceContract.ts';
import { Generator } from '../engine/generate/generator.ts';
import { loadAdapter } from '../engine/model/adapter.ts';
import { openPretrained, type PretrainedModel } from '../engine/model/pretrained.ts';
import type { ChatTokenizer } from '../engine/text/chat.ts';

export interface ReadyModel {
  readonly generator: Generator;
  readonly tokenizer: ChatTokenizer;
  readonly maxPositions: number;
}

/** Base and tuned of two comparisons. Adapters are small, base models are not. */
const MODELS_KEPT = 4;
const BASES_KEPT = 2;

export class ModelShelf {
  /** by files and their times, least recently used first */
  readonly #ready = new Map<string, Promise<ReadyModel>>();
  readonly #bases = new Map<string, Promise<PretrainedModel>>();

  /** @throws UserError as `openPretrained` and `loadAdapter` */
  async take(files: ModelFiles): Promise<ReadyModel> {
    const baseKey = `${files.base} ${await changedAt(join(files.base, 'config.json'))}`;
    const key = `${baseKey} ${files.adapter} ${files.adapter && await changedAt(join(files.adapter, 'adapter_config.json'))}`;
    const ready = recall(this.#ready, key, MODELS_KEPT, async () => {
      const base = await recall(this.#bases, baseKey, BASES_KEPT, () => openPretrained(files.base));
      const { config, weights, tokenizer } = base;
      const adapter = files.adapter === undefined ? undefined : await loadAdapter(files.adapter, config);
      const generator = await Generator.open({ config, weights, adapter, threads: 0 });
      return { generator, tokenizer, maxPositions: config.maxPositions };
    });
    return ready;
  }
}

/** A new value is dropped again when making it fails. The values that fall out are left to the collector: they may be in use. */
function recall<T>(kept: Map<string, Promise<T>>, key: string, limit: number, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  kept.delete(key);
  const value = known ?? make();
  kept.set(key, value);
  value.catch(() => {
    if (kept.get(key) === value) kept.delete(key);
  });
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - limit))) kept.delete(oldest);
  return value;
}

async function changedAt(file: string): Promise<number> {
  return stat(file).then((found) => found.mtimeMs, () => 0);
}
