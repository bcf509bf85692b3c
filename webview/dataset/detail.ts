/** One row in full: its conversation, its tokens, its JSON, and what was found about it. */

import type { ModelChoice, RowDetail, RowNote, RowPart, TokenView, TurnView, Unanswered } from '../../src/protocol/datasetPage.ts';
import { el, setText, show } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';
import { button } from '../shared/ui.ts';
import { severityMark } from './severity.ts';
import { tokensView } from './tokens.ts';

export type DetailTab = 'conversation' | 'tokens' | 'json';

export interface DetailOptions {
  readonly row: (row: number) => Promise<RowDetail & { readonly json: string } | Unanswered>;
  readonly tokens: (row: number, model: string) => Promise<TokenView | Unanswered>;
  readonly openRow: (row: number) => void;
  readonly onClose: () => void;
  readonly onTab: (tab: DetailTab) => void;
}

export interface DetailView {
  readonly element: HTMLElement;
  readonly row: number | undefined;
  setModels(models: readonly ModelChoice[], model: string): void;
  setRowWord(rowWord: string): void;
  /** Shows a row, the newest of several. */
  open(row: number): Promise<void>;
  /** Shows the same row as it is now. */
  refresh(): Promise<void>;
  choose(tab: DetailTab): void;
  close(): void;
}

const TABS: readonly { readonly id: DetailTab; readonly label: string }[] = [
  { id: 'conversation', label: 'Conversation' }, { id: 'tokens', label: 'Tokens' }, { id: 'json', label: 'JSON' },
];

export function detailView({ row: fetchRow, tokens: fetchTokens, openRow, onClose, onTab }: DetailOptions): DetailView {
  let row: number | undefined;
  let rowWord = 'Row';
  let tab: DetailTab = 'conversation';
  const title = el('h3');
  const format = el('span', { class: 'quiet' });
  const open = button('Open in Editor', () => row !== undefined && openRow(row), { help: 'The row in its file' });
  const close = el('button', { class: 'close', title: 'Close (Escape)', 'aria-label': 'Close' }, '✕');
  close.type = 'button';
  const notes = el('ul', { class: 'notes', 'aria-label': 'Findings of this row' });
  const conversation = el('div', { class: 'conversation' });
  const json = el('pre');
  const tokens = tokensView(fetchTokens);
  const bodies: Record<DetailTab, HTMLElement> = { conversation, tokens: tokens.element, json };
  const tabs = TABS.map(({ id, label }) => {
    const element = el('button', { role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` }, label);
    element.type = 'button';
    element.addEventListener('click', () => chooseTab(id));
    return { id, element };
  });
  const panels = TABS.map(({ id }) => {
    const panel = el('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, tabindex: '0', class: 'tabpanel' }, bodies[id]);
    return { id, panel };
  });
  const list = el('div', { role: 'tablist', class: 'tabs', 'aria-label': 'Views of the row' }, ...tabs.map(({ element }) => element));
  const element = el('section', { class: 'detail panel', 'aria-label': 'Row' },
    el('div', { class: 'row detail-head' }, title, format, open.element, close), notes, list, ...panels.map(({ panel }) => panel));
  show(element, false);

  list.addEventListener('keydown', ({ key }) => {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    const next = TABS[(TABS.findIndex(({ id }) => id === tab) + step + TABS.length) % TABS.length];
    if (step === 0 || !next) return;
    chooseTab(next.id);
    tabs.find(({ id }) => id === next.id)?.element.focus();
  });
  close.addEventListener('click', shut);
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') shut();
  });

  function shut(): void {
    row = undefined;
    show(element, false);
    onClose();
  }

  function chooseTab(next: DetailTab): void {
    tab = next;
    for (const { id, element: one } of tabs) {
      one.setAttribute('aria-selected', String(id === tab));
      one.tabIndex = id === tab ? 0 : -1;
    }
    for (const { id, panel } of panels) show(panel, id === tab);
    if (tab === 'tokens' && row !== undefined) void tokens.show(row);
    onTab(tab);
  }

  async function load(wanted: number): Promise<void> {
    const answer = await fetchRow(wanted);
    if (row !== wanted) return;
    if ('fault' in answer) {
      fill([], undefined, [], '');
      conversation.replaceChildren(el('p', { class: 'fault' }, answer.fault));
      return;
    }
    fill(answer.notes, answer.format, answer.parts, answer.json);
    if (answer.parts.length === 0) conversation.replaceChildren(el('p', { class: 'quiet' }, 'This row cannot be read as a conversation. This is what the file has:'), el('pre', {}, answer.json));
    if (answer.tools.length > 0) conversation.append(el('h4', {}, 'Tools'), el('ul', {}, ...answer.tools.map(({ name, description }) => el('li', {}, el('code', {}, name), description === '' ? '' : `: ${description}`))));
    if (tab === 'tokens') void tokens.show(wanted);
  }

  function fill(found: readonly RowNote[], formatName: string | undefined, parts: readonly RowPart[], text: string): void {
    setText(format, formatName ?? '');
    notes.replaceChildren(...found.map(({ severity, says, remedy, code }) =>
      el('li', { title: code }, severityMark(severity), el('span', { class: 'message' }, el('span', {}, `${title.textContent} ${says}.`), el('span', { class: 'remedy' }, remedy)))));
    show(notes, found.length > 0);
    conversation.replaceChildren(...parts.filter(({ turns }) => turns.length > 0).map(partElement));
    setText(json, text);
  }

  return {
    element,
    get row() {
      return row;
    },
    setModels: (models, model) => tokens.setModels(models, model),
    setRowWord: (word) => void (rowWord = word),
    open: async (wanted) => {
      row = wanted;
      setText(title, `${rowWord} ${formatCount(wanted)}`);
      element.setAttribute('aria-label', `${rowWord} ${formatCount(wanted)}`);
      show(element, true);
      await load(wanted);
    },
    refresh: async () => {
      tokens.forget();
      if (row !== undefined) await load(row);
    },
    choose: chooseTab,
    close: shut,
  };
}

function partElement({ title, turns }: RowPart): HTMLElement {
  return el('div', { class: 'part' }, title === '' ? undefined : el('h4', {}, title), ...turns.map(turnElement));
}

function turnElement({ role, name, content, reasoning, calls, answersCall, others, isWeightless }: TurnView): HTMLElement {
  const who = [name === undefined ? role : `${role} · ${name}`, ...(answersCall === undefined ? [] : [`answers ${answersCall}`]), ...(isWeightless ? ['weight 0: not trained on'] : [])];
  return el('div', { class: `turn ${role}` },
    el('div', { class: 'role' }, who.join(' · ')),
    reasoning === undefined ? undefined : el('div', { class: 'reasoning' }, reasoning),
    content === '' ? undefined : el('div', { class: 'said' }, content),
    ...calls.map((call) => el('div', { class: 'call' }, el('span', { class: 'quiet' }, 'calls '), el('code', {}, call.name), el('pre', {}, call.arguments))),
    others === 0 ? undefined : el('div', { class: 'quiet' }, `${formatCount(others)} ${others === 1 ? 'piece' : 'pieces'} that ${others === 1 ? 'is' : 'are'} not text`),
    content === '' && calls.length === 0 && others === 0 ? el('div', { class: 'quiet' }, '(empty)') : undefined);
}
