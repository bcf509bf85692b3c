/** The job page: header, curves with their numbers, checkpoints, events and the recipe. */

import type { CheckpointRow, EventRow, JobPage, JobPageHost, JobPagePatch, JobPageState } from '../../src/protocol/jobPage.ts';
import type { SavedPage } from '../../src/protocol/page.ts';
import { connect, startPage } from '../shared/client.ts';
import { announcer, el, setText, show, table } from '../shared/dom.ts';
import { formatCount } from '../shared/numbers.ts';
import { paced } from '../shared/pace.ts';
import '../shared/theme.css';
import { curvesView } from './curvesView.ts';
import { headerView } from './header.ts';
import './job.css';
import { MetricSeries } from './series.ts';

const EVENTS_SHOWN = 200;
/** A screen reader should follow a job, not be read every step of it. */
const ANNOUNCE_MS = 10_000;

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

  const curves = curvesView();
  let lossHelp = '';

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
    curves.element,
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
    lossHelp = next.lossHelp;
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

  const showSteps = paced(() => curves.draw(series, lossHelp));

  start(await host.ready());
}

function eventRow({ time, level, text }: EventRow): HTMLTableRowElement {
  const prefix = { info: '', warning: 'Warning: ', error: 'Error: ' }[level];
  return el('tr', { class: level }, el('td', { class: 'time' }, time), el('td', { class: 'wrap' }, `${prefix}${text}`));
}

function checkpointRow({ step, time, folder }: CheckpointRow): HTMLTableRowElement {
  return el('tr', {}, el('td', {}, formatCount(step)), el('td', { class: 'time' }, time), el('td', { class: 'wrap' }, folder));
}
