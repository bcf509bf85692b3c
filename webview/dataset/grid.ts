/** A table of any number of rows: only those in view are elements, a scroll bar stands for all. */

import type { FindingView, TableLine, TableView } from '../../src/protocol/datasetPage.ts';
import { el, setText, show } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';
import { LineCache, type FetchLines } from './lineCache.ts';
import { clampTop, isExact, rowAfterKey, rowsInView, scrollHeight, scrollTopAt, topAt, topToShow, type ScrollSize } from './scroll.ts';
import { severityMark, worstOf } from './severity.ts';

const ROW_HEIGHT = 26;
/** Rows beside those in view, so that small movements find them there. */
const AROUND = 8;

export interface GridOptions {
  readonly fetch: FetchLines;
  /** a row is chosen: to be looked at, or because the keyboard is on it */
  readonly onChoose: (row: number, isOpened: boolean) => void;
  readonly onMove: (index: number) => void;
}

export interface Grid {
  readonly element: HTMLElement;
  setWords(rowWord: string, findings: readonly FindingView[]): void;
  show(view: TableView): void;
  /** Brings a line into view and puts the keyboard on it. */
  goTo(index: number, isFocused: boolean): void;
  readonly active: number;
  focus(): void;
}

interface RowElement {
  readonly element: HTMLElement;
  readonly cells: readonly HTMLElement[];
}

export function grid({ fetch, onChoose, onMove }: GridOptions): Grid {
  let view: TableView = { id: -1, filter: { code: undefined, text: '', isPattern: false }, count: 0, isBusy: false, text: '', isFault: false };
  let severities = new Map<string, FindingView>();
  let top = 0;
  let active = 0;
  let hasPairs = false;
  let frame = 0;
  /** what was set from here, which the scroll event that follows must not take for the user's */
  let ownScroll = -1;

  const heads = ['Row', '', 'Prompt', 'Answer', 'Worse answer'].map((text) => el('div', { role: 'columnheader' }, text));
  const head = el('div', { role: 'row', class: 'line head', 'aria-rowindex': '1' }, ...heads);
  const layer = el('div', { role: 'rowgroup', class: 'layer' });
  const spacer = el('div', { role: 'presentation', class: 'spacer' });
  const element = el('div', { class: 'grid', role: 'grid', tabindex: '0', 'aria-label': 'Rows of the dataset', 'aria-readonly': 'true', 'aria-colcount': '5' },
    el('div', { role: 'rowgroup', class: 'heads' }, head), layer, spacer);
  const empty = el('p', { class: 'empty quiet' });
  const frameElement = el('div', { class: 'frame' }, element, empty);
  const pool: RowElement[] = [];
  const cache = new LineCache(fetch, () => draw());
  heads[1]?.append(el('span', { class: 'unseen' }, 'Findings'));

  const size = (): ScrollSize => ({ count: view.count, rowHeight: ROW_HEIGHT, height: Math.max(ROW_HEIGHT, element.clientHeight - head.offsetHeight) });

  function moveTo(next: number): void {
    top = clampTop(next, size());
    ownScroll = Math.round(scrollTopAt(top, size()));
    element.scrollTop = ownScroll;
    draw();
  }

  element.addEventListener('scroll', () => {
    if (Math.abs(element.scrollTop - ownScroll) < 1) return;
    ownScroll = -1;
    top = topAt(element.scrollTop, size());
    draw();
  });
  // Where a pixel of the scroll bar is many rows, the wheel still moves by pixels.
  element.addEventListener('wheel', (event) => {
    if (isExact(size()) || event.ctrlKey) return;
    event.preventDefault();
    moveTo(top + (event.deltaMode === 1 ? event.deltaY * ROW_HEIGHT : event.deltaY));
  }, { passive: false });
  new ResizeObserver(() => moveTo(top)).observe(element);

  element.addEventListener('keydown', (event) => {
    if (event.altKey || event.metaKey || event.target !== element) return;
    if (event.key === 'Enter' || event.key === ' ') choose(active, true);
    else {
      const next = rowAfterKey(event.key, active, size());
      if (next === undefined) return;
      setActive(next);
    }
    event.preventDefault();
  });
  layer.addEventListener('click', (event) => {
    const index = Number((event.target as HTMLElement).closest<HTMLElement>('.line')?.dataset['index'] ?? NaN);
    if (Number.isNaN(index)) return;
    setActive(index);
    choose(index, true);
  });

  function choose(index: number, isOpened: boolean): void {
    const line = cache.get(index);
    if (line && !('isBlank' in line)) onChoose(line.row, isOpened);
  }

  function setActive(index: number): void {
    active = index;
    moveTo(topToShow(index, top, size()));
    onMove(index);
    choose(index, false);
  }

  function draw(): void {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(paint);
  }

  function paint(): void {
    const now = size();
    spacer.style.height = `${Math.max(0, scrollHeight(now))}px`;
    const range = rowsInView(top, now);
    cache.want({ first: Math.max(0, range.first - AROUND), end: Math.min(now.count, range.end + AROUND) });
    const rows = range.end - range.first;
    while (pool.length < rows) pool.push(newRow());
    pool.forEach(({ element: row }, i) => {
      if (i < rows && !row.isConnected) layer.append(row);
      show(row, i < rows);
    });
    for (let i = 0; i < rows; i++) fill(pool[i], range.first + i);
    const activeRow = pool.findIndex(({ element: row }, i) => i < rows && Number(row.dataset['index']) === active);
    if (activeRow < 0) element.removeAttribute('aria-activedescendant');
    else element.setAttribute('aria-activedescendant', pool[activeRow]?.element.id ?? '');
    element.style.setProperty('--number-width', `calc(max(${formatCount(now.count).length}ch, 2.6em) + 14px)`);
    element.setAttribute('aria-rowcount', String(now.count + 1));
    show(empty, now.count === 0);
    setText(empty, view.isFault ? '' : view.isBusy ? 'Looking for rows' : 'No rows');
    element.setAttribute('aria-busy', String(view.isBusy));
  }

  function newRow(): RowElement {
    const cells = ['number', 'marks', 'text', 'text', 'text worse'].map((name) => el('div', { role: 'gridcell', class: name }));
    return { element: el('div', { role: 'row', class: 'line' }, ...cells), cells };
  }

  function fill({ element: row, cells }: RowElement, index: number): void {
    row.id = `line-${index % 1000}`;
    row.dataset['index'] = String(index);
    row.style.transform = `translateY(${index * ROW_HEIGHT - top}px)`;
    row.setAttribute('aria-rowindex', String(index + 2));
    row.setAttribute('aria-selected', String(index === active));
    const line = cache.get(index);
    const [number, marks, prompt, answer, worse] = cells as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    row.classList.toggle('waiting', line === undefined);
    if (!line) {
      for (const cell of cells) setText(cell, '');
      return;
    }
    const { row: name } = line;
    setText(number, formatCount(name));
    if ('isBlank' in line) {
      setText(marks, '');
      setText(prompt, '(blank)');
      setText(answer, '');
      setText(worse, '');
      prompt.className = 'text quiet';
      return;
    }
    setMarks(marks, line);
    prompt.className = line.fault === undefined ? 'text' : 'text code';
    setText(prompt, line.prompt);
    answer.className = line.fault === undefined ? 'text' : 'text fault';
    setText(answer, line.fault === undefined ? line.answer : `${line.fault.charAt(0).toUpperCase()}${line.fault.slice(1)}`);
    setText(worse, line.worse ?? '');
    if (line.worse !== undefined && !hasPairs) setPairs(true);
  }

  function setMarks(cell: HTMLElement, { codes }: Exclude<TableLine, { isBlank: true }>): void {
    const known = codes.flatMap((code) => severities.get(code) ?? []);
    const key = known.map(({ code }) => code).join();
    if (cell.dataset['codes'] === key && cell.childNodes.length > 0 === known.length > 0) return;
    cell.dataset['codes'] = key;
    const worst = worstOf(known.map(({ severity }) => severity));
    cell.replaceChildren(...(worst ? [severityMark(worst)] : []));
    cell.title = known.map(({ message }) => message).join('\n');
  }

  function setPairs(next: boolean): void {
    hasPairs = next;
    element.classList.toggle('pairs', next);
    setText(heads[3], next ? 'Better answer' : 'Answer');
  }

  return {
    element: frameElement,
    setWords: (rowWord, findings) => {
      setText(heads[0], rowWord);
      severities = new Map(findings.map((finding) => [finding.code, finding]));
      draw();
    },
    show: (next) => {
      if (next.id !== view.id) {
        const isSame = JSON.stringify(next.filter) === JSON.stringify(view.filter);
        cache.reset(next.id, isSame);
        view = next;
        if (!isSame) {
          setPairs(false);
          active = 0;
          top = 0;
        }
      } else if (next.count > view.count) cache.grow();
      view = next;
      active = Math.min(active, Math.max(0, view.count - 1));
      spacer.style.height = `${scrollHeight(size())}px`;
      moveTo(top);
    },
    goTo: (index, isFocused) => {
      const now = size();
      active = index;
      moveTo(index * ROW_HEIGHT - now.height / 2);
      onMove(index);
      if (isFocused) element.focus();
    },
    get active() {
      return active;
    },
    focus: () => element.focus(),
  };
}
