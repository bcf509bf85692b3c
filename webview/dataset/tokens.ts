/** A row as a model reads it: each token, whether it is trained on, and the share of those that are. */

import type { ModelChoice, TokenPiece, TokenSide, TokenView, Unanswered } from '../../src/protocol/datasetPage.ts';
import { el, setText, show, table } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';
import { dropdown } from '../shared/ui.ts';
import { visibleText } from './visibleText.ts';

export interface TokensView {
  readonly element: HTMLElement;
  setModels(models: readonly ModelChoice[], model: string): void;
  show(row: number): Promise<void>;
  /** What was shown may not be true any more. */
  forget(): void;
}

export function tokensView(fetch: (row: number, model: string) => Promise<TokenView | Unanswered>): TokensView {
  let model = '';
  let row: number | undefined;
  let shown = '';
  const models = dropdown('Model', (next) => {
    model = next;
    if (row !== undefined) void load(row);
  });
  models.element.classList.add('token-model');
  const hint = el('p', { class: 'quiet hint' }, 'Point at a token to see its id.');
  const legend = el('p', { class: 'legend' },
    el('span', { class: 'token trained' }, 'trained on'), ' ', el('span', { class: 'token' }, 'read only'), ' ', el('span', { class: 'token special' }, '<special>'));
  const sides = el('div');
  const none = el('p', { class: 'quiet' }, 'There is no model on this machine to read the row with.');
  const element = el('div', { class: 'token-view' }, models.element, none, legend, sides, hint);

  sides.addEventListener('pointerover', ({ target }) => {
    const token = (target as HTMLElement).closest<HTMLElement>('.token');
    if (token) setText(hint, token.title);
  });

  async function load(wanted: number): Promise<void> {
    show(none, model === '');
    show(legend, model !== '');
    show(hint, model !== '');
    if (model === '') return;
    const key = `${wanted} ${model}`;
    if (key === shown) return;
    sides.setAttribute('aria-busy', 'true');
    const answer = await fetch(wanted, model);
    if (row !== wanted || key !== `${wanted} ${model}`) return;
    sides.setAttribute('aria-busy', 'false');
    shown = key;
    if ('sides' in answer) sides.replaceChildren(...(answer.fault === undefined ? answer.sides.map(sideElement) : [el('p', {}, `This row is not trained on: it ${answer.fault}.`)]));
    else sides.replaceChildren(el('p', { class: 'fault' }, answer.fault));
  }

  return {
    element,
    setModels: (choices, chosen) => {
      if (!choices.some(({ ref }) => ref === model)) model = chosen;
      models.set(choices.map(({ ref, label }) => ({ value: ref, label })), model);
      show(models.element, choices.length > 0);
    },
    show: (wanted) => {
      row = wanted;
      return load(wanted);
    },
    forget: () => void (shown = ''),
  };
}

function sideElement({ title, pieces, total, trained, specials }: TokenSide): HTMLElement {
  const share = total === 0 ? 0 : trained / total;
  const bar = el('div', { class: 'bar' });
  bar.style.width = `${share * 100}%`;
  const more = total > pieces.length ? el('p', { class: 'quiet' }, `… and ${formatCount(total - pieces.length)} tokens more`) : undefined;
  const words = specials.map(({ text, id, count }) => `${text} (id ${id}) ${formatCount(count)}×`).join(', ');
  return el('section', { class: 'side', 'aria-label': title === '' ? 'Tokens' : title },
    title === '' ? undefined : el('h4', {}, title),
    el('p', { class: 'share' }, el('strong', {}, `${Math.round(share * 100)}%`), ` trained on: ${formatCount(trained)} of ${formatCount(total)} tokens`),
    el('div', { class: 'track', 'aria-hidden': 'true' }, bar),
    el('div', { class: 'tokens' }, ...pieces.map(tokenElement)),
    more,
    words === '' ? undefined : el('p', { class: 'quiet' }, `Special tokens: ${words}`),
    asTable(pieces));
}

function tokenElement(piece: TokenPiece): HTMLElement {
  const { text, id, isTrained, isSpecial } = piece;
  const element = el('span', {
    class: `token${isTrained ? ' trained' : ''}${isSpecial ? ' special' : ''}${text === '' ? ' part' : ''}`,
    title: `id ${id} · ${text === '' ? 'first bytes of the next character' : JSON.stringify(text)} · ${isSpecial ? 'special, ' : ''}${isTrained ? 'trained on' : 'read only'}`,
  }, visibleText(text));
  return element;
}

/** Filled when it is opened: thousands of lines are for those who ask. */
function asTable(pieces: readonly TokenPiece[]): HTMLElement {
  const numbers = table('Tokens', ['Token', 'Id', 'Trained on']);
  const details = el('details', {}, el('summary', {}, 'Tokens as a table'), el('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Tokens as a table' }, numbers.element));
  details.addEventListener('toggle', () => {
    if (details.open) numbers.fill(pieces.map(({ text, id, isTrained }) => el('tr', {}, el('td', {}, el('code', {}, visibleText(text))), el('td', { class: 'number' }, String(id)), el('td', {}, isTrained ? 'yes' : 'no'))));
  });
  return details;
}
