/** The table of commands, and the one place where faults and questions become words on the screen. */

import * as vscode from 'vscode';
import { UserError } from '../core/errors.ts';
import { type CommandArguments, CommandFacts, type CommandId, Views } from '../ids.ts';
import type { Choice, Heading, Level, Question, Screen, TextQuestion } from './screen.ts';
import type { TrustGate } from './trust.ts';
import { joinSentences, withoutLinks } from './words.ts';

export class CommandTable implements vscode.Disposable {
  readonly #faults: Pick<FaultReporter, 'report'>;
  readonly #trust: TrustGate;
  readonly #registrar: typeof vscode.commands.registerCommand;
  readonly #registrations: vscode.Disposable[] = [];

  constructor(faults: Pick<FaultReporter, 'report'>, trust: TrustGate, registrar = vscode.commands.registerCommand) {
    this.#faults = faults;
    this.#trust = trust;
    this.#registrar = registrar;
  }

  register<Id extends CommandId>(id: Id, handler: (...args: CommandArguments[Id]) => unknown): void {
    this.#registrations.push(
      this.#registrar(id, async (...args: CommandArguments[Id]) => {
        try {
          if (CommandFacts[id].executes) this.#trust.require();
          return await handler(...args);
        } catch (fault) {
          await this.#faults.report(fault);
          return undefined;
        }
      }),
    );
  }

  async run<Id extends CommandId>(id: Id, ...args: CommandArguments[Id]): Promise<void> {
    await vscode.commands.executeCommand(id, ...args);
  }

  dispose(): void {
    for (const registration of this.#registrations.splice(0)) registration.dispose();
  }
}

export interface FaultWords {
  readonly message: string;
  readonly actions: readonly string[];
  readonly isOurs: boolean;
}

/** A fault in the user's words, with what can be done about it at once. */
export function faultWords(fault: unknown): FaultWords {
  const user = asUserError(fault);
  if (user === undefined) {
    const message = fault instanceof Error ? fault.message : String(fault);
    return { message: `Tunesmith met a fault it does not know: ${message}`, actions: ['Copy Details', 'Open Log'], isOurs: true };
  }
  if (user.code === 'trust.restricted') return { message: joinSentences(user.message, user.remedy), actions: ['Manage Trust'], isOurs: false };
  if (user.place?.file !== undefined) {
    const action = user.place.row === undefined ? 'Open File' : `Open Row ${user.place.row.toLocaleString('en-US')}`;
    return { message: joinSentences(user.message, user.remedy), actions: [action, 'Copy Details'], isOurs: false };
  }
  if (user.code.startsWith('job.')) return { message: joinSentences(user.message, user.remedy), actions: ['Show Jobs', 'Copy Details'], isOurs: false };
  return { message: joinSentences(user.message, user.remedy), actions: ['Copy Details'], isOurs: false };
}

/** Also recognizes one that came from another bundle or process, where `instanceof` does not hold. */
function asUserError(fault: unknown): UserError | undefined {
  if (fault instanceof UserError) return fault;
  if (fault instanceof Error && fault.name === 'UserError' && 'remedy' in fault && 'code' in fault) return fault as UserError;
  return undefined;
}

export class FaultReporter {
  readonly #screen: Screen;
  readonly #log: vscode.LogOutputChannel;
  readonly #openRow: (file: string, row: number) => Promise<void>;

  constructor(screen: Screen, log: vscode.LogOutputChannel, openRow: (file: string, row: number) => Promise<void>) {
    this.#screen = screen;
    this.#log = log;
    this.#openRow = openRow;
  }

  async report(fault: unknown): Promise<void> {
    if (fault instanceof vscode.CancellationError || (fault instanceof Error && fault.name === 'AbortError')) return;
    const words = faultWords(fault);
    if (words.isOurs) this.#log.error(detailsOf(fault));
    else this.#log.warn(words.message);
    const action = await this.#screen.tell('error', words.message, words.actions);
    const place = asUserError(fault)?.place;
    if (action === 'Copy Details') await this.#screen.copy(detailsOf(fault));
    else if (action === 'Open Log') this.#log.show();
    else if (action === 'Show Jobs') await this.#screen.run(`${Views.jobs}.focus`);
    else if (action === 'Manage Trust') await this.#screen.run('workbench.trust.manage');
    else if (action !== undefined && place?.file !== undefined) {
      if (place.row === undefined) await this.#screen.openFile(place.file);
      else await this.#openRow(place.file, place.row);
    }
  }

  /** For work that nobody awaits: faults are shown, never lost. */
  watch(work: Promise<unknown>): void {
    work.catch((fault: unknown) => this.report(fault));
  }
}

function detailsOf(fault: unknown): string {
  const user = asUserError(fault);
  const lines = [
    `Tunesmith on VS Code ${vscode.version}, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
    ...(user ? [`${user.code}: ${user.message}`, user.remedy, ...(user.place ? [JSON.stringify(user.place)] : [])] : []),
    fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
  ];
  if (fault instanceof Error && fault.cause instanceof Error) lines.push(`caused by ${fault.cause.stack ?? fault.cause.message}`);
  return lines.join('\n');
}

type PickRow<T> = vscode.QuickPickItem & { readonly choice?: Choice<T> };

/** The window, as VS Code shows it. */
export class VsCodeScreen implements Screen {
  async tell<A extends string>(level: Level, words: string, actions: readonly A[] = []): Promise<A | undefined> {
    const message = withoutLinks(words);
    switch (level) {
      case 'information':
        return vscode.window.showInformationMessage(message, ...actions);
      case 'warning':
        return vscode.window.showWarningMessage(message, ...actions);
      case 'error':
        return vscode.window.showErrorMessage(message, ...actions);
    }
  }

  async confirm(question: string, detail: string, yes: string): Promise<boolean> {
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
  }

  choose<T>({ title, placeholder, prompt }: Question, choices: readonly (Choice<T> | Heading)[]): Promise<T | undefined> {
    const pick = vscode.window.createQuickPick<PickRow<T>>();
    pick.title = title;
    pick.placeholder = placeholder;
    pick.prompt = prompt;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    // The question must survive a look at the dataset behind it.
    pick.ignoreFocusOut = true;
    pick.items = choices.map(toRow);
    return new Promise((resolve) => {
      pick.onDidAccept(() => {
        const value = pick.selectedItems[0]?.choice?.value;
        if (value === undefined) return;
        resolve(value);
        pick.hide();
      });
      pick.onDidHide(() => {
        resolve(undefined);
        pick.dispose();
      });
      pick.show();
    });
  }

  async ask({ title, placeholder, prompt, isSecret = false, fault }: TextQuestion): Promise<string | undefined> {
    return vscode.window.showInputBox({
      title, placeHolder: placeholder, prompt, password: isSecret, ignoreFocusOut: true, validateInput: (text) => fault(text),
    });
  }

  async saveFile(title: string, proposed: string): Promise<string | undefined> {
    return (await vscode.window.showSaveDialog({ title: withoutLinks(title), defaultUri: vscode.Uri.file(proposed) }))?.fsPath;
  }

  async chooseFolder(title: string, button: string): Promise<string | undefined> {
    const folders = await vscode.window.showOpenDialog({
      title,
      openLabel: button,
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
    });
    return folders?.[0]?.fsPath;
  }

  async progress<T>(title: string, work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const abort = new AbortController();
    return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: withoutLinks(title), cancellable: true }, async (progress, token) => {
      const listening = token.onCancellationRequested(() => abort.abort());
      try {
        return await work((message) => progress.report({ message }), abort.signal);
      } catch (fault) {
        if (abort.signal.aborted) return undefined;
        throw fault;
      } finally {
        listening.dispose();
      }
    });
  }

  async openFile(file: string, line?: number): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    const editor = await vscode.window.showTextDocument(document, { preview: true });
    if (line === undefined) return;
    const place = document.lineAt(Math.min(Math.max(0, line - 1), document.lineCount - 1)).range;
    editor.selection = new vscode.Selection(place.start, place.start);
    editor.revealRange(place, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async openDocument(uri: string): Promise<void> {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true)), { preview: false });
  }

  async openFolder(folder: string, newWindow: boolean): Promise<void> {
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow: newWindow });
  }

  async reveal(path: string): Promise<void> {
    const uri = vscode.Uri.file(path);
    if (vscode.workspace.getWorkspaceFolder(uri)) await vscode.commands.executeCommand('revealInExplorer', uri);
    // A remote or browser window has no file manager of the machine where the file is.
    else if (vscode.env.remoteName === undefined) await vscode.commands.executeCommand('revealFileInOS', uri);
    else {
      const copied = await this.tell('information', `The files are in ${path} on ${vscode.env.remoteName}.`, ['Copy Path']);
      if (copied) await this.copy(path);
    }
  }

  async copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
  }

  async run(command: string, ...args: unknown[]): Promise<void> {
    await vscode.commands.executeCommand(command, ...args);
  }
}

function toRow<T>(choice: Choice<T> | Heading): PickRow<T> {
  if ('heading' in choice) return { label: choice.heading, kind: vscode.QuickPickItemKind.Separator };
  const { label, description, detail, icon } = choice;
  return { label, description, detail, choice, ...(icon ? { iconPath: new vscode.ThemeIcon(icon) } : {}) };
}
