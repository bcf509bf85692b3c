/** Real llama.cpp, as an npm package brings it: loads a GGUF file and says what comes next. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What is used of the package's native module, which node-llama-cpp wraps. */
interface Addon {
  setLogger(logger: (level: number, message: string) => void): void;
  setLoggerLogLevel(level: number): void;
  loadBackends(folder?: string): void;
  init(): Promise<void>;
  AddonModel: new (file: string, parameters: object) => AddonModel;
  AddonContext: new (model: AddonModel, parameters: object) => AddonContext;
  AddonSampler: new (model: AddonModel) => AddonSampler;
}

interface AddonModel {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  tokenize(text: string, specialTokens: boolean): Uint32Array;
  isEogToken(token: number): boolean;
  tokenBos(): number;
  shouldPrependBosToken(): boolean;
  getTrainContextSize(): number;
}

interface AddonContext {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  initBatch(size: number): void;
  addToBatch(sequence: number, position: number, tokens: Uint32Array, logitsOf: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  disposeSequence(sequence: number): void;
  sampleToken(logits: number, sampler: AddonSampler, probabilities: true): Promise<[token: number, probabilities: number[]]>;
}

interface AddonSampler {
  dispose(): void;
  applyConfig(config: object): void;
}

const CONTEXT = 512;
const ERRORS_ONLY = 2;

const addonFile = findAddon();

/** False on machines that the package has no binary for. */
export const hasLlamaCpp = addonFile !== undefined;

let loading: Promise<Addon> | undefined;

export class LlamaCpp {
  readonly model: AddonModel;
  readonly #context: AddonContext;
  readonly #sampler: AddonSampler;

  private constructor(model: AddonModel, context: AddonContext, sampler: AddonSampler) {
    this.model = model;
    this.#context = context;
    this.#sampler = sampler;
  }

  static async open(file: string): Promise<LlamaCpp> {
    const addon = await (loading ??= load());
    const model = new addon.AddonModel(file, { addonExports: addon, gpuLayers: 0, useMmap: true, checkTensors: true });
    if (!(await model.init())) throw new Error(`llama.cpp cannot load ${file}`);
    const context = new addon.AddonContext(model, { contextSize: CONTEXT, batchSize: CONTEXT, sequences: 1, threads: 1, flashAttention: false });
    if (!(await context.init())) throw new Error(`llama.cpp cannot run ${file}`);
    const sampler = new addon.AddonSampler(model);
    sampler.applyConfig({ temperature: 0 });
    return new LlamaCpp(model, context, sampler);
  }

  /** The probability of every token after each prefix of `ids`, [positions][vocabulary]. */
  async probabilities(ids: readonly number[]): Promise<Float64Array[]> {
    const at = await this.#decode(ids, 0, ids.map((_, position) => position));
    const rows: Float64Array[] = [];
    for (const index of at) rows.push((await this.#sample(index)).probabilities);
    this.#context.disposeSequence(0);
    return rows;
  }

  /** @returns the most probable tokens, without the one that ends them; with -1 there instead */
  async generate(prompt: readonly number[], count: number): Promise<number[]> {
    const answer: number[] = [];
    let [last] = await this.#decode(prompt, 0, [prompt.length - 1]);
    while (answer.length < count) {
      const { token } = await this.#sample(last);
      if (this.model.isEogToken(token)) {
        answer.push(-1);
        break;
      }
      answer.push(token);
      if (answer.length < count) [last] = await this.#decode([token], prompt.length + answer.length - 1, [0]);
    }
    this.#context.disposeSequence(0);
    return answer;
  }

  async dispose(): Promise<void> {
    this.#sampler.dispose();
    await this.#context.dispose();
    await this.model.dispose();
  }

  async #decode(ids: readonly number[], position: number, logitsOf: readonly number[]): Promise<Uint32Array> {
    this.#context.initBatch(ids.length);
    const at = this.#context.addToBatch(0, position, Uint32Array.from(ids), Uint32Array.from(logitsOf));
    await this.#context.decodeBatch();
    return at;
  }

  async #sample(index: number): Promise<{ token: number; probabilities: Float64Array }> {
    const [token, pairs] = await this.#context.sampleToken(index, this.#sampler, true);
    const probabilities = new Float64Array(pairs.length / 2);
    for (let i = 0; i < pairs.length; i += 2) probabilities[pairs[i]] = pairs[i + 1];
    return { token, probabilities };
  }
}

function findAddon(): string | undefined {
  try {
    const index = createRequire(import.meta.url).resolve('@node-llama-cpp/linux-x64');
    return join(dirname(index), '../bins/linux-x64/llama-addon.node');
  } catch {
    return undefined;
  }
}

async function load(): Promise<Addon> {
  const addon = createRequire(import.meta.url)(addonFile as string) as Addon;
  addon.setLogger(() => undefined);
  addon.setLoggerLogLevel(ERRORS_ONLY);
  addon.loadBackends();
  addon.loadBackends(dirname(addonFile as string));
  await addon.init();
  return addon;
}
