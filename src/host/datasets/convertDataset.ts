/** Writes a dataset anew in a format that the user chooses by what would be lost. */

import { basename } from 'node:path';
import type { ColumnMapping } from '../../core/datasets/formats/labelledText.ts';
import type { ConversionPreview } from '../../core/datasets/previewConversions.ts';
import { datasetStem } from '../../core/datasets/extensions.ts';
import { UserError } from '../../core/errors.ts';
import { formatList, quoteBriefly } from '../../core/wording/lists.ts';
import { formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import type { FileArgument } from '../../ids.ts';
import type { Screen } from '../screen.ts';
import type { DatasetFiles, ReadRows } from '../services.ts';

export interface ConvertServices {
  readonly files: Pick<DatasetFiles, 'convert' | 'conversions'>;
  readonly readRows: ReadRows;
  readonly screen: Screen;
  readonly chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>;
  readonly openDataset: (file: string) => Promise<void>;
}

/** So many values of a column tell what it holds. */
const SAMPLES = 3;

export class ConvertDataset {
  readonly #services: ConvertServices;

  constructor(services: ConvertServices) {
    this.#services = services;
  }

  async convert(argument: FileArgument | undefined): Promise<void> {
    const { files, screen, chooseDataset, openDataset } = this.#services;
    const file = await chooseDataset(argument, 'Convert which dataset?');
    if (file === undefined) return;
    const name = basename(file);
    const found = await this.#look(file);
    if (!found) return;
    const chosen = await screen.choose<ConversionPreview>(
      { title: `Convert ${name} to which format?`, placeholder: `What would be lost is told from the first ${formatQuantity(found.previews[0]?.tried ?? 0, 'row')}` },
      found.previews.map((preview) => ({ label: preview.title, description: preview.to, detail: previewText(preview), value: preview })),
    );
    if (!chosen) return;
    const out = await screen.saveFile(`Save ${name} as ${chosen.title}`, `${datasetStem(file)}.${chosen.to}.jsonl`);
    if (out === undefined) return;
    const report = await screen.progress(`Converting ${name} to ${chosen.title}`, (tell, signal) =>
      files.convert(file, {
        // The dialog has asked before it gave the name of a file that is there.
        to: chosen.to, out, force: true, signal, ...(found.columns && { columns: found.columns }),
        onProgress: ({ bytes, totalBytes }) => tell(`${Math.round((totalBytes === 0 ? 1 : bytes / totalBytes) * 100)}%`),
      }),
    );
    if (!report) return;
    const { conversionLines } = await import('../../core/datasets/convertText.ts');
    if (report.out !== undefined) await openDataset(report.out);
    await screen.tell(report.written === report.rows ? 'information' : 'warning', conversionLines(report).join('\n'));
  }

  /** What the first rows can become; of a table that nobody recognizes, with the columns that the user names. */
  async #look(file: string): Promise<{ readonly previews: readonly ConversionPreview[]; readonly columns: ColumnMapping | undefined } | undefined> {
    const { files, screen } = this.#services;
    const name = basename(file);
    const preview = (columns: ColumnMapping | undefined): Promise<readonly ConversionPreview[] | undefined> =>
      screen.progress(`Looking at ${name}`, (_, signal) => files.conversions(file, columns, signal));
    const previews = await preview(undefined);
    if (!previews || previews.length > 0) return previews && { previews, columns: undefined };
    const columns = await this.#askColumns(file);
    const mapped = columns && (await preview(columns));
    if (!mapped || mapped.length > 0) return mapped && { previews: mapped, columns };
    throw new UserError('dataset.convert.nothing', `With these columns, none of the first rows of ${name} can be read.`, 'Choose other columns, or look at the findings of the dataset', { place: { file } });
  }

  async #askColumns(file: string): Promise<ColumnMapping | undefined> {
    const { readRows, screen } = this.#services;
    const values = (await readRows(file, 1, SAMPLES)).map(({ value }) => value).filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
    const names = [...new Set(values.flatMap((value) => Object.keys(value as object)))];
    if (names.length < 2) {
      throw new UserError('dataset.convert.unknown', `${basename(file)} is in no format that Tunesmith knows.`, 'Look at its findings: they name the formats', { place: { file } });
    }
    const samples = (column: string): string => values.map((value) => (value as Record<string, unknown>)[column]).filter((value) => value !== undefined && value !== null && value !== '')
      .map((value) => quoteBriefly(typeof value === 'string' ? value : JSON.stringify(value), 50)).join(' · ');
    const ask = (title: string, among: readonly string[]): Promise<string | undefined> =>
      screen.choose({ title, placeholder: `${basename(file)} is in no format that Tunesmith knows: say what its columns are` }, among.map((column) => ({ label: column, detail: samples(column) || 'empty in the first rows', value: column })));
    const text = await ask('Which column has the text or question?', names);
    const label = text === undefined ? undefined : await ask('Which column has the label or answer?', names.filter((column) => column !== text));
    return text === undefined || label === undefined ? undefined : { text, label };
  }
}

/** "Keeps everything" or "Loses ids of tool calls; leaves out 36 of 86 rows: it has no words for tool calls". */
export function previewText({ tried, written, lost, refused }: ConversionPreview): string {
  const losses = lost.length === 0 ? 'keeps everything' : `loses ${formatList(lost)}`;
  const left = tried - written;
  const all = left === 0 ? losses : `${losses}; leaves out ${formatCount(left)} of the first ${formatQuantity(tried, 'row')}${refused === undefined ? '' : `: ${refused}`}`;
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}`;
}
