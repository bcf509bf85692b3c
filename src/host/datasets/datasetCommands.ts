/** The commands about a dataset's rows and findings: open a row, list what was found. */

import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { DatasetProfile, Finding } from '../../core/datasets/example.ts';
import { formatBytes, formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import { Commands, type FileArgument, type RowArgument } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { Screen } from '../screen.ts';
import type { DatasetModel } from './datasetModel.ts';
import { bySeverity, severityIcons } from './datasetText.ts';
import { csvLineOfRow } from './rowPlace.ts';

/** Larger files never reach an extension: "Files above 50MB cannot be synchronized with extensions." */
const EDITOR_LIMIT = 50 * 1024 * 1024;

export class DatasetCommands {
  readonly #model: DatasetModel;
  readonly #screen: Screen;
  readonly #chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>;
  readonly #rowUri: (file: string, row: number) => string;

  constructor(
    model: DatasetModel,
    screen: Screen,
    chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>,
    rowUri: (file: string, row: number) => string,
  ) {
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
    const { size } = await stat(file).catch((cause: unknown) => {
      throw new UserError('dataset.missing-file', `${basename(file)} is not there any more.`, 'Look where it was moved to.', { cause });
    });
    const isCsv = /\.[ct]sv$/i.test(file);
    if (size <= EDITOR_LIMIT) {
      const line = known ?? (isCsv ? csvLineOfRow(await readFile(file, 'utf8'), row) : row);
      return this.#screen.openFile(file, line ?? 1);
    }
    if (isCsv) {
      throw new UserError(
        'dataset.too-large-to-open',
        `${basename(file)} is ${formatBytes(size)}: VS Code does not let extensions open files above 50 MB, so row ${formatCount(row)} cannot be shown.`,
        'Open the file outside the editor.',
      );
    }
    await this.#screen.openDocument(this.#rowUri(file, row));
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
