/**
 * The VS Code window as a test sees it: commands, pickers, trees, menus, notifications (selectors of VS Code 1.139).
 *
 *     const wb = new Workbench(page, server, server.workspace('media/sample'));
 *     await wb.open();
 *     await wb.command('Tunesmith: Open Sample Project');
 */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, type Frame, type Locator, type Page } from '@playwright/test';
import type { Server, Theme } from './server.ts';

/** A window loads 19 MB of script before it shows anything. */
const OPEN_TIMEOUT_MS = 60_000;

export class Workbench {
  readonly page: Page;
  readonly server: Server;
  /** the open folder */
  readonly folder: string;

  constructor(page: Page, server: Server, folder: string) {
    this.page = page;
    this.server = server;
    this.folder = folder;
  }

  async open(): Promise<void> {
    await this.page.goto(this.server.address(this.folder), { waitUntil: 'commit' });
    await this.#ready();
  }

  /** VS Code's own command saves the window's state first; after a reload of the page the last seconds would be lost. */
  async reload(): Promise<void> {
    const left = this.page.waitForEvent('framenavigated', (frame) => frame === this.page.mainFrame());
    await this.command('Developer: Reload Window');
    await left;
    await this.#ready();
  }

  async #ready(): Promise<void> {
    const explorer = this.page.locator('.explorer-folders-view .monaco-list-row').first();
    const sidebar = this.page.locator('.part.sidebar .pane-header').first();
    await expect(explorer.or(sidebar).first()).toBeVisible({ timeout: OPEN_TIMEOUT_MS });
    // Only now are the extension's menus and commands there.
    await expect(this.activity('Tunesmith')).toBeVisible({ timeout: OPEN_TIMEOUT_MS });
  }

  // ---- quick input: palette, pickers, input boxes

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  get quickInputText(): Locator {
    return this.quickInput.locator('.quick-input-box input');
  }

  /** @param title as the palette shows it, with its category: `Tunesmith: Open Sample Project` */
  async command(title: string): Promise<void> {
    await this.findCommand(title);
    await this.pick(title);
  }

  /** Opens the palette on a command, which Enter then runs. As with a menu, what needs trust is missing in the first second. */
  async findCommand(title: string): Promise<void> {
    let patience = 1000;
    await expect(async () => {
      patience *= 2;
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await this.quickInputText.fill(`>${title}`, { timeout: patience });
      await expect(this.quickPickItem(title).first()).toBeVisible({ timeout: patience });
    }).toPass({ timeout: OPEN_TIMEOUT_MS });
  }

  quickPickItem(label: string | RegExp): Locator {
    return this.quickInput.locator('.monaco-list-row').filter({
      has: this.page.locator('.label-name', { hasText: typeof label === 'string' ? exactly(label) : label }),
    });
  }

  async pick(label: string | RegExp): Promise<void> {
    await this.quickPickItem(label).first().click();
  }

  /** Fills the input box that asks this. What was there before it would swallow the text. */
  async answer(question: string, text: string): Promise<void> {
    await expect(this.quickInput).toContainText(question);
    await this.quickInputText.fill(text);
    await this.page.keyboard.press('Enter');
  }

  // ---- Explorer and editors

  /** Lists and trees are virtual: only rows in view are in the page. */
  file(name: string): Locator {
    return this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
  }

  async openFile(name: string): Promise<void> {
    await this.file(name).dblclick();
    await expect(this.tab(name)).toBeVisible();
  }

  tab(label: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: label });
  }

  get editorText(): Locator {
    return this.page.locator('.editor-instance .view-lines').last();
  }

  // ---- menus

  /** A menu opened in a window's first second lacks what needs trust, which is not known yet: it is opened anew then. */
  async contextMenu(target: Locator, item: string): Promise<void> {
    // More patience each time: on a busy machine a menu takes seconds to be drawn.
    let patience = 500;
    await expect(async () => {
      await this.page.keyboard.press('Escape');
      await target.click({ button: 'right' });
      await expect(this.menuItem(item)).toBeVisible({ timeout: (patience *= 2) });
    }).toPass({ timeout: OPEN_TIMEOUT_MS });
    // VS Code ignores a click in a menu's first 100 ms.
    await expect(async () => {
      if (await this.menuItem(item).isVisible()) await this.menuItem(item).click();
      await expect(this.menuItem(item)).toBeHidden({ timeout: 1000 });
    }).toPass();
  }

  menuItem(label: string): Locator {
    return this.page.locator('.context-view .monaco-menu .action-item', { hasText: label }).first();
  }

  // ---- views

  async viewContainer(title: string): Promise<void> {
    const icon = this.activity(title);
    if (!(await icon.getAttribute('class'))?.includes('checked')) await icon.click();
  }

  activity(title: string): Locator {
    return this.page.locator('.activitybar .action-item', { has: this.page.locator(`[aria-label^="${title}"]`) }).first();
  }

  view(title: string): Locator {
    return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${title}"]`) });
  }

  row(view: string, label: string | RegExp): Locator {
    return this.view(view).locator('.monaco-list-row', { hasText: label });
  }

  // ---- status bar, notifications, dialogs, panel

  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  get problems(): Locator {
    return this.page.locator('.markers-panel .monaco-list-row');
  }

  get output(): Locator {
    return this.page.locator('.output-view .view-lines');
  }

  // ---- webviews

  /** The page whose HTML has this `<title>`. VS Code writes it into a frame named fake.html inside a frame of its own. */
  async webview(title: string): Promise<Frame> {
    let found: Frame | undefined;
    await expect(async () => {
      for (const frame of this.page.frames().filter((one) => one.url().includes('/fake.html'))) {
        if ((await frame.title().catch(() => '')) === title) found = frame;
      }
      const said = await this.notification(/./).allTextContents();
      expect(found, `a page titled "${title}"; notifications: ${JSON.stringify(said)}`).toBeDefined();
    }).toPass({ timeout: OPEN_TIMEOUT_MS });
    return found!;
  }

  // ---- settings

  /** Takes effect in under a second: VS Code watches the folder's settings file, but reads the user's at start only. */
  async theme(theme: Theme): Promise<void> {
    this.#changeSettings({ 'workbench.colorTheme': theme, 'window.autoDetectColorScheme': false });
    await expect(this.page.locator('.monaco-workbench')).toHaveClass(new RegExp(`(^| )${THEME_CLASS[theme]}( |$)`));
  }

  #changeSettings(change: Record<string, unknown>): void {
    const file = path.join(this.folder, '.vscode/settings.json');
    const before: object = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as object) : {};
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify({ ...before, ...change }));
  }
}

const THEME_CLASS: Record<Theme, string> = {
  'Dark 2026': 'vs-dark',
  'Light 2026': 'vs',
  'Default High Contrast': 'hc-black',
  'Default High Contrast Light': 'hc-light',
};

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
