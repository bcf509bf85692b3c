/** The command that splits a dataset into train, validation and test, and checks such a split again. */

import { relative, resolve } from 'node:path';

import { PARTS, type Grouping, type PartShares } from '../core/datasets/splits/options.ts';
import { splitFile, splitNames, updateSplit } from '../core/datasets/splits/splitFile.ts';
import { splitLines, verifyLines } from '../core/datasets/splits/splitText.ts';
import { verifySplit } from '../core/datasets/splits/verifySplit.ts';
import { MANIFEST_ENDING } from '../core/datasets/splits/manifest.ts';
import { openDataset } from '../core/datasets/files.ts';
import { formatPercent } from '../core/wording/numbers.ts';
import { EXIT } from './exitCodes.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';

export interface SplitCommandOptions extends JsonOption {
  /** percents */
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  readonly seed: number;
  readonly by?: 'random' | 'label' | 'time';
  readonly group?: string;
  readonly time?: string;
  readonly label?: string;
  readonly out?: string;
  readonly verify?: boolean;
  readonly update?: boolean;
  readonly force?: boolean;
}

/** @returns `failed` when a split that is verified is not what its manifest says */
export async function splitDataset({ terminal, interrupts }: Pick<Services, 'terminal' | 'interrupts'>, file: string, options: SplitCommandOptions): Promise<number> {
  if (options.verify && options.update) {
    terminal.note('Choose one of --verify and --update.');
    return EXIT.usage;
  }
  const controller = new AbortController();
  const { signal } = controller;
  const listening = interrupts.on(() => controller.abort());
  const onProgress = ({ bytes, totalBytes }: { readonly bytes: number; readonly totalBytes: number }): void => terminal.live(`Splitting ${formatPercent(totalBytes === 0 ? 1 : bytes / totalBytes)}`);
  const short = (path: string): string => relative(process.cwd(), path) || path;
  try {
    if (options.verify) {
      const check = await verifySplit(await manifestOf(resolve(file), options.out), { signal });
      if (options.json) terminal.json(check);
      else terminal.print(verifyLines(check, short).join('\n'));
      return check.isIntact ? EXIT.ok : EXIT.failed;
    }
    const split = options.update
      ? await updateSplit(await manifestOf(resolve(file), options.out), { force: options.force ?? false, signal, onProgress })
      : await splitFile(resolve(file), { ...asked(options), signal, onProgress });
    terminal.clearLive();
    if (options.json) terminal.json(split);
    else terminal.print(splitLines(split, short).join('\n'));
    return EXIT.ok;
  } catch (fault) {
    if (!signal.aborted) throw fault;
    terminal.clearLive();
    terminal.note('Stopped; nothing was changed.');
    return EXIT.interrupted;
  } finally {
    listening.dispose();
  }
}

/** A manifest, or the one beside a dataset. @param out the folder that it was written to instead */
async function manifestOf(file: string, out: string | undefined): Promise<string> {
  return file.endsWith(MANIFEST_ENDING) ? file : splitNames(await openDataset(file), out === undefined ? undefined : resolve(out)).manifest;
}

function asked({ seed, by, group, time, label, out, force, ...percents }: SplitCommandOptions): Parameters<typeof splitFile>[1] {
  return {
    parts: sharesOf(percents), seed,
    ...(by && { by }), ...(group !== undefined && { group: asGrouping(group) }),
    ...(time !== undefined && { timeColumn: time }), ...(label !== undefined && { labelColumn: label }),
    ...(out !== undefined && { out: resolve(out) }), ...(force && { force }),
  };
}

const USUAL: PartShares = { train: 0.8, validation: 0.1, test: 0.1 };

/** What is not named is nothing, and training gets the rest. */
function sharesOf({ train, validation, test }: Pick<SplitCommandOptions, 'train' | 'validation' | 'test'>): PartShares {
  if (PARTS.every((part) => ({ train, validation, test })[part] === undefined)) return USUAL;
  if (train !== undefined && validation === undefined && test === undefined) return { train: train / 100, validation: 0, test: (100 - train) / 100 };
  const held = (validation ?? 0) + (test ?? 0);
  return { train: (train ?? 100 - held) / 100, validation: (validation ?? 0) / 100, test: (test ?? 0) / 100 };
}

function asGrouping(text: string): Grouping {
  return text === 'none' || text === 'prompt' || text === 'near-duplicates' ? text : { column: text };
}
