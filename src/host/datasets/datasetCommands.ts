/** The commands about a dataset's rows and findings: open a row, list what was found. */

import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Finding } from '../../core/datasets/finding.ts';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import { parseDatasetName } from '../../core/datasets/extensions.ts';
import { formatQuantity } from '../../core/wording/numbers.ts';
import { Commands, type FileArgument, type RowArgument } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { ReadRows } from '../services.ts';
import type { Screen } from '../screen.ts';
import type { DatasetModel } from './datasetModel.ts';
import { bySeverity, severityIcons } from './datasetText.ts';

/** Larger files never reach an extension: "Files above 50MB cannot be synchronized with extensions." */
export const EDITOR_LIMIT = 50 * 1024 * 1024;

export class DatasetCommands {
  readonly #model: DatasetModel;
  readonly #screen: Screen;
  readonly #chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>;
  readonly #rowUri: (file: string, row: number) => string;
  readonly #readRows: ReadRows;

  constructor(
    model: DatasetModel,
    screen: Screen,
    chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>,
    rowUri: (file: string, row: number) => string,
    readRows: ReadRows,
  ) {
    this.#readRows = readRows;
    this.#model = model;
    this.#screen = screen;
    this.#chooseDataset = chooseDataset;
    this.#rowUri = rowUri;
  }

  register(commands: CommandTable): void {
    commands.register(Commands.openRow, (place) => this.openRow(place));
    commands.register(Commands.showFindings, (file) => this.#showFindings(file));
  }

  async openRow({ file, row, line: known }: RowArgument): Promise<void> {
    const facts = await stat(file).catch((cause: unknown) => {
      throw new UserError('dataset.missing-file', `${basename(file)} is not there any more.`, 'Look where it was moved to.', { cause });
    });
    if (facts.isDirectory()) return this.#openText(file, row);
    const name = parseDatasetName(file);
    const isShownAsText = name !== undefined && name.kind !== 'parquet' && !name.isGzip && facts.size <= EDITOR_LIMIT;
    if (!isShownAsText) return this.#screen.openDocument(this.#rowUri(file, row));
    await this.#screen.openFile(file, known ?? (await this.#readRows(file, row, 1))[0]?.line ?? 1);
  }

  /** Of a folder, each row is a file. */
  async #openText(folder: string, row: number): Promise<void> {
    const [text] = await this.#readRows(folder, row, 1);
    const value = text?.value;
    if (typeof value === 'object' && value !== null && 'path' in value && typeof value.path === 'string') return this.#screen.openFile(join(folder, value.path));
    await this.#screen.openDocument(this.#rowUri(folder, row));
  }

  async #showFindings(argument: FileArgument | undefined): Promise<void> {
    const file = await this.#chooseDataset(argument, 'Show the problems of which dataset?');
    if (file === undefined) return;
    const profile = await this.#screen.progress(`Checking ${basename(file)}`, (report, signal) =>
      this.#model.profile(file, signal, (share) => report(`${Math.round(share * 100)}%`)),
    );
    if (profile) await this.showFindingsOf(profile);
  }

  /** Lists what was found; choosing a finding opens its first row. */
  async showFindingsOf(profile: DatasetProfile): Promise<void> {
    const name = basename(profile.file);
    if (profile.findings.length === 0) {
      await this.#screen.tell('information', `Checked ${formatQuantity(profile.rows, 'row')} of ${name}: nothing found that stands in the way of training.`);
      return;
    }
    const finding = await this.#screen.choose<Finding>(
      { title: `Findings in ${name}`, placeholder: 'Choose one to open its first row' },
      bySeverity(profile.findings).map((one) => ({ label: one.message, detail: one.remedy, icon: severityIcons[one.severity].icon, value: one })),
    );
    if (!finding) return;
    const row = finding.rows[0];
    if (row === undefined) await this.#screen.openFile(profile.file, finding.at?.line);
    else await this.openRow({ file: profile.file, row, ...(finding.at ? { line: finding.at.line } : {}) });
  }
}
