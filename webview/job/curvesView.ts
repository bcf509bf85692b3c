/** The charts of what a job measures, beside a table of the same numbers. */

import { LineChart } from '../shared/chart.ts';
import { el, setText, show, table } from '../shared/dom.ts';
import { formatCount, formatMeasure } from '../shared/numbers.ts';
import { curveGroups, LOSS, type CurveGroup } from './curves.ts';
import type { MetricSeries } from './series.ts';

const STEPS_SHOWN = 200;

export interface CurvesView {
  readonly element: HTMLElement;
  /** @param lossHelp what the loss says, which depends on the technique */
  draw(series: MetricSeries, lossHelp: string): void;
}

interface Figure {
  readonly element: HTMLElement;
  readonly chart: LineChart;
}

export function curvesView(): CurvesView {
  const charts = el('div', { class: 'charts' });
  const scroller = el('div', { class: 'scroller steps', tabindex: '0', role: 'region', 'aria-label': 'Numbers by step' });
  const curves = el('section', { class: 'curves', 'aria-label': 'Curves' }, charts, scroller);
  const none = el('p', { class: 'quiet' }, 'The first numbers appear after the first step.');
  const lossText = el('p', { class: 'quiet' });
  let groups: readonly CurveGroup[] = [];
  let figures: Figure[] = [];
  let steps = table('', []);
  let shape = '';

  /** A first evaluation adds a curve; otherwise what is drawn stays what it was. */
  function reshape(names: ReadonlySet<string>): void {
    groups = curveGroups(names);
    const next = groups.flatMap(({ curves: drawn }) => drawn.map(({ name }) => name)).join();
    if (next === shape) return;
    shape = next;
    for (const { chart } of figures) chart.dispose();
    figures = groups.map((group) => figure(group, group.title === LOSS ? lossText : el('p', { class: 'quiet' }, group.help)));
    charts.replaceChildren(...figures.map(({ element }) => element));
    const headings = groups.flatMap(({ curves: drawn }) => drawn.map(({ label }) => `${label.charAt(0).toUpperCase()}${label.slice(1)}`));
    steps = table('Numbers by step, newest first', ['Step', ...headings]);
    scroller.replaceChildren(steps.element);
  }

  return {
    element: el('div', {}, none, curves),
    draw: (series, lossHelp) => {
      show(none, series.size === 0);
      show(curves, series.size > 0);
      setText(lossText, lossHelp);
      reshape(series.names);
      groups.forEach(({ curves: drawn }, index) => figures[index]?.chart.set(series.columns(drawn.map(({ name }) => name))));
      const names = groups.flatMap(({ curves: drawn }) => drawn.map(({ name }) => name));
      steps.fill(series.newest(STEPS_SHOWN).map(({ step, values }) => el('tr', {}, el('td', {}, formatCount(step)), ...names.map((name) => cell(values[name])))));
    },
  };
}

function figure({ title, curves }: CurveGroup, help: HTMLElement): Figure {
  const canvas = el('div', { class: 'chart' });
  return { element: el('figure', { class: 'panel' }, el('figcaption', {}, el('h3', {}, title), help), canvas), chart: new LineChart(canvas, curves) };
}

/** A value that was not a number came as null. */
function cell(value: number | null | undefined): HTMLElement {
  return el('td', {}, value === undefined ? '' : value === null ? 'not a number' : formatMeasure(value));
}
