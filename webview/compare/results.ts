/** The held-out results: verdict, filter, and a table with the rows where the models differ first. */

import type { HeldOutCase, HeldOutResults } from '../../src/protocol/comparePage.ts';
import { el, setText, show, table } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';
import { button, dropdown } from '../shared/ui.ts';
import { type CaseFilter, filterCases, filterOptions } from './cases.ts';

/** Rows drawn at once; a long table is asked for, not scrolled into. */
const PAGE = 100;

export interface ResultsView {
  readonly element: HTMLElement;
  readonly heading: HTMLElement;
  update(results: HeldOutResults | undefined): void;
}

export function resultsView(): ResultsView {
  let cases: readonly HeldOutCase[] = [];
  let filter: CaseFilter = 'all';
  let shown = PAGE;

  const heading = el('h2', { tabindex: '-1' }, 'Held-out rows');
  const verdict = el('p', { class: 'notice' });
  const none = el('p', { class: 'quiet' }, 'No held-out results for these models. A job compares base and tuned model when its recipe has a validation file or a split.');
  const rows = table('Held-out rows with the expected answer and those of both models', ['Row', 'Prompt', 'Expected', 'Base', 'Tuned']);
  const counted = el('p', { class: 'quiet', role: 'status' });
  const choice = dropdown('Show', (value) => {
    filter = value as CaseFilter;
    shown = PAGE;
    draw();
  });
  const more = button('Show More Rows', () => {
    shown += PAGE;
    draw();
  });
  const body = el('div', {}, choice.element, counted, el('div', { class: 'scroller' }, rows.element), more.element);
  const element = el('section', { class: 'results', 'aria-label': 'Held-out results' }, heading, verdict, none, body);

  function draw(): void {
    const fitting = filterCases(cases, filter);
    rows.fill(fitting.slice(0, shown).map(caseRow));
    setText(counted, fitting.length === 0 ? 'No row of this kind.' : `${formatCount(Math.min(shown, fitting.length))} of ${formatCount(fitting.length)} rows, those first where the tuned model broke or fixed an answer.`);
    show(rows.element, fitting.length > 0);
    show(more.element, fitting.length > shown);
  }

  return {
    element,
    heading,
    update: (results) => {
      cases = results?.cases ?? [];
      show(body, cases.length > 0);
      show(none, results === undefined);
      show(verdict, results !== undefined);
      if (!results) return;
      showVerdict(verdict, results);
      choice.set(filterOptions(cases), filter);
      draw();
    },
  };
}

/** The sentence that says what came out, on top of the page and of its rows. */
export function showVerdict(element: HTMLElement, { sentence, verdict }: HeldOutResults): void {
  element.className = `notice ${verdict === 'better' ? 'good' : verdict === 'worse' ? 'bad' : ''}`;
  setText(element, sentence);
}

function caseRow(one: HeldOutCase): HTMLTableRowElement {
  return el(
    'tr',
    {},
    el('td', {}, formatCount(one.row)),
    el('td', { class: 'text' }, one.prompt),
    el('td', { class: 'text' }, one.expected),
    answerCell(one.base, one.baseCorrect),
    answerCell(one.tuned, one.tunedCorrect),
  );
}

function answerCell(text: string, isCorrect: boolean): HTMLTableCellElement {
  const mark = el('span', { class: isCorrect ? 'right' : 'wrong', role: 'img', 'aria-label': isCorrect ? 'right' : 'wrong' }, isCorrect ? '✓' : '✕');
  return el('td', { class: 'text' }, mark, ' ', text === '' ? '(no answer)' : text);
}
