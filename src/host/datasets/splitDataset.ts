/** Splits a dataset into train, validation and test, in shares and a way that suit it; checks and updates splits. */

import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import type { FileSplit } from '../../core/datasets/splits/splitFile.ts';
import type { Grouping, PartShares, SplitOptions } from '../../core/datasets/splits/options.ts';
import { datasetStem, parseDatasetName } from '../../core/datasets/extensions.ts';
import { splitLines, verifyLines } from '../../core/datasets/splits/splitText.ts';
import { UserError } from '../../core/errors.ts';
import { quoteBriefly } from '../../core/wording/lists.ts';
import { formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import type { FileArgument, SplitArgument } from '../../ids.ts';
import type { Choice, Heading, Screen } from '../screen.ts';
import type { DatasetFiles, ReadRows } from '../services.ts';

export interface SplitServices {
  readonly files: Pick<DatasetFiles, 'split' | 'updateSplit' | 'verifySplit'>;
  readonly readRows: ReadRows;
  readonly screen: Screen;
  readonly chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>;
  readonly profile: (file: string, signal: AbortSignal, onShare?: (share: number) => void) => Promise<DatasetProfile>;
  /** splits came, or are others now */
  readonly onSplit: (manifest: string) => void;
  /** in Restricted Mode nothing is written */
  readonly mayWrite: () => boolean;
}

type Way = { readonly by: NonNullable<SplitOptions['by']>; readonly timeColumn?: string };

const SEED = 42;

export class SplitDataset {
  readonly #services: SplitServices;

  constructor(services: SplitServices) {
    this.#services = services;
  }

  async split(argument: FileArgument | undefined): Promise<void> {
    const { screen, chooseDataset, profile: profileOf } = this.#services;
    const file = await chooseDataset(argument, 'Split which dataset?');
    if (file === undefined) return;
    const name = basename(file);
    const manifest = manifestOf(file);
    const isSplit = await access(manifest).then(() => true, () => false);
    if (isSplit) {
      const again = await screen.choose<'update' | 'replace'>({ title: `${name} is split already`, placeholder: 'What shall become of the split?' }, [
        { label: 'Assign New Rows Only', detail: 'All other rows keep their part, so results stay comparable', icon: 'diff-added', value: 'update' },
        { label: 'Split Anew', detail: 'Replaces the parts', icon: 'refresh', value: 'replace' },
      ]);
      if (!again) return;
      if (again === 'update') return this.update({ manifest });
    }
    const profile = await screen.progress(`Checking ${name}`, (report, signal) => profileOf(file, signal, (share) => report(`${Math.round(share * 100)}%`)));
    if (!profile) return;
    const parts = await this.#askShares(profile);
    const way = parts && (await this.#askWay(profile));
    const group = way && (await this.#askGroup(file));
    if (!parts || !way || !group) return;
    const report = await this.#write(file, { parts, seed: SEED, ...way, ...group, force: isSplit });
    if (!report) return;
    this.#services.onSplit(report.manifest);
    await screen.tell('information', splitLines(report).join('\n'));
  }

  async #write(file: string, options: SplitOptions & { readonly force: boolean }): Promise<FileSplit | undefined> {
    const { files, screen } = this.#services;
    try {
      return await screen.progress(`Splitting ${basename(file)}`, (tell, signal) => files.split(file, { ...options, signal, onProgress: inPercents(tell) }));
    } catch (fault) {
      if (!(fault instanceof UserError) || fault.code !== 'dataset.split.exists' || options.force) throw fault;
      return (await screen.confirm(fault.message, 'The files of an earlier split, or of somebody else, would be replaced.', 'Replace')) ? this.#write(file, { ...options, force: true }) : undefined;
    }
  }

  /** @param argument without it, the split of a dataset that the user chooses */
  async update(argument: SplitArgument | undefined): Promise<void> {
    const { screen, onSplit, chooseDataset } = this.#services;
    const file = argument ? undefined : await chooseDataset(undefined, 'Assign the new rows of which dataset?');
    const manifest = argument?.manifest ?? (file && manifestOf(file));
    if (manifest === undefined) return;
    const report = await this.#assign(manifest, false);
    if (!report) return;
    onSplit(manifest);
    await screen.tell('information', splitLines(report).join('\n'));
  }

  async #assign(manifest: string, force: boolean): Promise<FileSplit | undefined> {
    const { files, screen } = this.#services;
    try {
      return await screen.progress(`Assigning the new rows of ${basename(manifest)}`, (tell, signal) => files.updateSplit(manifest, { force, signal, onProgress: inPercents(tell) }));
    } catch (fault) {
      if (!(fault instanceof UserError) || fault.code !== 'dataset.split.part-changed' || force) throw fault;
      return (await screen.confirm(fault.message, 'Make the change in the dataset, or keep the part under another name first.', 'Replace')) ? this.#assign(manifest, true) : undefined;
    }
  }

  async verify({ manifest }: SplitArgument): Promise<void> {
    const { files, screen, mayWrite } = this.#services;
    const check = await screen.progress(`Verifying ${basename(manifest)}`, (_, signal) => files.verifySplit(manifest, signal));
    if (!check) return;
    const isGrown = 'added' in check.sourceState && check.sourceState.added > 0;
    const action = await screen.tell(check.isIntact ? 'information' : 'warning', verifyLines(check).join('\n'), isGrown && mayWrite() ? ['Assign New Rows'] : []);
    if (action) await this.update({ manifest });
  }

  async #askShares({ file, rows }: DatasetProfile): Promise<PartShares | undefined> {
    const { screen } = this.#services;
    const chosen = await screen.choose<PartShares | 'other'>({ title: `Split the ${formatQuantity(rows, 'row')} of ${basename(file)}`, placeholder: 'In which shares?' }, [
      ...proposeShares(rows).map((parts, index): Choice<PartShares> => ({ label: sharesText(parts), description: index === 0 ? 'proposed' : '', detail: countsText(parts, rows), value: parts })),
      { label: 'Other Shares…', value: 'other' },
    ]);
    if (chosen !== 'other') return chosen;
    const text = await screen.ask({ title: 'Shares of train, validation and test', prompt: 'In percent, for example 70/15/15, or 90/10 for train and test', placeholder: '80/10/10', fault: (answer) => (parseShares(answer) ? undefined : 'Three numbers (or two) that add up to 100, the first above 0 and below 100') });
    return text === undefined ? undefined : parseShares(text);
  }

  async #askWay({ file, labels }: DatasetProfile): Promise<Way | undefined> {
    const { readRows, screen } = this.#services;
    const [first] = await readRows(file, 1, 1);
    const { findTimeColumn } = await import('../../core/datasets/splits/rowKeys.ts');
    const timeColumn = findTimeColumn(first?.value);
    const choices: Choice<Way>[] = [
      ...(labels ? [{ label: 'By Lot Within Each Label', detail: `Each of the ${formatCount(labels.length)} labels gives its share to every part`, icon: 'symbol-enum', value: { by: 'label' } as Way }] : []),
      { label: 'By Lot', detail: 'Every row has the same chance', icon: 'symbol-numeric', value: { by: 'random' } },
      ...(timeColumn === undefined ? [] : [{ label: 'By Time', detail: `By the column ${quoteBriefly(timeColumn)}: the oldest rows to train, the newest to test, as the model will meet them`, icon: 'calendar', value: { by: 'time', timeColumn } as Way }]),
    ];
    if (choices.length === 1) return choices[0]?.value;
    return screen.choose({ title: `Split ${basename(file)}`, placeholder: 'Which rows go where?' }, choices);
  }

  async #askGroup(file: string): Promise<{ readonly group?: Grouping } | undefined> {
    const { readRows, screen } = this.#services;
    const [first] = await readRows(file, 1, 1);
    const columns = groupColumns(first?.value);
    return screen.choose<{ readonly group?: Grouping }>({ title: `Split ${basename(file)}`, placeholder: 'What must stay together, lest the test flatters the model?' }, [
      { label: 'Rows That Are Equal or Nearly So', description: 'proposed', detail: 'A prompt, or one that hardly differs, is never both trained on and tested', value: {} },
      { label: 'Rows With the Same Prompt', detail: 'Rows that nearly say the same may be in two parts', value: { group: 'prompt' } },
      ...columns.map(({ column, sample }) => ({ label: `Rows With the Same ${quoteBriefly(column)}`, detail: `As of one user or document; the first row has ${sample}`, value: { group: { column } } })),
      { label: 'Nothing', detail: 'Even equal rows may be in two parts', value: { group: 'none' } },
    ] satisfies readonly (Choice<{ readonly group?: Grouping }> | Heading)[]);
  }
}

function manifestOf(file: string): string {
  return join(dirname(file), `${parseDatasetName(file) ? basename(datasetStem(file)) : basename(file)}.split.json`);
}

function inPercents(tell: (message: string) => void): (read: { readonly bytes: number; readonly totalBytes: number }) => void {
  return ({ bytes, totalBytes }) => tell(`${Math.round((totalBytes === 0 ? 1 : bytes / totalBytes) * 100)}%`);
}

/** A test tells a share to ±4.4 points with 500 rows and hardly better with more, so large files can spare less. */
export function proposeShares(rows: number): readonly PartShares[] {
  const even = shares(80, 10, 10);
  const pair = shares(90, 0, 10);
  const large = shares(98, 1, 1);
  const small = shares(70, 15, 15);
  if (rows >= 50_000) return [large, even, pair];
  return rows < 200 ? [small, even, shares(80, 0, 20)] : [even, pair, small];
}

function shares(train: number, validation: number, test: number): PartShares {
  return { train: train / 100, validation: validation / 100, test: test / 100 };
}

/** "70/15/15" or "90/10". */
export function parseShares(text: string): PartShares | undefined {
  const numbers = text.split(/[/,;\s]+/).filter(Boolean).map((part) => Number(part.replace(/%$/, '')));
  const [train = NaN, second = NaN, third] = numbers;
  if (numbers.length < 2 || numbers.length > 3) return undefined;
  const parts = third === undefined ? shares(train, 0, second) : shares(train, second, third);
  const sum = train + second + (third ?? 0);
  return Math.abs(sum - 100) < 1e-6 && train > 0 && train < 100 && second >= 0 && (third ?? 0) >= 0 ? parts : undefined;
}

function sharesText({ train, validation, test }: PartShares): string {
  const percent = (share: number): string => `${Math.round(share * 100)}%`;
  return [`Train ${percent(train)}`, ...(validation > 0 ? [`validation ${percent(validation)}`] : []), ...(test > 0 ? [`test ${percent(test)}`] : [])].join(', ');
}

function countsText({ train, validation, test }: PartShares, rows: number): string {
  return `About ${[train, validation, test].filter((share) => share > 0).map((share) => formatCount(Math.round(share * rows))).join(' + ')} rows`;
}

const GROUP_NAME = /user|author|customer|speaker|account|document|doc|source|session|conversation|thread|group|url|path|file|id$/i;
const COLUMNS_OFFERED = 8;

/** Columns whose names tell that several rows may share a value. */
export function groupColumns(value: unknown): readonly { readonly column: string; readonly sample: string }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const entries = Object.entries(value) as [string, unknown][];
  const inner = entries.find(([name, held]) => name === 'metadata' && typeof held === 'object' && held !== null)?.[1];
  return [...entries, ...Object.entries((inner ?? {})).map(([name, held]): [string, unknown] => [`metadata.${name}`, held])]
    .filter(([name, held]) => GROUP_NAME.test(name) && (typeof held === 'string' || typeof held === 'number'))
    .slice(0, COLUMNS_OFFERED)
    .map(([column, held]) => ({ column, sample: quoteBriefly(String(held)) }));
}
