/** The data of one job, ready for the trainer: loaded from the snapshot, split, tokenized. */

import type { TrainingExample } from '../core/datasets/example.ts';
import type { Finding } from '../core/datasets/finding.ts';
import { datasetKindOf } from '../core/datasets/extensions.ts';
import { promptKey } from '../core/datasets/fingerprint.ts';
import { loadExamples, onlyPairs, type LoadedExamples } from '../core/datasets/load.ts';
import { RowFindings } from '../core/datasets/rowFindings.ts';
import { splitExamples } from '../core/datasets/splits/splitExamples.ts';
import type { Recipe } from '../core/recipes/recipe.ts';
import type { ChatTokenizer, TokenizedExample } from '../engine/text/chat.ts';
import type { PreferencePair } from '../engine/train/pairs.ts';
import { sampleHeldOut } from './heldOutSample.ts';

export interface JobData {
  readonly train: readonly TokenizedExample[];
  /** the held-out rows, or a sample of them, for the evaluation loss and for the comparison with the base model */
  readonly heldOut: readonly TrainingExample[];
  /** all that there are */
  readonly heldOutRows: number;
  readonly validation: readonly TokenizedExample[];
  /** both answers of every row, when the technique learns from pairs; the rows above then have the better ones */
  readonly pairs: { readonly train: readonly PreferencePair[]; readonly validation: readonly PreferencePair[] } | undefined;
  /** why rows were left out, and which held-out rows flatter the result */
  readonly findings: readonly Finding[];
  /** of the training rows; feeds the next job's estimate */
  readonly charactersPerToken: number;
  /** the system message that all training rows share */
  readonly systemPrompt: string | undefined;
}

const ROWS_A_BREATH = 200;

/**
 * @param breathe awaited now and then, so that signs of life go out and a stop is heard
 * @throws UserError as `loadExamples` and `onlyPairs`
 * @throws the signal's reason when aborted
 */
export async function prepareData(
  recipe: Recipe, tokenizer: ChatTokenizer, signal: AbortSignal, breathe: () => Promise<void>,
): Promise<JobData> {
  const { dataset, training } = recipe;
  const load = async (file: string): Promise<LoadedExamples> => {
    const all = await loadExamples(file, { signal });
    const said = recipe.prompt ? { ...all, examples: all.examples.map((example) => withSystem(example, recipe.prompt?.system ?? '')) } : all;
    return recipe.technique === 'dpo' ? onlyPairs(said, file) : said;
  };
  const loaded = await load(dataset.train);
  const validation = dataset.validation === undefined ? undefined : await load(dataset.validation);
  const { train, heldOut: allHeldOut } = validation ? { train: loaded.examples, heldOut: validation.examples }
    : dataset.split ? splitExamples(loaded.examples, { share: dataset.split, seed: training.seed })
      : { train: loaded.examples, heldOut: [] };
  const heldOut = sampleHeldOut(allHeldOut, training.seed);

  const tokenize = async (conversations: readonly Pick<TrainingExample, 'messages' | 'row'>[]): Promise<TokenizedExample[]> => {
    const tokenized: TokenizedExample[] = [];
    for (const [index, { messages, row }] of conversations.entries()) {
      if (index % ROWS_A_BREATH === 0) {
        await breathe();
        signal.throwIfAborted();
      }
      tokenized.push(tokenizer.tokenizeExample(messages, row));
    }
    return tokenized;
  };
  const pairUp = async (examples: readonly TrainingExample[], chosen: readonly TokenizedExample[]): Promise<PreferencePair[]> => {
    const rejected = await tokenize(examples.map(({ row, rejected: messages = [] }) => ({ row, messages })));
    return chosen.map((one, index) => ({ chosen: one, rejected: rejected[index] }));
  };
  const tokenized = await tokenize(train);
  const tokenizedHeldOut = await tokenize(heldOut);
  return {
    train: tokenized,
    heldOut,
    heldOutRows: allHeldOut.length,
    validation: tokenizedHeldOut,
    pairs: recipe.technique === 'dpo' ? { train: await pairUp(train, tokenized), validation: await pairUp(heldOut, tokenizedHeldOut) } : undefined,
    findings: [...loaded.skipped, ...validation?.skipped ?? [], ...findLeaks(train, allHeldOut, dataset.validation)],
    charactersPerToken: sum(train, (example) => sum(example.messages, ({ content }) => content.length))
      / Math.max(1, sum(tokenized, ({ ids }) => ids.length)),
    systemPrompt: sharedSystemPrompt(train),
  };
}

/** A row that has a system message of its own keeps it. */
function withSystem(example: TrainingExample, system: string): TrainingExample {
  if (example.messages[0]?.role === 'system') return example;
  const before = [{ role: 'system', content: system }] as const;
  return { ...example, messages: [...before, ...example.messages], ...(example.rejected && { rejected: [...before, ...example.rejected] }) };
}

/** Held-out rows with a prompt that is trained on; a split holds none, a validation file may. */
function findLeaks(train: readonly TrainingExample[], heldOut: readonly TrainingExample[], file: string | undefined): readonly Finding[] {
  if (file === undefined) return [];
  const trained = new Set(train.map(({ messages }) => promptKey(messages)));
  const leaks = new RowFindings();
  for (const { row, messages } of heldOut) if (trained.has(promptKey(messages))) leaks.add('dataset.leakage', { row, line: row });
  return leaks.finish('the held-out file', datasetKindOf(file) ?? 'jsonl').map((leak) => ({ ...leak, message: `${leak.message} The comparison flatters the tuned model.` }));
}

function sharedSystemPrompt(examples: readonly TrainingExample[]): string | undefined {
  const prompts = new Set(examples.map(({ messages }) => (messages[0]?.role === 'system' ? messages[0].content : undefined)));
  return prompts.size === 1 ? [...prompts][0] : undefined;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
