/** The job page: header, curves with their numbers, checkpoints, events and the recipe. */

import type { CheckpointRow, CurveName, EventRow, JobPage, JobPageHost, JobPagePatch, JobPageState } from '../../src/protocol/jobPage.ts';
import type { SavedPage } from '../../src/protocol/page.ts';
import { LineChart } from '../shared/chart.ts';
import { connect, startPage } from '../shared/client.ts';
import { announcer, el, setText, show, table } from '../shared/dom.ts';
import { formatCount, formatNumber } from '../shared/numbers.ts';
import { paced } from '../shared/pace.ts';
import '../shared/theme.css';
import { headerView } from './header.ts';
import './job.css';
import { MetricSeries } from './series.ts';

const STEPS_SHOWN = 200;
const EVENTS_SHOWN = 200;
/** A screen reader should follow a job, not be read every step of it. */
const ANNOUNCE_MS = 10_000;

const columns: readonly { readonly name: CurveName; readonly heading: string }[] = [
  { name: 'loss', heading: 'Loss' },
  { name: 'eval_loss', heading: 'Held-out loss' },
  { name: 'learning_rate', heading: 'Learning rate' },
  { name: 'tokens_per_second', heading: 'Tokens/s' },
];

await startPage(run);

async function run(page: HTMLElement): Promise<void> {
  const { host, save } = connect<JobPageHost, JobPage, SavedPage>({ patch });
  const series = new MetricSeries();
  const spoken = announcer(ANNOUNCE_MS);

  const header = headerView({
    stop: () => void host.stop.asEvent(),
    resume: () => void host.resume.asEvent(),
    compare: () => void host.compare.asEvent(),
    openReport: () => void host.openReport.asEvent(),
    openLog: () => void host.openLog.asEvent(),
    openRecipe: () => void host.openRecipe.asEvent(),
    revealArtifact: () => void host.revealArtifact.asEvent(),
  });

  const lossChart = figure('Loss', 'How surprised the model is by the answers. Lower is better.', [
    { label: 'loss', color: 'blue' },
    { label: 'held-out loss', color: 'orange', isSparse: true },
  ]);
  const rateChart = figure('Learning rate', 'How large a change each step makes.', [{ label: 'learning rate', color: 'purple' }]);
  const speedChart = figure('Tokens per second', 'How fast this machine trains.', [{ label: 'tokens/s', color: 'green' }]);

  const steps = table('Loss, held-out loss, learning rate and speed by step, newest first', ['Step', ...columns.map(({ heading }) => heading)]);
  const noSteps = el('p', { class: 'quiet' }, 'The first numbers appear after the first step.');
  const curves = el('section', { class: 'curves', 'aria-label': 'Curves' }, el('div', { class: 'charts' }, lossChart.element, rateChart.element, speedChart.element), el('div', { class: 'scroller steps', tabindex: '0', role: 'region', 'aria-label': 'Numbers by step' }, steps.element));

  const checkpoints = table('Checkpoints, newest first', ['Step', 'Saved', 'Folder']);
  const noCheckpoints = el('p', { class: 'quiet' }, 'No checkpoint yet. One is saved at each evaluation and on a timer; a stopped job goes on from the last.');
  const events = table('Events, newest first', ['Time', 'What happened']);
  const recipeFile = el('p', { class: 'quiet' });
  const recipe = el('pre', { class: 'panel' });
  let eventRows: EventRow[] = [];
  let checkpointRows: CheckpointRow[] = [];

  page.append(
    spoken.element,
    header.element,
    el('h2', {}, 'Curves'),
    noSteps,
    curves,
    el('h2', {}, 'Checkpoints'),
    noCheckpoints,
    el('div', { class: 'scroller' }, checkpoints.element),
    el('h2', {}, 'Events'),
    el('div', { class: 'scroller' }, events.element),
    el('h2', {}, 'Recipe'),
    recipeFile,
    recipe,
  );
  show(page, false);

  function start(state: JobPageState): void {
    save({ subject: state.jobId });
    series.clear();
    eventRows = [];
    checkpointRows = [];
    setText(recipeFile, state.recipeFile);
    setText(recipe, state.recipe);
    patch(state);
    show(page, true);
    page.setAttribute('aria-busy', 'false');
  }

  function patch({ header: next, metrics, events: newEvents, checkpoints: newCheckpoints }: JobPagePatch): void {
    header.update(next);
    spoken.announcements.say([next.name, next.stateText, next.progressText].filter(Boolean).join(', '));
    if (metrics.length > 0 || series.size === 0) {
      series.add(metrics);
      showSteps();
    }
    if (newEvents.length > 0) {
      eventRows = [...eventRows, ...newEvents].slice(-EVENTS_SHOWN);
      events.fill(eventRows.toReversed().map(eventRow));
    }
    checkpointRows = [...checkpointRows, ...newCheckpoints];
    checkpoints.fill(checkpointRows.toReversed().map(checkpointRow));
    show(checkpoints.element, checkpointRows.length > 0);
    show(noCheckpoints, checkpointRows.length === 0);
  }

  const showSteps = paced(drawSteps);

  function drawSteps(): void {
    show(noSteps, series.size === 0);
    show(curves, series.size > 0);
    lossChart.chart.set(series.columns(['loss', 'eval_loss']));
    rateChart.chart.set(series.columns(['learning_rate']));
    speedChart.chart.set(series.columns(['tokens_per_second']));
    steps.fill(
      series.newest(STEPS_SHOWN).map(({ step, values }) =>
        el(
          'tr',
          {},
          el('td', {}, formatCount(step)),
          ...columns.map(({ name }) => {
            const value = values[name];
            return el('td', {}, value === undefined ? '' : value === null ? 'not a number' : formatNumber(value));
          }),
        ),
      ),
    );
  }

  start(await host.ready());
}

function figure(title: string, help: string, lines: ConstructorParameters<typeof LineChart>[1]): { element: HTMLElement; chart: LineChart } {
  const canvas = el('div', { class: 'chart' });
  const element = el('figure', { class: 'panel' }, el('figcaption', {}, el('h3', {}, title), el('p', { class: 'quiet' }, help)), canvas);
  return { element, chart: new LineChart(canvas, lines) };
}

function eventRow({ time, level, text }: EventRow): HTMLTableRowElement {
  const prefix = { info: '', warning: 'Warning: ', error: 'Error: ' }[level];
  return el('tr', { class: level }, el('td', { class: 'time' }, time), el('td', { class: 'wrap' }, `${prefix}${text}`));
}

function checkpointRow({ step, time, folder }: CheckpointRow): HTMLTableRowElement {
  return el('tr', {}, el('td', {}, formatCount(step)), el('td', { class: 'time' }, time), el('td', { class: 'wrap' }, folder));
}
