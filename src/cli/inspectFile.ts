/** Inspects a dataset for a command, with a live line on stderr and Ctrl+C. */

import { basename, isAbsolute, resolve } from 'node:path';

import { inspectDataset, type InspectOptions } from '../core/datasets/inspect.ts';
import type { DatasetProfile } from '../core/datasets/profile.ts';
import { targetOf } from '../core/datasets/targets/table.ts';
import { UserError } from '../core/errors.ts';
import { formatList } from '../core/wording/lists.ts';
import { formatBytes, formatCount, formatPercent, formatQuantity } from '../core/wording/numbers.ts';
import { modelRef } from './generateCommand.ts';
import type { Services } from './services.ts';

/** What the commands that inspect a dataset have in common. */
export interface ModelOption {
  /** whose tokens are counted: `starter`, a folder, a model of the hub that is on this machine, or a job */
  readonly model?: string;
}

/** @throws UserError "model.ref.unknown" when the model is not on this machine */
export async function tokenizerOf({ client }: Pick<Services, 'client'>, model: string | undefined): Promise<Pick<InspectOptions, 'tokenizer'>> {
  if (model === undefined) return {};
  const ref = await modelRef(client, model);
  const entry = (await client.models()).find((one) => one.ref === ref);
  if (entry) return { tokenizer: { model: entry.label, folder: entry.folder } };
  if (isAbsolute(ref)) return { tokenizer: { model, folder: ref } };
  throw new UserError('model.ref.unknown', `${model} is not on this machine.`, `Download it first: tunesmith download ${model}`);
}

/** @returns undefined when it was interrupted, which has been said */
export async function inspectFile({ terminal, interrupts }: Pick<Services, 'terminal' | 'interrupts'>, file: string, options: InspectOptions): Promise<DatasetProfile | undefined> {
  const controller = new AbortController();
  const listening = interrupts.on(() => controller.abort());
  try {
    return await inspectDataset(resolve(file), {
      ...options, signal: controller.signal,
      onProgress: ({ bytes, totalBytes, rows }) => terminal.live(`Reading ${formatPercent(totalBytes === 0 ? 1 : bytes / totalBytes)} · ${formatQuantity(rows, 'row')}`),
    });
  } catch (fault) {
    if (!controller.signal.aborted) throw fault;
    terminal.clearLive();
    terminal.note('Stopped.');
    return undefined;
  } finally {
    listening.dispose();
    terminal.clearLive();
  }
}

/** "tickets.jsonl: 1,003 rows of OpenAI chat (412 kB), 1,000 of them usable for this machine (SFT)." */
export function headline({ file, rows, usableRows, bytes, formats, target }: DatasetProfile): string {
  const [only] = formats;
  const how = formats.length === 0 ? '' : formats.length === 1 && only ? ` of ${only.title}` : `, ${formatList(formats.map(({ count, title }) => `${formatCount(count)} ${title}`))}`;
  const usable = rows === 0 ? '' : usableRows === rows ? ', all of them' : usableRows === 0 ? ', none of them' : `, ${formatCount(usableRows)} of them`;
  return `${basename(file)}: ${formatQuantity(rows, 'row')}${how} (${formatBytes(bytes)})${usable}${rows === 0 ? '' : ` usable for ${targetOf(target).title}`}.`;
}
