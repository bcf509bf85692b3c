/** Above the table: the search, the way to a row, and how many rows are shown. */

import type { RowFilter, TableView } from '../../src/protocol/datasetPage.ts';
import { el, setText, show } from '../shared/dom.ts';
import { button, textField } from '../shared/ui.ts';

/** A pause in typing. */
const PAUSE_MS = 250;

export interface Toolbar {
  readonly element: HTMLElement;
  readonly filter: RowFilter;
  setRowWord(rowWord: string): void;
  update(view: TableView): void;
  /** Searches within the rows of a finding, or all. */
  choose(code: string | undefined): void;
  focus(): void;
}

export function toolbar(onFilter: (filter: RowFilter) => void, onGoTo: (row: number) => void): Toolbar {
  let code: string | undefined;
  let isPattern = false;
  let timer = 0;
  const search = textField('Search rows', { placeholder: 'Search', onInput: later, onEnter: now });
  search.element.classList.add('search');
  const pattern = el('button', { class: 'toggle', title: 'Use a regular expression', 'aria-label': 'Use a regular expression', 'aria-pressed': 'false' }, '.*');
  pattern.type = 'button';
  pattern.addEventListener('click', () => {
    setPattern(!isPattern);
    if (search.value !== '') now();
  });
  const place = textField('Go to row', {
    placeholder: 'Go to row',
    onEnter: () => {
      const row = Number(place.value.replaceAll(/[\s,._]/g, ''));
      if (place.value.trim() !== '' && Number.isFinite(row)) onGoTo(row);
    },
  });
  place.element.classList.add('place');
  const clear = button('Show All', () => {
    code = undefined;
    search.value = '';
    now();
  }, { help: 'Shows all rows again' });
  const count = el('span', { class: 'shown', role: 'status' });
  const element = el('div', { class: 'row toolbar', role: 'search' }, el('div', { class: 'searching' }, search.element, pattern), place.element, clear.element, count);

  function setPattern(next: boolean): void {
    isPattern = next;
    pattern.setAttribute('aria-pressed', String(next));
  }

  function later(): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(now, PAUSE_MS);
  }

  function now(): void {
    window.clearTimeout(timer);
    onFilter({ code, text: search.value, isPattern });
  }

  return {
    element,
    get filter() {
      return { code, text: search.value, isPattern };
    },
    setRowWord: (rowWord) => {
      const label = `Go to ${rowWord.toLowerCase()}`;
      place.element.setAttribute('placeholder', label);
      place.element.setAttribute('aria-label', label);
    },
    update: ({ filter, text, isFault }) => {
      code = filter.code;
      // Not while it is typed into: what comes is of a moment ago.
      if (!element.contains(document.activeElement)) {
        search.value = filter.text;
        setPattern(filter.isPattern);
      }
      setText(count, text);
      count.classList.toggle('fault', isFault);
      show(clear.element, filter.code !== undefined || filter.text !== '');
    },
    choose: (next) => {
      code = next;
      now();
    },
    focus: () => search.focus(),
  };
}
