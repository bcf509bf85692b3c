/** What was found, worst first: each finding is a button that shows only its rows. */

import type { FindingView } from '../../src/protocol/datasetPage.ts';
import { el, setText, show } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';
import { severityMark } from './severity.ts';

export interface FindingsView {
  readonly element: HTMLElement;
  update(findings: readonly FindingView[], chosen: string | undefined, isDone: boolean): void;
}

/**
 * @param onChoose a finding's code; undefined when the one that is chosen is chosen again
 * @param onRepair the code of a finding that a program can mend
 */
export function findingsView(onChoose: (code: string | undefined) => void, onRepair: (code: string) => void): FindingsView {
  const list = el('ul', { class: 'findings' });
  const none = el('p', { class: 'quiet' });
  const element = el('section', { 'aria-label': 'Findings' }, el('h2', {}, 'Findings'), none, list);
  let shown = '';
  return {
    element,
    update: (findings, chosen, isDone) => {
      setText(none, isDone ? 'Nothing found that stands in the way of training.' : 'Nothing found so far.');
      show(none, findings.length === 0);
      show(list, findings.length > 0);
      const key = JSON.stringify([findings, chosen, isDone]);
      if (key === shown) return;
      shown = key;
      const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['code'] : undefined;
      list.replaceChildren(...findings.map((finding) => item(finding, finding.code === chosen, isDone)));
      if (focused !== undefined) [...list.querySelectorAll('button')].find(({ dataset }) => dataset['code'] === focused)?.focus();
    },
  };

  function item({ code, severity, message, remedy, count, hasRows, canRepair }: FindingView, isChosen: boolean, isDone: boolean): HTMLElement {
    // While rows are still read, there may be more.
    const number = `${formatCount(count)}${isDone ? '' : '+'}`;
    const content = [
      severityMark(severity),
      el('span', { class: 'message' }, el('span', {}, message), el('span', { class: 'remedy' }, remedy)),
      hasRows ? el('span', { class: 'count', title: `${number} rows` }, number) : undefined,
    ];
    const repair = canRepair && isDone ? repairButton(code, message) : undefined;
    if (!hasRows) return el('li', {}, el('div', { class: 'finding', title: `${remedy}\n${code}` }, ...content), repair);
    const button = el('button', { class: 'finding', title: `${remedy}\n${code}`, 'aria-pressed': String(isChosen) }, ...content);
    button.type = 'button';
    button.dataset['code'] = code;
    button.addEventListener('click', () => onChoose(isChosen ? undefined : code));
    return el('li', {}, button, repair);
  }

  function repairButton(code: string, message: string): HTMLElement {
    const button = el('button', { class: 'link', title: 'You see every change before anything is written', 'aria-label': `Repair: ${message}` }, 'Repair…');
    button.type = 'button';
    button.addEventListener('click', () => onRepair(code));
    return button;
  }
}
