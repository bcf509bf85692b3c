/** Says what a redaction could not look into, lest a file be passed on as clean that is not. */

import { formatQuantity } from '../../wording/numbers.ts';
import type { RepairReport } from './repairFile.ts';
import { REDACTIONS, type RepairId } from './table.ts';

/** @param asked all repairs that were asked for @returns undefined where every row was read, or nothing was to be redacted */
export function unreadText({ unread }: Pick<RepairReport, 'unread'>, asked: readonly RepairId[]): string | undefined {
  if (unread === 0 || !asked.some((id) => REDACTIONS.includes(id))) return undefined;
  return `${formatQuantity(unread, 'row')} cannot be read and ${unread === 1 ? 'stays as it is' : 'stay as they are'}, with any secret or personal data.`;
}
