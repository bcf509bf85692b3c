/** Repairs a dataset with the user: which repairs, the difference to look at, and then a copy, the file itself, or nothing. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import { repairOf, REPAIRS, repairsFor, REDACTIONS, type RepairId } from '../../core/datasets/repair/table.ts';
import { repairedName } from '../../core/datasets/repair/names.ts';
import { unreadText } from '../../core/datasets/repair/unread.ts';
import type { RepairReport } from '../../core/datasets/repair/repairFile.ts';
import { formatList } from '../../core/wording/lists.ts';
import { formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import { Commands, type FileArgument, type RepairArgument } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { Choice, Screen } from '../screen.ts';

/** Writes a repaired version into a file that is not there yet. */
export type RepairDataset = (file: string, repairs: readonly RepairId[], out: string, signal: AbortSignal, onShare: (share: number) => void) => Promise<RepairReport>;

/** A repaired version that waits for its reader. */
export type StagedReport = RepairReport & { readonly out: string; readonly manifest: string };

export interface RepairServices {
  readonly screen: Screen;
  readonly chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>;
  readonly profile: (file: string, signal: AbortSignal, onShare: (share: number) => void) => Promise<DatasetProfile>;
  readonly repair: RepairDataset;
  /** Saves what is edited and not yet on the disk. */
  readonly save: (file: string) => Promise<void>;
  /** Shows the file and its repaired version beside each other. */
  readonly showDiff: (report: StagedReport) => Promise<Review>;
}

export type Decision = 'save' | 'replace' | 'discard';

/** A difference that somebody looks at. */
export interface Review {
  /** What is chosen next above the difference; closing it is to discard. */
  next(): Promise<Decision>;
  close(): Promise<void>;
}

export class RepairManager {
  readonly #services: RepairServices;

  constructor(services: RepairServices) {
    this.#services = services;
  }

  register(commands: CommandTable): void {
    commands.register(Commands.repairDataset, (argument) => this.repair(argument));
    commands.register(Commands.redactDataset, (argument) => this.redact(argument));
  }

  async repair(argument: RepairArgument | undefined): Promise<void> {
    const file = await this.#services.chooseDataset(argument, 'Repair which dataset?');
    if (file === undefined) return;
    const asked = argument && 'repairs' in argument ? REPAIRS.map(({ id }) => id).filter((id) => argument.repairs?.includes(id)) : [];
    const code = argument && 'finding' in argument ? argument.finding?.code : undefined;
    const repairs = asked.length > 0 ? asked : await this.#choose(file, code);
    if (repairs) await this.#review(file, repairs);
  }

  async redact(argument: FileArgument | undefined): Promise<void> {
    const file = await this.#services.chooseDataset(argument, 'Redact which dataset?');
    if (file !== undefined) await this.#review(file, REDACTIONS);
  }

  /** @param code of the only rule whose findings are to be mended */
  async #choose(file: string, code: string | undefined): Promise<readonly RepairId[] | undefined> {
    const { screen, profile } = this.#services;
    const known = await screen.progress(`Checking ${basename(file)}`, (report, signal) => profile(file, signal, (share) => report(`${Math.round(share * 100)}%`)));
    if (!known) return undefined;
    const choices = repairChoices({ findings: known.findings.filter((finding) => code === undefined || finding.code === code) });
    if (choices.length === 0) {
      const what = known.findings.length === 0 ? 'Nothing was found' : 'None of the findings can be mended by a program';
      await screen.tell('information', `${what} in ${formatQuantity(known.rows, 'row')} of ${basename(file)}.`);
      return undefined;
    }
    return screen.choose({ title: `Repair ${basename(file)}`, placeholder: 'You see every change before anything is written' }, choices);
  }

  async #review(file: string, repairs: readonly RepairId[]): Promise<void> {
    const { screen, repair, save, showDiff } = this.#services;
    await save(file);
    let afterwards: (() => Promise<void>) | undefined;
    const folder = await mkdtemp(join(tmpdir(), 'tunesmith-repair-'));
    try {
      const copy = repairedName(file);
      const report = await screen.progress(`Repairing ${basename(file)}`, (tell, signal) =>
        repair(file, repairs, join(folder, basename(copy)), signal, (share) => tell(`${Math.round(share * 100)}%`)));
      if (!report) return;
      const unread = unreadText(report, repairs);
      if (!isStaged(report)) {
        const nothing = `There is nothing to repair in ${formatQuantity(report.rows, 'row')} of ${basename(file)}.`;
        await screen.tell(unread === undefined ? 'information' : 'warning', unread === undefined ? nothing : `${nothing} ${unread}`);
        return;
      }
      const review = await showDiff(report);
      try {
        afterwards = await this.#takeOver(report, copy, review, unread);
      } finally {
        await review.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await afterwards?.();
  }

  /** @param unread what could not be redacted @returns what is said when the difference is closed */
  async #takeOver(report: StagedReport, copy: string, review: Review, unread: string | undefined): Promise<(() => Promise<void>) | undefined> {
    const { screen } = this.#services;
    const { file } = report;
    // Rows of Parquet are written as JSON Lines, which is another file.
    const canReplace = basename(copy).endsWith(file.slice(file.lastIndexOf('.')));
    const title = [unread, reviewText(report, canReplace)].filter((one) => one !== undefined).join(' ');
    for (;;) {
      // It stays as long as the difference is read, and to cancel it is to discard.
      const answer = await screen.progress(title, (_report, signal) => Promise.race([review.next(), aborted(signal)]));
      if (answer === 'save') return this.#saveCopy(report, copy);
      if (answer !== 'replace' || !canReplace) return undefined;
      const detail = `The original is kept beside it as ${basename(file)}.original, with a number if there is one already.`;
      if (await screen.confirm(`Replace ${basename(file)} by its repaired version?`, detail, 'Replace')) return this.#replace(report);
    }
  }

  async #saveCopy(report: StagedReport, copy: string): Promise<() => Promise<void>> {
    const { screen } = this.#services;
    const { saveCopy } = await import('../../core/datasets/repair/keepRepair.ts');
    const { out, manifest } = await saveCopy(report, copy);
    const said = `Saved ${formatQuantity(report.written, 'row')} as ${basename(out)}. What became of which row is in ${basename(manifest)}.`;
    return async () => {
      if (await screen.tell('information', said, ['Open'])) await screen.openFile(out);
    };
  }

  async #replace({ file, out, manifest }: StagedReport): Promise<() => Promise<void>> {
    const { screen } = this.#services;
    const { replaceOriginal, undoReplace } = await import('../../core/datasets/repair/keepRepair.ts');
    const { backup } = await replaceOriginal({ out, manifest }, file);
    return async () => {
      const undo = await screen.tell('information', `Replaced ${basename(file)}. The original is now ${basename(backup)} in ${basename(dirname(file))}.`, ['Undo']);
      if (undo === undefined) return;
      await undoReplace(file, backup);
      await screen.tell('information', `${basename(file)} is the original again.`);
    };
  }
}

function isStaged(report: RepairReport): report is StagedReport {
  return report.out !== undefined && report.manifest !== undefined;
}

/** All safe ones first where there are several, then each that a finding asks for. */
export function repairChoices({ findings }: Pick<DatasetProfile, 'findings'>): readonly Choice<readonly RepairId[]>[] {
  const asked = REPAIRS.filter(({ id }) => findings.some(({ code }) => repairsFor(code)?.includes(id)));
  const safe = asked.filter(({ isSafe }) => isSafe);
  const all: Choice<readonly RepairId[]>[] = safe.length === 0 ? []
    : [{ label: 'All Safe Repairs', detail: `${formatList(safe.map(({ title }) => title))}.`, description: 'no row and no word is lost', icon: 'check-all', value: safe.map(({ id }) => id) }];
  return [
    ...all,
    ...asked.map(({ id, title, does, isSafe, mends }): Choice<readonly RepairId[]> => {
      const rows = Math.max(...findings.filter(({ code }) => mends.includes(code)).map(({ count }) => count));
      return { label: title, description: `${formatQuantity(rows, 'row')} found${isSafe ? ' · safe' : ''}`, detail: does, icon: isSafe ? 'wrench' : 'trash', value: [id] };
    }),
  ];
}

/** "tickets.jsonl: 3 changed and 1 removed of 48 rows. …" */
function reviewText({ file, rows, changed, dropped, repairs }: RepairReport, canReplace: boolean): string {
  const done = [...(changed > 0 ? [`${formatCount(changed)} changed`] : []), ...(dropped > 0 ? [`${formatCount(dropped)} removed`] : [])];
  const what = done.length === 0 ? formatList(repairs.map(({ id }) => repairOf(id).title.toLowerCase())) : `${formatList(done)} of ${formatQuantity(rows, 'row')}`;
  return `${basename(file)}: ${what}. Nothing is written until you choose above the difference: ${formatList(['save a copy', ...(canReplace ? ['replace the file'] : []), 'discard'], 'or')}`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
