/** Asks axe about a page in every theme. */

import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { Theme } from './server.ts';
import type { Workbench } from './workbench.ts';

const THEMES: readonly Theme[] = ['Dark 2026', 'Light 2026', 'Default High Contrast', 'Default High Contrast Light'];

/** @param page the title of its document */
export async function expectNoSeriousFaults(wb: Workbench, page: string): Promise<void> {
  for (const theme of THEMES) {
    await wb.theme(theme);
    await paintBackground(wb, page);
    const { violations } = await new AxeBuilder({ page: wb.page }).include(['iframe.webview.ready', '#active-frame', 'html']).analyze();
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${page}, ${theme}: ${id} (${help}) ${html.slice(0, 200)} ${failureSummary}`));
    expect(serious).toEqual([]);
  }
}

/** A page is transparent: VS Code paints the editor's colour behind it, which axe takes for white. */
async function paintBackground(wb: Workbench, title: string): Promise<void> {
  const frame = await wb.webview(title);
  await frame.evaluate(() => void (document.body.style.background = 'var(--vscode-editor-background)'));
}
