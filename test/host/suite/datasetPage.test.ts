/** The dataset page opens from its command, and its host answers what the page may ask and nothing else. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { DatasetModel } from '../../../src/host/datasets/datasetModel.ts';
import { DatasetPanels } from '../../../src/host/datasets/datasetPanel.ts';
import { CommandTable, type FaultReporter, VsCodeScreen } from '../../../src/host/commands.ts';
import { WorkspaceFiles } from '../../../src/host/files.ts';
import { lazyDatasets } from '../../../src/host/services.ts';
import { TrustGate } from '../../../src/host/trust.ts';
import { Commands, Pages } from '../../../src/ids.ts';
import type { DatasetCheck, DatasetPagePatch, DatasetPageState, TableView, TokenView } from '../../../src/protocol/datasetPage.ts';
import { eventually, inWorkspace, tunesmith } from './support.ts';

interface Message {
  readonly t?: 'q' | 's';
  readonly i?: string;
  readonly m?: string;
  readonly a?: readonly unknown[];
  readonly r?: unknown;
  readonly e?: unknown;
}

/** A panel whose page is the test. */
class Page {
  readonly #toHost = new vscode.EventEmitter<Message>();
  readonly #heard = new vscode.EventEmitter<void>();
  readonly #disposed = new vscode.EventEmitter<void>();
  readonly messages: Message[] = [];
  readonly panel: vscode.WebviewPanel;
  isClosed = false;
  #next = 0;

  constructor() {
    const webview = {
      options: {}, html: '', cspSource: 'test',
      asWebviewUri: (uri: vscode.Uri) => uri,
      onDidReceiveMessage: this.#toHost.event,
      postMessage: (message: Message) => {
        this.messages.push(message);
        this.#heard.fire();
        return Promise.resolve(true);
      },
    } as Partial<vscode.Webview>;
    // As VS Code, which gives nothing of a panel that is closed.
    const asLongAsOpen = <T>(value: T): T => {
      if (this.isClosed) throw new Error('Webview is disposed');
      return value;
    };
    this.panel = {
      get webview() {
        return asLongAsOpen(webview as vscode.Webview);
      },
      get visible() {
        return asLongAsOpen(true);
      },
      title: '', onDidDispose: this.#disposed.event, onDidChangeViewState: new vscode.EventEmitter<vscode.WebviewPanelOnDidChangeViewStateEvent>().event,
      reveal: () => undefined,
      dispose: () => {
        this.isClosed = true;
        this.#disposed.fire();
      },
    } as Partial<vscode.WebviewPanel> as vscode.WebviewPanel;
  }

  tell(method: string, ...args: unknown[]): void {
    this.#toHost.fire({ t: 'q', m: method, a: args });
  }

  async ask(method: string, ...args: unknown[]): Promise<unknown> {
    const id = `q${this.#next++}`;
    this.#toHost.fire({ t: 'q', i: id, m: method, a: args });
    const answer = await eventually(this.#heard.event, () => this.messages.find(({ t, i }) => t === 's' && i === id));
    if (answer.e !== undefined) throw new Error(String((answer.e as Error).message ?? answer.e));
    return answer.r;
  }

  /** Waits for the page to be told of a check like this. */
  check(isIt: (check: DatasetCheck) => boolean): Promise<DatasetCheck> {
    return eventually(this.#heard.event, () => this.messages.filter(({ m }) => m === 'patch').map(({ a }) => (a?.[0] as DatasetPagePatch).header.check).find(isIt));
  }

  /** Waits for the page to be told of a table like this. */
  table(isIt: (view: TableView) => boolean): Promise<TableView> {
    return eventually(this.#heard.event, () => this.messages.filter(({ m }) => m === 'table').map(({ a }) => a?.[0] as TableView).find(isIt));
  }
}

interface World {
  readonly datasets: DatasetModel;
  readonly panels: DatasetPanels;
  readonly faults: unknown[];
}

async function openPage(name: string): Promise<World & { readonly page: Page; readonly state: DatasetPageState }> {
  const world = await newWorld();
  const page = new Page();
  await world.panels.deserializeWebviewPanel(page.panel, { subject: inWorkspace(name).fsPath });
  const state = (await page.ask('ready')) as DatasetPageState;
  return { ...world, page, state };
}

async function newWorld(): Promise<World> {
  const { folder } = await tunesmith();
  const screen = new VsCodeScreen();
  const files = new WorkspaceFiles(screen);
  const { inspect, readRows, table } = lazyDatasets(vscode.Uri.joinPath(folder, 'dist', 'datasetWorker.cjs').fsPath);
  const datasets = new DatasetModel({
    find: () => files.find('dataset'), stat: (file) => files.stat(file), inspect: (file, signal, onShare, onFindings) => inspect(file, signal, onShare, undefined, onFindings),
  });
  const faults: unknown[] = [];
  const reporter = { report: (fault: unknown) => Promise.resolve(void faults.push(fault)), watch: (work: Promise<unknown>) => void work.catch((fault: unknown) => faults.push(fault)) };
  const trust = new TrustGate(() => true);
  const memory = new Map<string, unknown>();
  const panels = new DatasetPanels({
    datasets, table, readRows, screen, trust, extensionUri: folder,
    commands: new CommandTable(reporter, trust), faults: reporter as Partial<FaultReporter> as FaultReporter,
    remembered: { get: (key: string) => memory.get(key), update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, value)), keys: () => [...memory.keys()] } as vscode.Memento,
    models: () => Promise.resolve([{ ref: 'starter', label: 'Starter', folder: vscode.Uri.joinPath(folder, 'media', 'starter').fsPath }]),
  });
  return { datasets, panels, faults };
}

suite('the dataset page', () => {
  test('opens for a file, once', async () => {
    const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes(Pages.dataset));
    for (let times = 0; times < 2; times++) await vscode.commands.executeCommand(Commands.previewDataset, inWorkspace('broken.jsonl'));
    await eventually(vscode.window.tabGroups.onDidChangeTabs, () => (tabs().length === 1 ? true : undefined));
    assert.equal(tabs()[0]?.label, 'broken.jsonl');
  });

  test('gives the rows of the file, of a finding, and of a search', async () => {
    const { page, state, faults } = await openPage('broken.jsonl');
    assert.equal(state.rowWord, 'Line');
    const all = state.table.count === 48 ? state.table : await page.table(({ count, isBusy }) => count === 48 && !isBusy);
    assert.deepEqual(((await page.ask('lines', all.id, 5, 2)) as { row: number }[]).map(({ row }) => row), [6, 7]);
    page.tell('filter', { code: 'dataset.row.invalid-json', text: '', isPattern: false });
    const broken = await page.table(({ filter, isBusy }) => filter.code !== undefined && !isBusy);
    assert.equal(broken.text, '1 of 48 rows');
    assert.deepEqual(((await page.ask('lines', broken.id, 0, 10)) as { row: number }[]).map(({ row }) => row), [7]);
    page.tell('filter', { code: undefined, text: 'TICKET 11:', isPattern: false });
    const found = await page.table(({ filter, isBusy }) => filter.text !== '' && !isBusy);
    assert.equal(found.count, 1);
    assert.equal(await page.ask('locate', found.id, 1), 0);
    assert.deepEqual(faults, []);
    page.panel.dispose();
  });

  test('gives one row in full and in tokens', async () => {
    const { page } = await openPage('tickets.jsonl');
    const row = (await page.ask('row', 3)) as { format: string; json: string };
    assert.equal(row.format, 'OpenAI chat');
    assert.match(row.json, /"role": "assistant"/);
    const { sides } = (await page.ask('tokens', 3, 'starter')) as TokenView;
    assert.match(sides[0]?.pieces.map(({ text }) => text).join('') ?? '', /my login is wrong/);
    assert.deepEqual(await page.ask('row', 4711), { fault: 'tickets.jsonl has no row 4,711 any more. Choose another row.' });
    assert.match(((await page.ask('tokens', 3, '/etc')) as { fault: string }).fault, /not on this machine any more/);
    page.panel.dispose();
  });

  test('refuses what is not in its contract', async () => {
    const { page } = await openPage('tickets.jsonl');
    await assert.rejects(page.ask('constructor'));
    await assert.rejects(page.ask('toString'));
    assert.deepEqual(await page.ask('lines', 'x', {}, null), []);
    page.panel.dispose();
  });

  test('says that its file is gone, and that it is there again', async () => {
    const uri = inWorkspace('comes-and-goes.jsonl');
    const text = Buffer.from('{"prompt":"a","completion":"b"}\n');
    await vscode.workspace.fs.writeFile(uri, text);
    const { page, faults } = await openPage('comes-and-goes.jsonl');
    await vscode.workspace.fs.delete(uri);
    assert.equal((await page.check(({ state }) => state === 'failed')).text, 'comes-and-goes.jsonl is not there any more.');
    page.messages.length = 0;
    await vscode.workspace.fs.writeFile(uri, text);
    await page.check(({ state }) => state === 'done');
    assert.deepEqual(faults, []);
    page.panel.dispose();
    await vscode.workspace.fs.delete(uri);
  });

  test('hears nothing when it is closed while its file is read', async () => {
    const { datasets, panels, faults } = await newWorld();
    const page = new Page();
    await panels.deserializeWebviewPanel(page.panel, { subject: inWorkspace('broken.jsonl').fsPath });
    page.tell('ready');
    page.tell('filter', { code: undefined, text: 'ticket', isPattern: false });
    page.panel.dispose();
    await datasets.start();
    await eventually(datasets.onDidChange, () => (datasets.get(inWorkspace('broken.jsonl').fsPath)?.state === 'known' ? true : undefined));
    assert.deepEqual([faults, page.messages], [[], []]);
    datasets.dispose();
  });

  test('is one for a file, also when it is restored beside another', async () => {
    const { panels, datasets } = await newWorld();
    const pages = [new Page(), new Page()];
    for (const { panel } of pages) await panels.deserializeWebviewPanel(panel, { subject: inWorkspace('broken.jsonl').fsPath });
    assert.deepEqual(pages.map(({ isClosed }) => isClosed), [false, true]);
    panels.dispose();
    assert.deepEqual(pages.map(({ isClosed }) => isClosed), [true, true]);
    datasets.dispose();
  });

  test('is not there for a file that is gone', async () => {
    const { folder } = await tunesmith();
    const panels = new DatasetPanels({ extensionUri: folder } as ConstructorParameters<typeof DatasetPanels>[0]);
    const { panel } = new Page();
    let isClosed = false;
    panel.onDidDispose(() => (isClosed = true));
    await panels.deserializeWebviewPanel(panel, { subject: inWorkspace('nowhere.jsonl').fsPath });
    assert.ok(isClosed);
  });
});
