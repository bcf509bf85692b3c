/** The dataset page: what a file is, what is wrong with it, and any of its rows. */

import type { DatasetPage, DatasetPageHost, DatasetPagePatch, DatasetPageState, RowFilter, TableView } from '../../src/protocol/datasetPage.ts';
import type { SavedPage } from '../../src/protocol/page.ts';
import { connect, startPage } from '../shared/client.ts';
import { announcer, el, show } from '../shared/dom.ts';
import '../shared/theme.css';
import { chartsView } from './charts.ts';
import './dataset.css';
import { detailView, type DetailTab } from './detail.ts';
import { findingsView } from './findings.ts';
import { grid } from './grid.ts';
import { headerView } from './header.ts';
import { toolbar } from './toolbar.ts';

/** Where the user was, which VS Code keeps while the page is hidden and the window is closed. */
interface SavedDataset extends SavedPage {
  readonly filter: RowFilter;
  /** the line that the keyboard is on */
  readonly active: number;
  /** the row that is shown in full */
  readonly row: number | undefined;
  readonly tab: DetailTab;
}

/** A screen reader should follow a check, not be read every percent of it. */
const ANNOUNCE_MS = 10_000;
/** A row that the keyboard rests on is shown, not each that it passes. */
const REST_MS = 80;

await startPage(run);

async function run(page: HTMLElement): Promise<void> {
  let state: DatasetPageState;
  let view: TableView;
  /** the view whose rows are all found */
  let settled = -1;
  let tab: DetailTab = 'conversation';
  let timer = 0;
  const { host, saved, save } = connect<DatasetPageHost, DatasetPage, SavedDataset>({
    patch: (next) => patch(next),
    table: (next) => showTable(next),
    show: (code) => {
      bar.choose(code);
      rows.scrollIntoView();
    },
  });

  const spoken = announcer(ANNOUNCE_MS);
  const header = headerView({
    stop: () => void host.stop.asEvent(),
    check: () => void host.check.asEvent(),
    openFile: () => void host.openFile.asEvent(),
    fineTune: () => void host.fineTune.asEvent(),
  });
  const findings = findingsView((code) => bar.choose(code), (code) => void host.repair.asEvent(code));
  const charts = chartsView();
  const lines = grid({
    fetch: (of, from, count) => host.lines(of, from, count),
    onChoose: (row, isOpened) => {
      if (!isOpened && detail.row === undefined) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void openDetail(row), isOpened ? 0 : REST_MS);
    },
    onMove: () => keep(),
  });
  const detail = detailView({
    row: (row) => host.row(row),
    tokens: (row, model) => host.tokens(row, model),
    openRow: (row) => void host.openRow.asEvent(row),
    onClose: () => {
      table.classList.remove('open');
      lines.focus();
      keep();
    },
    onTab: (next) => {
      tab = next;
      keep();
    },
  });
  const bar = toolbar((filter) => void host.filter.asEvent(filter), (row) => void goTo(row));
  const table = el('div', { class: 'table' }, lines.element, detail.element);
  const rows = el('section', { class: 'rows', 'aria-label': 'Rows' }, el('h2', {}, 'Rows'), bar.element, table);
  page.append(spoken.element, header.element, findings.element, charts.element, rows);
  show(page, false);

  state = await host.ready();
  view = state.table;
  bar.setRowWord(state.rowWord);
  detail.setRowWord(state.rowWord);
  detail.setModels(state.models, state.model);
  detail.choose(saved?.tab ?? 'conversation');
  show(page, true);
  page.setAttribute('aria-busy', 'false');
  patch(state);
  showTable(view);
  if (saved && JSON.stringify(saved.filter) !== JSON.stringify(view.filter) && isUnfiltered(view.filter)) void host.filter.asEvent(saved.filter);
  if (saved) lines.goTo(saved.active, false);
  if (saved?.row !== undefined) await openDetail(saved.row);
  keep();

  function patch(next: DatasetPagePatch): void {
    state = { ...state, ...next };
    header.update(state.header);
    findings.update(state.findings, view.filter.code, state.header.check.state === 'done');
    charts.update(state.charts);
    lines.setWords(state.rowWord, state.findings);
    spoken.announcements.say(state.header.check.text);
  }

  function showTable(next: TableView): void {
    view = next;
    bar.update(view);
    lines.show(view);
    findings.update(state.findings, view.filter.code, state.header.check.state === 'done');
    // The file may be another one: what is shown of it is asked for again.
    if (view.id !== settled && !view.isBusy) {
      settled = view.id;
      void detail.refresh();
    }
    keep();
  }

  async function openDetail(row: number): Promise<void> {
    table.classList.add('open');
    await detail.open(row);
    keep();
  }

  async function goTo(row: number): Promise<void> {
    lines.goTo(await host.locate(view.id, row), true);
  }

  function keep(): void {
    save({ subject: state.file, filter: view.filter, active: lines.active, row: detail.row, tab });
  }
}

function isUnfiltered({ code, text }: RowFilter): boolean {
  return code === undefined && text === '';
}
