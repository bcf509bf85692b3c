/** The composition root: builds the services, hands them to the features, and returns. Loads nothing heavy. */

import * as vscode from 'vscode';
import { DATASET_GLOB } from './core/datasets/extensions.ts';
import { isDataset, openDataset } from './core/datasets/files.ts';
import { databaseFile } from './core/jobs/home.ts';
import { CommandTable, FaultReporter, VsCodeScreen } from './host/commands.ts';
import { ComparePanels } from './host/compare/comparePanel.ts';
import { DatasetCommands } from './host/datasets/datasetCommands.ts';
import { AddDatasets, withAdded } from './host/datasets/addDatasets.ts';
import { DatasetDecorations } from './host/datasets/datasetDecorations.ts';
import { DatasetDrop } from './host/datasets/datasetDrop.ts';
import { registerDatasetFileCommands } from './host/datasets/datasetFileCommands.ts';
import { DatasetHoverProvider } from './host/datasets/datasetHover.ts';
import { DatasetLensProvider } from './host/datasets/datasetLens.ts';
import { DatasetMemory } from './host/datasets/datasetMemory.ts';
import { DatasetModel } from './host/datasets/datasetModel.ts';
import { DatasetProblems, OpenDatasets } from './host/datasets/datasetProblems.ts';
import { DatasetPanels } from './host/datasets/datasetPanel.ts';
import { DatasetTreeDataProvider, type DatasetTreeNode } from './host/datasets/datasetTree.ts';
import { cutText } from './host/datasets/datasetText.ts';
import { registerRepairs } from './host/datasets/repairFeature.ts';
import { RowDocumentProvider, rowUri } from './host/datasets/rowDocument.ts';
import { pathOf, WorkspaceFiles } from './host/files.ts';
import { DownloadManager } from './host/hub/downloads.ts';
import { HubTokens } from './host/hub/hubTokens.ts';
import { JobCommands } from './host/jobs/jobCommands.ts';
import { JobLogProvider } from './host/jobs/jobLog.ts';
import { JobModel } from './host/jobs/jobModel.ts';
import { JobPanels } from './host/jobs/jobPanel.ts';
import { fileClaims, JobNotifier } from './host/jobs/jobNotifier.ts';
import { announceOn, JobStatus } from './host/jobs/jobStatus.ts';
import { JobTreeDataProvider } from './host/jobs/jobTree.ts';
import { whenThere } from './host/jobs/storeAppearance.ts';
import { ExportManager } from './host/models/exportModel.ts';
import { ModelTreeDataProvider } from './host/models/modelTree.ts';
import { FineTuneManager } from './host/recipes/fineTune.ts';
import { LaunchManager, RecipeCommands } from './host/recipes/recipeCommands.ts';
import { RecipeLensProvider, RecipeProblems } from './host/recipes/recipeProblems.ts';
import { SampleProject } from './host/sample/sampleProject.ts';
import { lazyDatasets, lazyHub, lazyRecipes, openJobs } from './host/services.ts';
import { readSettings } from './host/settings.ts';
import { TrustGate } from './host/trust.ts';
import { Commands, isOurs, LogScheme, Pages, RowScheme, Views } from './ids.ts';

/** No time of the Jobs view is told more exactly. */
const MINUTE_MS = 60_000;

/** What other extensions and tests get of this one. */
export interface TunesmithExports {
  /** how long `activate` took, in milliseconds */
  readonly activationTime: number;
  /** the processor time of it, which other programs on a busy machine do not add to */
  readonly activationCpuTime: number;
}

export function activate(context: vscode.ExtensionContext): TunesmithExports {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const { extensionUri } = context;
  const own = <T extends { dispose(): unknown }>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const now = (): number => Date.now();
  const settings = readSettings();

  const log = own(vscode.window.createOutputChannel('Tunesmith', { log: true }));
  const screen = new VsCodeScreen();
  const trust = new TrustGate(() => vscode.workspace.isTrusted);
  const openRow = (file: string, row: number): Promise<void> => datasetCommands.openRow({ file, row });
  const faults = new FaultReporter(screen, log, openRow);
  const commands = own(new CommandTable(faults, trust));
  const files = new WorkspaceFiles(screen);

  const distFile = (name: string): string => vscode.Uri.joinPath(extensionUri, 'dist', name).fsPath;
  const { inspect, readRows, repair, table, files: datasetFiles } = own(lazyDatasets(distFile('datasetWorker.cjs')));
  const mediaFolder = vscode.Uri.joinPath(extensionUri, 'media').fsPath;
  const starterFolder = vscode.Uri.joinPath(extensionUri, 'media', 'starter').fsPath;
  const onFault = (fault: unknown): void => log.error(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
  const model = own(new JobModel(() => openJobs({ home: settings.home, distFile, mediaFolder, starterFolder, inspect, onFault })));
  const tokens = new HubTokens(context.secrets, screen);
  const hub = lazyHub({ client: () => model.client(), token: () => tokens.get(), environment: process.env });
  const recipes = lazyRecipes({ starterFolder, client: () => model.client(), inspect });

  const memory = own(new DatasetMemory(context.workspaceState));
  const datasets = own(new DatasetModel({
    find: async () => withAdded(await files.find('dataset'), memory.added),
    stat: (file) => files.stat(file),
    inspect: (file, signal, onShare, onFindings) => inspect(file, signal, onShare, undefined, onFindings, memory.targetOf(file)),
  }));
  const datasetTree = own(new DatasetTreeDataProvider(datasets, { splits: (file) => datasetFiles.splits(file), isAdded: (file) => memory.isAdded(file) }));
  const addDatasets = new AddDatasets({ model: datasets, memory, screen, look: openDataset, pathOf, preview: (file) => commands.run(Commands.previewDataset, { file }) });
  const datasetView = own(vscode.window.createTreeView<DatasetTreeNode>(Views.datasets, {
    treeDataProvider: datasetTree, showCollapseAll: true, dragAndDropController: new DatasetDrop((dropped) => addDatasets.add(dropped), faults),
  }));
  own(datasets.onDidChange(() => (datasetView.message = datasets.isCut ? cutText(datasets.entries.length) : undefined)));
  const resolve = files.resolve.bind(files);
  const datasetCommands = new DatasetCommands(datasets, screen, (argument, question) => resolve('dataset', argument, question), rowUri, readRows);
  own(vscode.workspace.registerTextDocumentContentProvider(RowScheme, new RowDocumentProvider(readRows)));
  const watcher = own(vscode.workspace.createFileSystemWatcher(DATASET_GLOB));
  const touchFile = async (file: string): Promise<void> => {
    if (datasets.get(file) || (await isDataset(file))) await datasets.touch(file);
  };
  const touch = (uri: vscode.Uri): void => {
    if (uri.scheme === 'file' && isOurs(uri.path)) faults.watch(touchFile(uri.fsPath));
  };
  own(watcher.onDidCreate(touch));
  own(watcher.onDidChange(touch));
  own(watcher.onDidDelete(touch));
  // Of a folder that goes, the watcher does not name the files.
  const refresh = (): void => faults.watch(datasets.refresh());
  own(vscode.workspace.onDidChangeWorkspaceFolders(refresh));
  own(vscode.workspace.onDidDeleteFiles(refresh));
  own(vscode.workspace.onDidRenameFiles(refresh));

  const jobTree = own(new JobTreeDataProvider(model, now));
  const jobView = own(vscode.window.createTreeView(Views.jobs, { treeDataProvider: jobTree }));
  own(new JobStatus(model, jobView, now));
  const minutes = setInterval(() => {
    if (jobView.visible) jobTree.refreshTimes();
  }, MINUTE_MS);
  own({ dispose: () => clearInterval(minutes) });
  own(jobView.onDidChangeVisibility(({ visible }) => visible && jobTree.refreshTimes()));
  const notifier = own(
    new JobNotifier(model, {
      announce: announceOn(screen),
      run: (id, jobId) => commands.run(id, jobId),
      claim: fileClaims(vscode.Uri.joinPath(context.globalStorageUri, 'announced').fsPath, now),
      isOurs: ({ recipeFile }) => files.contains(recipeFile),
    }),
  );
  const logs = own(new JobLogProvider(model));
  own(vscode.workspace.registerTextDocumentContentProvider(LogScheme, logs));
  const modelTree = own(new ModelTreeDataProvider(model));
  own(vscode.window.createTreeView(Views.models, { treeDataProvider: modelTree }));

  const downloads = new DownloadManager({ screen, hub, tokens, requireTrust: () => trust.require(), onDownloaded: () => modelTree.refresh() });

  const jobPanels = own(new JobPanels({ model, commands, faults, trust, extensionUri, now }));
  const comparePanels = own(new ComparePanels({ model, faults, trust, extensionUri, manageTrust: () => screen.run('workbench.trust.manage') }));
  const datasetPanels = own(new DatasetPanels({
    datasets, table, commands, faults, trust, screen, extensionUri,
    readRows,
    remembered: context.workspaceState,
    models: async () => (await (await model.client()).models()).filter(({ kind }) => kind === 'base'),
  }));
  own(vscode.window.registerWebviewPanelSerializer(Pages.dataset, datasetPanels));
  own(vscode.window.registerWebviewPanelSerializer(Pages.job, jobPanels));
  own(vscode.window.registerWebviewPanelSerializer(Pages.compare, comparePanels));

  const showJob = (jobId: string): Promise<void> => jobPanels.show(jobId);
  const launcher = new LaunchManager({ model, save: saveDocument, screen, showJob, onLaunched: (jobId) => notifier.launchedHere(jobId), fetchBase: async (file) => downloads.offer(await recipes.baseModel(file)) });
  const fineTune = new FineTuneManager({
    screen,
    recipes,
    profile: (file, signal, onShare) => datasets.profile(file, signal, onShare),
    showFindings: (profile) => datasetCommands.showFindingsOf(profile),
    launch: (recipeFile) => launcher.launch(recipeFile),
    chooseBase: (current) => downloads.chooseBase(current),
  });
  const problems = own(new RecipeProblems(recipes, faults));
  own(new DatasetProblems({ model: datasets, files: datasetFiles, faults, contains: (file) => files.contains(file) }));
  const openDatasets = own(new OpenDatasets(datasets, faults, async (file) => isOurs(file) && files.contains(file) && (await isDataset(file))));
  own(vscode.languages.registerCodeLensProvider(DatasetLensProvider.selector, own(new DatasetLensProvider(datasets, () => trust.open))));
  own(vscode.languages.registerHoverProvider(DatasetHoverProvider.selector, new DatasetHoverProvider({ model: datasets, table, files: datasetFiles })));
  own(vscode.window.registerFileDecorationProvider(own(new DatasetDecorations(datasets))));
  const lens = own(new RecipeLensProvider(() => trust.open));
  own(vscode.languages.registerCodeLensProvider(RecipeLensProvider.selector, lens));

  datasetCommands.register(commands);
  own(registerRepairs({
    commands, screen, repair, save: saveDocument, targetOf: (file) => memory.targetOf(file),
    version: (context.extension.packageJSON as { readonly version: string }).version,
    chooseDataset: (argument, question) => resolve('dataset', argument, question),
    profile: (file, signal, onShare) => datasets.profile(file, signal, onShare),
  }));
  registerDatasetFileCommands(commands, {
    screen, readRows, files: datasetFiles, model: datasets, memory, adder: addDatasets, chooseDataset: (argument, question) => resolve('dataset', argument, question),
    showFindings: (profile) => datasetCommands.showFindingsOf(profile), openRow: (place) => datasetCommands.openRow(place), onSplit: () => datasetTree.refresh(), mayWrite: () => trust.open,
  });
  commands.register(Commands.openSelectedDataset, () => {
    const node = datasetView.selection[0];
    return node?.kind === 'dataset' ? datasetPanels.show(node.file) : undefined;
  });
  commands.register(Commands.previewDataset, async (argument) => {
    const file = await resolve('dataset', argument, 'Preview which dataset?');
    if (file !== undefined) datasetPanels.show(file);
  });
  new RecipeCommands(fineTune, launcher, resolve).register(commands);
  new JobCommands(model, screen, { showJob, showCompare: (jobId, part) => comparePanels.show({ jobId, modelRef: undefined, part }) }).register(commands);
  commands.register(Commands.openSelectedJob, () => {
    const node = jobView.selection[0];
    return node?.kind === 'job' ? showJob(node.jobId) : undefined;
  });
  commands.register(Commands.compareModels, (argument) => comparePanels.show({ jobId: argument?.jobId, modelRef: argument?.modelRef, part: 'prompt' }));
  const exporter = new ExportManager(screen, () => model.client());
  commands.register(Commands.exportModel, (argument) => exporter.export(argument));
  commands.register(Commands.revealModel, ({ folder }) => screen.reveal(folder));
  downloads.register(commands);
  commands.register(Commands.openSample, () => new SampleProject(screen, vscode.Uri.joinPath(extensionUri, 'media', 'sample').fsPath).open());

  problems.start();
  openDatasets.start();
  // Jobs outlive the window: if there ever were any, the ones that run are shown without being asked for.
  own(whenThere(databaseFile(settings.home), () => faults.watch(model.client())));

  const cpu = process.cpuUsage(cpuBefore);
  return { activationTime: performance.now() - started, activationCpuTime: (cpu.user + cpu.system) / 1000 };
}

async function saveDocument(file: string): Promise<void> {
  await vscode.workspace.textDocuments.find((document) => document.uri.fsPath === file && document.isDirty)?.save();
}
