/** Models kept ready to answer: base weights once, whatever adapters are on top of them. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { ModelFiles } from '../core/backends/local/inferenceContract.ts';
import { Generator } from '../engine/generate/generator.ts';
import { loadAdapter } from '../engine/model/adapter.ts';
import type { DecoderConfig } from '../engine/model/decoder.ts';
import { countParameters } from '../engine/model/layout.ts';
import { openFrozen, openPretrainedConfig, type FrozenModel } from '../engine/model/pretrained.ts';
import type { Precision } from '../engine/model/weights.ts';
import type { ChatTokenizer } from '../engine/text/chat.ts';
import { measureMachine } from '../engine/train/machine.ts';

export interface ReadyModel {
  readonly generator: Generator;
  readonly tokenizer: ChatTokenizer;
  readonly maxPositions: number;
}

/** Base and tuned of two comparisons. Adapters are small, base models are not. */
const MODELS_KEPT = 4;
const BASES_KEPT = 2;
/** of the machine's memory that one base model may take in float32: a second one and an editor are there too */
const SHARE_OF_MEMORY = 0.25;

export class ModelShelf {
  /** by files and their times, least recently used first */
  readonly #ready = new Map<string, Promise<ReadyModel>>();
  readonly #bases = new Map<string, Promise<FrozenModel>>();
  readonly #totalMemory: number;

  /** @param totalMemory of the machine, in bytes */
  constructor(totalMemory = measureMachine().total) {
    this.#totalMemory = totalMemory;
  }

  /** @throws UserError as `openFrozen` and `loadAdapter` */
  async take(files: ModelFiles): Promise<ReadyModel> {
    const baseKey = `${files.base} ${await changedAt(join(files.base, 'config.json'))}`;
    const key = `${baseKey} ${files.adapter} ${files.adapter && await changedAt(join(files.adapter, 'adapter_config.json'))}`;
    const ready = recall(this.#ready, key, MODELS_KEPT, async () => {
      const base = await recall(this.#bases, baseKey, BASES_KEPT, async () =>
        openFrozen(files.base, precisionFor(await openPretrainedConfig(files.base), this.#totalMemory)));
      const { config, weights, tokenizer } = base;
      const adapter = files.adapter === undefined ? undefined : await loadAdapter(files.adapter, config);
      const generator = await Generator.open({ config, weights, adapter, threads: 0 });
      return { generator, tokenizer, maxPositions: config.maxPositions };
    });
    return ready;
  }
}

/** A large model is asked in float16, which is slower than float32 and much faster than memory on a disk. */
export function precisionFor(config: DecoderConfig, totalMemory: number): Precision {
  return 4 * countParameters(config) > SHARE_OF_MEMORY * totalMemory ? 'float16' : 'float32';
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
