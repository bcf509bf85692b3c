/** How a dataset is marked in the explorer. Pure. */

import type { Finding, Severity } from '../../core/datasets/finding.ts';
import { formatQuantity } from '../../core/wording/numbers.ts';
import { worst } from './datasetText.ts';

export interface Decoration {
  /** at most two characters */
  readonly badge: string;
  readonly severity: Severity;
  readonly tooltip: string;
}

const MOST = 9;

/** The number of findings as bad as the worst; nothing where there are only remarks. */
export function decorationOf(findings: readonly Finding[]): Decoration | undefined {
  const severity = worst(findings);
  if (severity === undefined || severity === 'info') return undefined;
  const alike = findings.filter((finding) => finding.severity === severity).length;
  return { badge: alike > MOST ? `${MOST}+` : `${alike}`, severity, tooltip: `${formatQuantity(alike, severity)} in its rows` };
}
