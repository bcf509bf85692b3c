/** The command that finds what is wrong with a dataset, for people and for a build that should fail. */

import { resolve } from 'node:path';

import type { Finding, Severity } from '../core/datasets/finding.ts';
import type { TargetId } from '../core/datasets/targets/target.ts';
import { formatList } from '../core/wording/lists.ts';
import { formatDuration, formatQuantity } from '../core/wording/numbers.ts';
import { EXIT } from './exitCodes.ts';
import { headline, inspectFile, tokenizerOf, type ModelOption } from './inspectFile.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions extends JsonOption, ModelOption {
  readonly for?: TargetId;
  readonly heldOut?: string;
  /** files that models are compared by */
  readonly eval?: readonly string[];
  readonly maxTokens?: number;
  /** without near repetition and tokens */
  readonly quick?: boolean;
  readonly strict?: boolean;
}

type Counts = Readonly<Record<Severity, number>>;

/** @returns `failed` when there is an error, `warnings` when there is a warning and `strict` asks for none */
export async function checkDataset(services: Pick<Services, 'terminal' | 'interrupts' | 'client'>, file: string, options: CheckOptions): Promise<number> {
  const { terminal } = services;
  const { for: target, heldOut, eval: evalSets, maxTokens, quick, strict, json } = options;
  const profile = await inspectFile(services, file, {
    ...(target && { target }), ...(heldOut !== undefined && { heldOut: resolve(heldOut) }), ...(evalSets && { evalSets: evalSets.map((set) => resolve(set)) }),
    ...(maxTokens !== undefined && { maxTokens }), ...(quick && { depth: 'structural' }), ...(await tokenizerOf(services, options.model)),
  });
  if (!profile) return EXIT.interrupted;
  const { findings, seconds } = profile;
  const counts = countBySeverity(findings);
  if (json) terminal.json({ ...profile, counts });
  else {
    terminal.print([headline(profile), `Checked in ${formatDuration(seconds)}: ${describeCounts(counts)}.`, ...findings.flatMap((finding) => ['', ...findingLines(finding, terminal)])].join('\n'));
  }
  if (counts.error > 0) return EXIT.failed;
  return strict && counts.warning > 0 ? EXIT.warnings : EXIT.ok;
}

export function countBySeverity(findings: readonly Finding[]): Counts {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

export function describeCounts({ error, warning, info }: Counts): string {
  const said = [
    ...(error > 0 ? [formatQuantity(error, 'error')] : []), ...(warning > 0 ? [formatQuantity(warning, 'warning')] : []), ...(info > 0 ? [formatQuantity(info, 'remark')] : []),
  ];
  return said.length === 0 ? 'nothing found' : formatList(said);
}

const WORDS: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', info: 'Remark' };

function findingLines({ severity, message, remedy, code }: Finding, terminal: Pick<Terminal, 'bold'>): readonly string[] {
  return [`${terminal.bold(WORDS[severity])}  ${message}`, `  ${remedy}.  [${code}]`];
}
