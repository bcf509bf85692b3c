/** The marks of findings, told apart by their form and not by colour alone. */

import type { FindingView } from '../../src/protocol/datasetPage.ts';
import { el } from '../shared/dom.ts';

type Severity = FindingView['severity'];

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];
const SIGNS: Readonly<Record<Severity, string>> = { error: '✕', warning: '!', info: 'i' };
const NAMES: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', info: 'Note' };

export function severityMark(severity: Severity): HTMLElement {
  return el('span', { class: `severity ${severity}` }, el('span', { 'aria-hidden': 'true' }, SIGNS[severity]), el('span', { class: 'unseen' }, NAMES[severity]));
}

export function worstOf(severities: readonly Severity[]): Severity | undefined {
  return ORDER.find((severity) => severities.includes(severity));
}
