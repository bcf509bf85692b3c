/** Checks a dataset now, for a place to train that the user names. */

import { basename } from 'node:path';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import type { Target } from '../../core/datasets/targets/target.ts';
import { formatCount, formatDuration, formatQuantity } from '../../core/wording/numbers.ts';
import type { FileArgument } from '../../ids.ts';
import type { Choice, Heading, Screen } from '../screen.ts';
import type { DatasetMemory } from './datasetMemory.ts';
import type { DatasetModel } from './datasetModel.ts';

export interface CheckServices {
  readonly model: Pick<DatasetModel, 'recheck' | 'get'>;
  readonly memory: Pick<DatasetMemory, 'targetOf' | 'setTarget'>;
  readonly screen: Screen;
  readonly chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>;
  readonly showFindings: (profile: DatasetProfile) => Promise<void>;
  /** loaded on first use */
  readonly targets: () => Promise<readonly Target[]>;
}

export class CheckDataset {
  readonly #services: CheckServices;

  constructor(services: CheckServices) {
    this.#services = services;
  }

  async check(argument: FileArgument | undefined): Promise<void> {
    const { model, memory, screen, chooseDataset, showFindings, targets } = this.#services;
    const file = await chooseDataset(argument, 'Check which dataset?');
    if (file === undefined) return;
    const last = memory.targetOf(file);
    const target = await screen.choose<Target>({ title: `Check ${basename(file)} for which place to train?`, placeholder: 'Each accepts other rows and lengths' }, targetChoices(await targets(), last));
    if (!target) return;
    await memory.setTarget(file, target.id);
    const profile = await screen.progress(`Checking ${basename(file)} for ${target.title}`, (report, signal) => model.recheck(file, signal, (share) => report(`${Math.round(share * 100)}%`)));
    if (!profile) return;
    const { level, message } = checkedText(profile, target.title);
    const action = await screen.tell(level, message, profile.findings.length > 0 ? ['Show Findings', 'Show Problems'] : []);
    if (action === 'Show Findings') await showFindings(profile);
    else if (action === 'Show Problems') await screen.run('workbench.actions.view.problems');
  }
}

/** The one of the last time first. */
function targetChoices(targets: readonly Target[], last: string | undefined): readonly (Choice<Target> | Heading)[] {
  const choice = (target: Target): Choice<Target> => ({ label: capitalized(target.title), ...(target.note !== undefined && { detail: target.note }), ...(target.id === last && { description: 'as last time' }), value: target });
  const [first, others] = [targets.filter(({ id }) => id === last), targets.filter(({ id }) => id !== last)];
  return first.length === 0 ? others.map(choice) : [...first.map(choice), { heading: 'Others' }, ...others.map(choice)];
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** "Checked 1,003 rows of tickets.jsonl for Bedrock Nova (SFT) in 1.2 s: 2 rules are broken, 1 stands in the way." */
export function checkedText({ file, rows, seconds, findings }: DatasetProfile, title: string): { readonly level: 'information' | 'warning'; readonly message: string } {
  const problems = findings.filter(({ severity }) => severity !== 'info');
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const head = `Checked ${formatQuantity(rows, 'row')} of ${basename(file)} for ${title} in ${formatDuration(seconds)}`;
  if (problems.length === 0) return { level: 'information', message: `${head}: nothing stands in the way.` };
  const warnings = problems.length - errors;
  const parts = [...(errors > 0 ? [formatQuantity(errors, 'error')] : []), ...(warnings > 0 ? [formatQuantity(warnings, 'warning')] : [])];
  const first = problems.find(({ severity }) => severity === 'error') ?? problems[0];
  return { level: 'warning', message: `${head}: ${parts.join(', ')}. ${first?.message ?? ''}${problems.length > 1 ? ` (and ${formatCount(problems.length - 1)} more)` : ''}` };
}
