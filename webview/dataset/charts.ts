/** The profile as small bar charts, each with its numbers in a table. */

import type { BarChart } from '../../src/protocol/datasetPage.ts';
import { el, show, table } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';

export interface ChartsView {
  readonly element: HTMLElement;
  update(charts: readonly BarChart[]): void;
}

export function chartsView(): ChartsView {
  const figures = el('div', { class: 'figures' });
  const element = el('section', { 'aria-label': 'Profile' }, el('h2', {}, 'Profile'), figures);
  let shown = '';
  return {
    element,
    update: (charts) => {
      show(element, charts.length > 0);
      const key = JSON.stringify(charts);
      if (key === shown) return;
      shown = key;
      figures.replaceChildren(...charts.map(figure));
    },
  };
}

function figure({ title, summary, kind, headings, bars, more }: BarChart): HTMLElement {
  const tallest = Math.max(1, ...bars.map(({ count }) => count));
  const numbers = table(title, headings);
  numbers.fill(bars.map(({ label, count }) => el('tr', {}, el('td', {}, label), el('td', { class: 'number' }, formatCount(count)))));
  const details = el('details', {}, el('summary', {}, 'Numbers'), el('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': `Numbers: ${title}` }, numbers.element));
  const drawing = kind === 'histogram' ? histogram(bars, tallest) : barList(bars, tallest, more, headings[1]);
  return el('figure', { class: 'panel' }, el('figcaption', {}, el('h3', {}, title), el('p', { class: 'quiet' }, summary)), drawing, details);
}

/** The drawing says nothing to a screen reader; the table beneath it does. */
function histogram(bars: BarChart['bars'], tallest: number): HTMLElement {
  const columns = bars.map(({ label, count }) => {
    const bar = el('div', { class: 'bar' });
    // One row among a million is still seen.
    bar.style.height = count === 0 ? '0' : `max(2px, ${(count / tallest) * 100}%)`;
    return el('div', { class: 'column', title: `${label}: ${formatCount(count)} rows` }, bar);
  });
  const ends = el('div', { class: 'ends' }, el('span', {}, startOf(bars[0]?.label)), el('span', {}, endOf(bars.at(-1)?.label)));
  return el('div', { class: 'histogram', 'aria-hidden': 'true' }, el('div', { class: 'columns' }, ...columns), ends);
}

function startOf(label = ''): string {
  return label.split(' to ')[0] ?? '';
}

function endOf(label = ''): string {
  return label.split(' to ').at(-1) ?? '';
}

function barList(bars: BarChart['bars'], tallest: number, more: string, unit: string): HTMLElement {
  const lines = bars.map(({ label, count }) => {
    const bar = el('div', { class: 'bar' });
    bar.style.width = `max(2px, ${(count / tallest) * 100}%)`;
    return el('div', { class: 'bar-line', title: `${label}: ${formatCount(count)} ${unit.toLowerCase()}` }, el('span', { class: 'label' }, label), el('div', { class: 'track' }, bar), el('span', { class: 'number' }, formatCount(count)));
  });
  return el('div', { class: 'bar-list', 'aria-hidden': 'true' }, ...lines, more === '' ? undefined : el('div', { class: 'more quiet' }, more));
}
