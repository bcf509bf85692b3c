/** Every id that package.json and the code share: commands with their arguments, views, settings, context keys, pages. */

/** What a command that concerns a job may be handed: the job's id, or a tree node that carries it. */
export type JobArgument = string | { readonly jobId: string };

/** What a command that concerns a file may be handed: an Explorer resource, or a tree node that carries it. */
export type FileArgument = { readonly fsPath: string; readonly scheme: string } | { readonly file: string };

/** What the repair of a dataset may be handed: the file, and the repairs where they are chosen already; or a tree node of a finding. */
export type RepairArgument = FileArgument | { readonly file: string; readonly repairs?: readonly string[] } | { readonly file: string; readonly finding?: { readonly code: string } };

export interface RowArgument {
  readonly file: string;
  /** 1-based row of the dataset */
  readonly row: number;
  /** 1-based line of the file where the row begins, if that is known */
  readonly line?: number;
}

export interface CompareArgument {
  /** a job, whose base and tuned model are compared */
  readonly jobId?: string;
  /** what `generate` takes: a model to put on the right */
  readonly modelRef?: string;
}

/** What a command that concerns a model may be handed: a tree node that carries what `generate` takes. */
export interface ModelArgument {
  readonly modelRef: string;
}

/** What a command that concerns a split may be handed: a tree node that carries the absolute path of its manifest. */
export interface SplitArgument {
  readonly manifest: string;
}

/** The arguments each command takes. A command that needs its first one is hidden from the palette. */
export interface CommandArguments {
  'tunesmith.sample.open': [];
  'tunesmith.dataset.fineTune': [file?: FileArgument];
  'tunesmith.dataset.showFindings': [file?: FileArgument];
  'tunesmith.dataset.preview': [file?: FileArgument];
  'tunesmith.dataset.openRow': [place: RowArgument];
  'tunesmith.dataset.openSelected': [];
  'tunesmith.dataset.check': [file?: FileArgument];
  'tunesmith.dataset.convert': [file?: FileArgument];
  'tunesmith.dataset.split': [file?: FileArgument];
  'tunesmith.dataset.verifySplit': [split: SplitArgument];
  'tunesmith.dataset.updateSplit': [split?: SplitArgument];
  'tunesmith.dataset.useFolder': [folder?: FileArgument];
  'tunesmith.dataset.forget': [file: FileArgument];
  'tunesmith.dataset.repair': [file?: RepairArgument];
  /** the repaired version, as the difference shows it */
  'tunesmith.repair.saveCopy': [version: { toString(): string }];
  'tunesmith.repair.replace': [version: { toString(): string }];
  'tunesmith.repair.discard': [version: { toString(): string }];
  'tunesmith.dataset.redact': [file?: FileArgument];
  'tunesmith.recipe.launch': [file?: FileArgument];
  'tunesmith.job.open': [job?: JobArgument];
  'tunesmith.job.openSelected': [];
  'tunesmith.job.stop': [job?: JobArgument];
  'tunesmith.job.resume': [job?: JobArgument];
  'tunesmith.job.remove': [job?: JobArgument];
  'tunesmith.job.compare': [job?: JobArgument];
  'tunesmith.job.openLog': [job?: JobArgument];
  'tunesmith.job.openReport': [job?: JobArgument];
  'tunesmith.job.openRecipe': [job?: JobArgument];
  'tunesmith.job.revealArtifact': [job?: JobArgument];
  'tunesmith.job.copyDetails': [job?: JobArgument];
  'tunesmith.model.compare': [model?: CompareArgument];
  'tunesmith.model.export': [model?: ModelArgument];
  'tunesmith.model.reveal': [model: { readonly folder: string }];
  /** a name on the Hugging Face hub */
  'tunesmith.model.download': [id?: string];
  'tunesmith.hub.setToken': [];
  'tunesmith.hub.signOut': [];
}

export type CommandId = keyof CommandArguments;

export const Commands = {
  openSample: 'tunesmith.sample.open',
  fineTune: 'tunesmith.dataset.fineTune',
  showFindings: 'tunesmith.dataset.showFindings',
  previewDataset: 'tunesmith.dataset.preview',
  openRow: 'tunesmith.dataset.openRow',
  openSelectedDataset: 'tunesmith.dataset.openSelected',
  checkDataset: 'tunesmith.dataset.check',
  convertDataset: 'tunesmith.dataset.convert',
  splitDataset: 'tunesmith.dataset.split',
  verifySplit: 'tunesmith.dataset.verifySplit',
  updateSplit: 'tunesmith.dataset.updateSplit',
  useFolder: 'tunesmith.dataset.useFolder',
  forgetDataset: 'tunesmith.dataset.forget',
  repairDataset: 'tunesmith.dataset.repair',
  saveRepair: 'tunesmith.repair.saveCopy',
  replaceByRepair: 'tunesmith.repair.replace',
  discardRepair: 'tunesmith.repair.discard',
  redactDataset: 'tunesmith.dataset.redact',
  launchRecipe: 'tunesmith.recipe.launch',
  openJob: 'tunesmith.job.open',
  openSelectedJob: 'tunesmith.job.openSelected',
  stopJob: 'tunesmith.job.stop',
  resumeJob: 'tunesmith.job.resume',
  removeJob: 'tunesmith.job.remove',
  compareJob: 'tunesmith.job.compare',
  openLog: 'tunesmith.job.openLog',
  openReport: 'tunesmith.job.openReport',
  openJobRecipe: 'tunesmith.job.openRecipe',
  revealArtifact: 'tunesmith.job.revealArtifact',
  copyDetails: 'tunesmith.job.copyDetails',
  compareModels: 'tunesmith.model.compare',
  exportModel: 'tunesmith.model.export',
  revealModel: 'tunesmith.model.reveal',
  downloadModel: 'tunesmith.model.download',
  setHubToken: 'tunesmith.hub.setToken',
  signOutOfHub: 'tunesmith.hub.signOut',
} as const satisfies Record<string, CommandId>;

/** Forgetting to list a command here is a compile error; `needsArgument` hides it from the palette. */
export const CommandFacts: Record<CommandId, { readonly needsArgument: boolean; readonly executes: boolean }> = {
  'tunesmith.sample.open': { needsArgument: false, executes: false },
  'tunesmith.dataset.fineTune': { needsArgument: false, executes: true },
  'tunesmith.dataset.showFindings': { needsArgument: false, executes: false },
  'tunesmith.dataset.preview': { needsArgument: false, executes: false },
  'tunesmith.dataset.openRow': { needsArgument: true, executes: false },
  // Needs a selection instead of an argument.
  'tunesmith.dataset.openSelected': { needsArgument: true, executes: false },
  'tunesmith.dataset.check': { needsArgument: false, executes: false },
  'tunesmith.dataset.convert': { needsArgument: false, executes: true },
  'tunesmith.dataset.split': { needsArgument: false, executes: true },
  'tunesmith.dataset.verifySplit': { needsArgument: true, executes: false },
  'tunesmith.dataset.updateSplit': { needsArgument: false, executes: true },
  'tunesmith.dataset.useFolder': { needsArgument: false, executes: false },
  'tunesmith.dataset.forget': { needsArgument: true, executes: false },
  'tunesmith.dataset.repair': { needsArgument: false, executes: true },
  'tunesmith.repair.saveCopy': { needsArgument: true, executes: false },
  'tunesmith.repair.replace': { needsArgument: true, executes: false },
  'tunesmith.repair.discard': { needsArgument: true, executes: false },
  'tunesmith.dataset.redact': { needsArgument: false, executes: true },
  'tunesmith.recipe.launch': { needsArgument: false, executes: true },
  'tunesmith.job.open': { needsArgument: false, executes: false },
  // Needs a selection instead of an argument.
  'tunesmith.job.openSelected': { needsArgument: true, executes: false },
  'tunesmith.job.stop': { needsArgument: false, executes: true },
  'tunesmith.job.resume': { needsArgument: false, executes: true },
  'tunesmith.job.remove': { needsArgument: false, executes: true },
  'tunesmith.job.compare': { needsArgument: false, executes: false },
  'tunesmith.job.openLog': { needsArgument: false, executes: false },
  'tunesmith.job.openReport': { needsArgument: false, executes: false },
  'tunesmith.job.openRecipe': { needsArgument: false, executes: false },
  'tunesmith.job.revealArtifact': { needsArgument: false, executes: false },
  'tunesmith.job.copyDetails': { needsArgument: false, executes: false },
  'tunesmith.model.compare': { needsArgument: false, executes: false },
  'tunesmith.model.export': { needsArgument: false, executes: true },
  'tunesmith.model.reveal': { needsArgument: true, executes: false },
  'tunesmith.model.download': { needsArgument: false, executes: true },
  'tunesmith.hub.setToken': { needsArgument: false, executes: false },
  'tunesmith.hub.signOut': { needsArgument: false, executes: false },
};

export const Views = {
  datasets: 'tunesmith.datasets',
  jobs: 'tunesmith.jobs',
  models: 'tunesmith.models',
} as const;

export const ViewContainer = 'tunesmith';

/** Webview panel types; each also is an activation event `onWebviewPanel:<type>`. */
export const Pages = {
  job: 'tunesmith.jobPage',
  compare: 'tunesmith.comparePage',
  dataset: 'tunesmith.datasetPage',
} as const;

export const Settings = {
  home: 'tunesmith.home',
  codeLens: 'tunesmith.codeLens',
  datasetLens: 'tunesmith.datasets.codeLens',
  datasetProblems: 'tunesmith.datasets.problems',
  datasetDecorations: 'tunesmith.datasets.decorations',
} as const;

/** URI scheme of the log documents. */
export const LogScheme = 'tunesmith-log';

/** URI scheme of single rows of files that are too large for the editor. */
export const RowScheme = 'tunesmith-row';

/** URI scheme of repaired versions that nobody has taken over yet. */
export const RepairScheme = 'tunesmith-repair';

export const RecipeGlob = '**/*.tune.yaml';

/** Folders of tools, whose files are nobody's datasets. */
export const NotOursGlob = '**/{node_modules,.git,.venv,__pycache__}/**';

export function isOurs(path: string): boolean {
  return !/[\\/](?:node_modules|\.git|\.venv|__pycache__)[\\/]/.test(path);
}

export function isRecipeFile(path: string): boolean {
  return /\.tune\.yaml$/i.test(path);
}
