/** What a model looks like in words. Pure. */

import type { ModelEntry } from '../../core/jobs/jobClient.ts';
import { formatBytes, formatPercent } from '../../core/wording/numbers.ts';
import { baseName } from '../jobs/jobText.ts';

/** @param accuracy share of held-out rows that a tuned model got right */
export function modelDescription(entry: ModelEntry, accuracy: number | undefined): string {
  const parts = [formatBytes(entry.bytes)];
  if (entry.baseModel !== undefined) parts.unshift(`from ${baseName(entry.baseModel)}`);
  if (accuracy !== undefined) parts.push(`${formatPercent(accuracy)} right on held-out rows`);
  return parts.join(' · ');
}
