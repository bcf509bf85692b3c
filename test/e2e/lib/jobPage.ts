/** The job page as a test sees it, and the ways to it. */

import { expect, type Frame, type Locator } from '@playwright/test';
import type { Workbench } from './workbench.ts';

export class JobPageView {
  readonly frame: Frame;

  private constructor(frame: Frame) {
    this.frame = frame;
  }

  /** The page in front; a page that is hidden is not in the window. */
  static async of(wb: Workbench): Promise<JobPageView> {
    const view = new JobPageView(await wb.webview('Tunesmith Job'));
    await expect(view.frame.locator('main')).toHaveAttribute('aria-busy', 'false');
    return view;
  }

  get name(): Locator {
    return this.frame.getByRole('heading', { level: 1 });
  }

  get state(): Locator {
    return this.frame.locator('header .state');
  }

  /** One row a step, the newest first. */
  get stepRows(): Locator {
    return this.frame.getByRole('region', { name: 'Numbers by step' }).locator('tbody tr');
  }

  async newestStep(): Promise<number> {
    const text = await this.stepRows.first().locator('td').first().textContent().catch(() => null);
    return Number((text ?? '0').replaceAll(',', ''));
  }

  /** Waits until more than `after` steps have been seen on the page. */
  async reachesStep(after: number, timeout = 60_000): Promise<void> {
    await expect.poll(() => this.newestStep(), { message: `a step after ${after}`, timeout }).toBeGreaterThan(after);
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name });
  }
}

/** Launches a recipe of the open folder through its menu in the Explorer. */
export async function launch(wb: Workbench, recipe: string): Promise<JobPageView> {
  await wb.contextMenu(wb.file(recipe), 'Launch Recipe');
  return JobPageView.of(wb);
}
