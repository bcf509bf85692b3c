/** Takes a model out of Tunesmith, with its adapter merged, in a form that other programs run; and checks what it wrote. */

import { readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { UserError } from '../errors.ts';
import { loadAdapter } from '../model/adapter.ts';
import { readJson, readOptionalJson, readOptionalText } from '../model/jsonFile.ts';
import type { LoraAdapter } from '../model/lora.ts';
import { openPretrained, openPretrainedConfig } from '../model/pretrained.ts';
import type { Weights } from '../model/weights.ts';
import type { ChatMessage } from '../text/chat.ts';
import { ChatTemplate } from '../text/chatTemplate.ts';
import { configuredTemplate, specialTokens } from '../text/chatTokenizer.ts';
import type { Agreement, ExportFormat, ExportHooks, ExportReport } from './exportFormats.ts';
import { FolderTensors, storedBytes } from '../model/folderTensors.ts';
import { ggufArchitecture } from './gguf/architecture.ts';
import { tensorBytes, type MetadataValue } from './gguf/format.ts';
import { ggufTensors, parameterCount, readGgufWeights, type GgufPrecision } from './gguf/model.ts';
import { vocabularyEntries } from './gguf/vocabulary.ts';
import { writeGguf } from './gguf/writer.ts';
import { writeMergedFolder } from './mergedFolder.ts';
import { ollamaModelfile, ollamaTemplate } from './ollama.ts';
import { inStagedFolder } from './stagedFolder.ts';
import { greedyAnswers, measureAgreement, VERIFICATION_TEXTS, type Respondent } from './verify.ts';

export interface ExportSource {
  /** model folder in Hugging Face layout */
  readonly base: string;
  /** folder of a PEFT adapter on top of it */
  readonly adapter: string | undefined;
  /** the system message that the model was trained with */
  readonly systemPrompt: string | undefined;
  /** what the model is called, for people */
  readonly name: string;
}

/** An export with other answers than these is wrong, not just rounded: of those with a fault of layout, almost none agree. */
const LEAST_AGREEMENT = 0.5;

/**
 * Writes the folder `target` whole or not at all, and compares greedy answers of the model and of what was written.
 *
 * @throws UserError "export.target.exists", "export.disk.full", "export.architecture.unsupported", "export.tensor.unknown",
 *   "export.tokenizer.unsupported", "export.check.failed"; as `openPretrained` and `loadAdapter`; AbortError of the signal
 */
export async function exportModel(source: ExportSource, format: ExportFormat, target: string, hooks: ExportHooks = {}): Promise<ExportReport> {
  const config = await openPretrainedConfig(source.base);
  const adapter = source.adapter === undefined ? undefined : await loadAdapter(source.adapter, config);
  const tensors = await FolderTensors.open(source.base);
  try {
    const job = { source, adapter, tensors, hooks, files: await readFiles(source) };
    // Before anything is written, and before the check takes minutes of a large model.
    const plan = format === 'merged' ? planMerged(job) : planGguf(job, format === 'gguf-f16' ? 'f16' : 'q8_0');
    return await inStagedFolder(target, plan.bytes, async (folder) => {
      hooks.onProgress?.({ phase: 'reference', share: 0 });
      const reference = await askReference(job);
      hooks.onProgress?.({ phase: 'reference', share: 1 });
      await plan.write(folder);
      hooks.onProgress?.({ phase: 'check', share: 0 });
      const agreement = await measureAgreement({ ...reference, weights: await plan.read(folder), adapter: undefined }, reference.answers, hooks);
      hooks.onProgress?.({ phase: 'check', share: 1 });
      requireAgreement(agreement, format);
      return { format, folder: target, files: await listFiles(folder), parameters: parameterCount(tensors.tensors), agreement, notes: plan.notes };
    });
  } finally {
    await tensors.close();
  }
}

interface ExportJob {
  readonly source: ExportSource;
  readonly adapter: LoraAdapter | undefined;
  readonly tensors: FolderTensors;
  readonly hooks: ExportHooks;
  readonly files: ModelTextFiles;
}

interface Plan {
  /** about what `write` takes on the disk */
  readonly bytes: number;
  readonly notes: readonly string[];
  write(folder: string): Promise<void>;
  /** Reads back what was written, by the file's own format. */
  read(folder: string): Promise<Weights>;
}

interface ModelTextFiles {
  readonly configFile: string;
  readonly configJson: Readonly<Record<string, unknown>>;
  /** the folders to look for tokenizer files, the first that has one wins */
  readonly tokenizerFolders: readonly string[];
  readonly tokenizerJson: Readonly<Record<string, unknown>>;
  readonly specials: Readonly<Record<string, string>>;
  readonly chatTemplate: string | undefined;
}

async function readFiles({ base, adapter }: ExportSource): Promise<ModelTextFiles> {
  const tokenizerFolders = adapter === undefined ? [base] : [adapter, base];
  const first = async <T>(read: (folder: string) => Promise<T | undefined>): Promise<T | undefined> => {
    for (const folder of tokenizerFolders) {
      const found = await read(folder);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const tokenizerConfig = ((await first((folder) => readOptionalJson(join(folder, 'tokenizer_config.json')))) ?? {}) as Readonly<Record<string, unknown>>;
  const configFile = join(base, 'config.json');
  return {
    configFile, tokenizerFolders,
    configJson: (await readJson(configFile)) as Readonly<Record<string, unknown>>,
    tokenizerJson: ((await first((folder) => readOptionalJson(join(folder, 'tokenizer.json')))) ?? await readJson(join(base, 'tokenizer.json'))) as Readonly<Record<string, unknown>>,
    specials: specialTokens(tokenizerConfig),
    chatTemplate: (await first((folder) => readOptionalText(join(folder, 'chat_template.jinja')))) ?? configuredTemplate(tokenizerConfig),
  };
}

function planMerged({ tensors, adapter, hooks, files }: ExportJob): Plan {
  return {
    bytes: tensors.tensors.reduce((sum, tensor) => sum + storedBytes(tensor), 0) + JSON.stringify(files.tokenizerJson).length * 2,
    notes: [],
    write: (folder) => writeMergedFolder(folder, { tensors, adapter, configJson: files.configJson, tokenizerFolders: files.tokenizerFolders }, hooks),
    read: async (folder) => (await openPretrained(folder)).weights,
  };
}

function planGguf({ source, tensors, adapter, hooks, files }: ExportJob, precision: GgufPrecision): Plan {
  const architecture = ggufArchitecture(files.configJson, files.configFile);
  const written = ggufTensors({ tensors, adapter }, architecture, precision);
  const chat = chatFacts(files);
  const fileName = `${fileNameOf(source.name)}-${precision.toUpperCase()}.gguf`;
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: architecture.arch }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: source.name }],
    // llama.h, `llama_ftype`: mostly F16, mostly Q8_0.
    ['general.file_type', { type: 'uint32', value: precision === 'f16' ? 1 : 7 }],
    ['general.quantization_version', { type: 'uint32', value: 2 }],
    ...architecture.entries,
    ...vocabularyEntries({
      tokenizer: files.tokenizerJson, specials: files.specials, vocabSize: architecture.vocabSize, chatTemplate: files.chatTemplate, ...chat,
    }),
  ]);
  const total = written.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  let done = 0;
  return {
    bytes: total + JSON.stringify(files.tokenizerJson).length,
    notes: architecture.notes,
    write: async (folder) => {
      hooks.signal?.throwIfAborted();
      await writeGguf(join(folder, fileName), metadata, written, (bytes) => {
        done += bytes;
        hooks.onProgress?.({ phase: 'write', share: done / total });
        hooks.signal?.throwIfAborted();
      });
      const modelfile = ollamaModelfile({ ggufFile: fileName, systemPrompt: source.systemPrompt, stops: chat.stops, template: chat.ollama });
      await writeFile(join(folder, 'Modelfile'), modelfile, { flag: 'wx' });
    },
    read: (folder) => readGgufWeights(join(folder, fileName), tensors.tensors.map(({ name }) => name), architecture),
  };
}

interface ChatFacts {
  readonly endId: number | undefined;
  readonly startsWithBos: boolean;
  readonly stops: readonly string[];
  readonly ollama: string | undefined;
}

/** What the chat template tells a program that cannot run it. */
function chatFacts({ chatTemplate, specials, tokenizerJson }: ModelTextFiles): ChatFacts {
  const eos = specials['eos_token'];
  const idOf = new Map(((tokenizerJson['added_tokens'] ?? []) as readonly { id: number; content: string }[]).map(({ id, content }) => [content, id]));
  const none = { endId: eos === undefined ? undefined : idOf.get(eos), startsWithBos: false, stops: eos === undefined ? [] : [eos], ollama: undefined };
  if (chatTemplate === undefined) return none;
  const template = new ChatTemplate(chatTemplate, specials);
  const render = (messages: readonly ChatMessage[], forAnswer: boolean): string => template.render(messages, forAnswer);
  const bos = specials['bos_token'];
  const ollama = ollamaTemplate(render, bos);
  try {
    const probe = '\uE0F6';
    const text = render([{ role: 'user', content: 'question' }, { role: 'assistant', content: probe }], false);
    const after = text.slice(text.lastIndexOf(probe) + probe.length).trimStart();
    const end = [...idOf.keys()].filter((token) => after.startsWith(token)).sort((a, b) => b.length - a.length)[0] ?? eos;
    return {
      endId: end === undefined ? undefined : idOf.get(end), startsWithBos: bos !== undefined && text.startsWith(bos),
      stops: [...new Set([end, eos])].filter((token) => token !== undefined), ollama,
    };
  } catch (fault) {
    if (fault instanceof UserError) return none;
    throw fault;
  }
}

interface Reference extends Pick<Respondent, 'config' | 'prompts' | 'endIds'> {
  readonly answers: readonly (readonly number[])[];
}

/** The answers of the model as it is; its weights are free again afterwards. */
async function askReference({ source, adapter, hooks }: ExportJob): Promise<Reference> {
  const { config, weights, tokenizer } = await openPretrained(source.base);
  const system = source.systemPrompt ? [{ role: 'system', content: source.systemPrompt } as const] : [];
  const prompts = VERIFICATION_TEXTS
    .map((content) => tokenizer.tokenizePrompt([...system, { role: 'user', content }]))
    // A long system message leaves the last of a short context for the question.
    .map((ids) => ids.slice(-Math.max(1, config.maxPositions - 1)));
  const { endIds } = tokenizer;
  return { config, prompts, endIds, answers: await greedyAnswers({ config, weights, adapter, prompts, endIds }, hooks) };
}

function requireAgreement(agreement: Agreement, format: ExportFormat): void {
  if (agreement.agreeing >= LEAST_AGREEMENT * agreement.tokens) return;
  throw new UserError('export.check.failed',
    `The exported model (${format}) does not answer as the tuned one: only ${agreement.agreeing} of ${agreement.tokens} tokens agree on ${agreement.prompts} prompts. Nothing was kept.`,
    'Export in another format, and please report this with the name of the base model.');
}

async function listFiles(folder: string): Promise<{ name: string; bytes: number }[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })));
}

/** `Ticket routing!` becomes `ticket-routing`. */
function fileNameOf(name: string): string {
  return basename(name).toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'model';
}
