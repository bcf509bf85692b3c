/** "Fine-Tune on This Dataset": inspect, show what was found and what is proposed, write the recipe, launch. */

import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { datasetStem } from '../../core/datasets/extensions.ts';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import { BASE_MODEL_LABEL, STARTER } from '../../core/recipes/models.ts';
import { formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import type { Job } from '../../core/jobs/job.ts';
import { blocker, bySeverity, formatHelp, formatNames, labelText, severityIcons } from '../datasets/datasetText.ts';
import type { Choice, Heading, Screen } from '../screen.ts';
import type { RecipePort, ShownProposal } from './recipePort.ts';

export interface FineTuneServices {
  readonly screen: Screen;
  readonly recipes: RecipePort;
  readonly profile: (file: string, signal: AbortSignal, onShare: (share: number) => void) => Promise<DatasetProfile>;
  readonly showFindings: (profile: DatasetProfile) => Promise<void>;
  /** @returns undefined when the user gave up */
  readonly launch: (recipeFile: string) => Promise<Job | undefined>;
  /** @returns what a recipe calls it; undefined to leave it as it is */
  readonly chooseBase: (current: string) => Promise<string | undefined>;
}

interface Shown {
  readonly proposal: ShownProposal;
  readonly baseModel: string;
}

type Answer = 'start' | 'start-existing' | 'recipe' | 'findings' | 'model';

export class FineTuneManager {
  readonly #services: FineTuneServices;

  constructor(services: FineTuneServices) {
    this.#services = services;
  }

  /** @returns the job launched, or undefined when the user chose something else */
  async run(file: string): Promise<Job | undefined> {
    const { screen, recipes, chooseBase } = this.#services;
    const found = await screen.progress(`Checking ${basename(file)}`, async (report, signal) => {
      const profile = await this.#services.profile(file, signal, (share) => report(`${Math.round(share * 100)}%`));
      if (blocker(profile)) return { profile, proposal: undefined };
      report('Choosing settings');
      return { profile, proposal: await recipes.propose(profile, dirname(file), STARTER, signal) };
    });
    if (!found) return undefined;
    const { profile } = found;
    if (!found.proposal) {
      await this.#refuse(profile);
      return undefined;
    }
    for (let shown: Shown = { proposal: found.proposal, baseModel: STARTER }; ; ) {
      const { proposal, baseModel } = shown;
      const existing = await existingRecipe(file);
      // A recipe that says the same is used again; one that says something else is the user's, and kept.
      const isSame = existing?.text === proposal.text;
      const kept = existing && !isSame ? existing.file : undefined;
      const write = (): Promise<string> => (existing && isSame ? Promise.resolve(existing.file) : recipes.write(file, proposal.text));
      const answer = await screen.choose<Answer>(
        { title: `Fine-Tune on ${basename(file)}`, placeholder: 'Press Enter to start, or choose what to do' },
        review(profile, proposal, kept),
      );
      switch (answer) {
        case undefined:
          return undefined;
        case 'findings':
          await this.#services.showFindings(profile);
          return undefined;
        case 'recipe':
          await screen.openFile(await write());
          return undefined;
        case 'start-existing':
          return kept === undefined ? undefined : this.#services.launch(kept);
        case 'start':
          return this.#services.launch(await write());
        case 'model':
          // Whoever changes nothing is back where the question was.
          shown = (await this.#propose(profile, file, await chooseBase(baseModel))) ?? shown;
      }
    }
  }

  async #propose(profile: DatasetProfile, file: string, baseModel: string | undefined): Promise<Shown | undefined> {
    if (baseModel === undefined) return undefined;
    const { screen, recipes } = this.#services;
    const proposal = await screen.progress('Choosing settings', (_, signal) => recipes.propose(profile, dirname(file), baseModel, signal));
    return proposal && { proposal, baseModel };
  }

  /** Nothing can be trained on: the findings, each a way to its row, instead of a message that goes away. */
  async #refuse(profile: DatasetProfile): Promise<void> {
    const reason = blocker(profile);
    const findings = profile.findings.length > 0 ? profile : { ...profile, findings: reason ? [reason] : [] };
    await this.#services.showFindings(findings);
  }
}

/** The rows of the review: what to do first, then what was found, then what is proposed with its reasons. */
export function review(profile: DatasetProfile, proposal: ShownProposal, kept: string | undefined): (Choice<Answer> | Heading)[] {
  const problems = bySeverity(profile.findings);
  const worst = problems[0];
  const rows: (Choice<Answer> | Heading)[] = [
    { label: 'Start Fine-Tuning', icon: 'play', description: `time: ${proposal.time}`, detail: 'Writes a recipe beside the dataset and trains on this machine.', value: 'start' },
  ];
  if (kept !== undefined) rows.push({ label: `Start With Your ${basename(kept)}`, icon: 'play-circle', detail: 'Trains with the settings of the recipe that is there already.', value: 'start-existing' });
  rows.push({ label: 'Open the Recipe', icon: 'edit', detail: 'Writes it beside the dataset and opens it. Nothing is started.', value: 'recipe' });
  if (worst) {
    rows.push({
      label: `Show ${formatQuantity(problems.length, 'Finding')}`,
      icon: severityIcons[worst.severity].icon,
      detail: worst.message,
      value: 'findings',
    });
  }
  for (const doubt of proposal.doubts) rows.push({ label: doubt, icon: 'question' });
  rows.push({ heading: 'What was found' });
  if (profile.format !== undefined) rows.push({ label: `Format: ${formatNames[profile.format]}`, icon: 'list-tree', detail: formatHelp[profile.format] });
  rows.push({ label: rowsText(profile), icon: 'list-ordered', ...(labelText(profile) ? { detail: labelText(profile) } : {}) });
  rows.push({ heading: 'What is proposed, and why' });
  rows.push({ label: `Time: ${proposal.time}`, icon: 'watch', detail: proposal.timeReason });
  for (const { label, value, reason } of proposal.settings) {
    const isModel = label === BASE_MODEL_LABEL;
    rows.push({
      label: `${label}: ${value}`, icon: isModel ? 'package' : 'settings', detail: isModel ? `${reason} Choose this line for another one.` : reason,
      ...(isModel ? { value: 'model' } : {}),
    });
  }
  return rows;
}

function rowsText({ rows, usableRows }: DatasetProfile): string {
  if (rows === usableRows) return `${formatQuantity(rows, 'row')}, all can be trained on`;
  return `${formatQuantity(rows, 'row')}, ${formatCount(usableRows)} can be trained on`;
}

async function existingRecipe(dataset: string): Promise<{ readonly file: string; readonly text: string } | undefined> {
  const file = `${datasetStem(dataset)}.tune.yaml`;
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch {
    return undefined;
  }
}
