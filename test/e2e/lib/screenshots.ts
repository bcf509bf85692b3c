/** Keeps named pictures of the window in test-results/screenshots, in light, dark and high contrast. */

import * as path from 'node:path';
import type { Theme } from './server.ts';
import type { Workbench } from './workbench.ts';

const THEMES = {
  dark: 'Dark 2026',
  light: 'Light 2026',
  'high-contrast': 'Default High Contrast',
} as const satisfies Record<string, Theme>;

export const SCREENSHOTS = path.resolve(import.meta.dirname, '../../../test-results/screenshots');

export async function screenshot(wb: Workbench, name: string): Promise<void> {
  await wb.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}

/** `name-dark.png`, `name-light.png`, `name-high-contrast.png`; the window is left dark. */
export async function screenshotInAllThemes(wb: Workbench, name: string, settled: () => Promise<void> = async () => {}): Promise<void> {
  for (const [suffix, theme] of Object.entries(THEMES).reverse()) {
    await wb.theme(theme);
    await settled();
    await screenshot(wb, `${name}-${suffix}`);
  }
}
