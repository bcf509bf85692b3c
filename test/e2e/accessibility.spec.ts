/** Everything works with the keyboard and in high contrast, and the pages have no serious fault that axe can find. */

import { expectNoSeriousFaults } from './lib/accessibility.ts';
import { expect, test } from './lib/fixtures.ts';
import { JobPageView, launch } from './lib/jobPage.ts';
import type { Workbench } from './lib/workbench.ts';

test('the pages have no serious accessibility fault in any theme', async ({ wb }) => {
  const job = await launch(wb, 'quick.tune.yaml');
  await expect(job.state).toContainText('Finished', { timeout: 90_000 });
  await expectNoSeriousFaults(wb, 'Tunesmith Job');
  await job.button('Open Report').click();
  const compare = await wb.webview('Tunesmith Compare');
  await expect(compare.getByRole('heading', { name: 'Held-out rows' })).toBeVisible();
  await expectNoSeriousFaults(wb, 'Tunesmith Compare');
});

test('a model is tuned and its page is used with the keyboard alone', async ({ wb }) => {
  const { keyboard } = wb.page;
  await wb.findCommand('Tunesmith: Launch Recipe');
  await keyboard.press('Enter');
  await expect(wb.quickInput).toContainText('Launch which recipe?');
  await keyboard.type('long');
  await keyboard.press('Enter');

  const job = await JobPageView.of(wb);
  await job.reachesStep(5);
  await tabTo(wb, () => job.frame.evaluate(() => document.activeElement?.textContent === 'Stop'));
  await keyboard.press('Enter');
  await expect(job.state).toContainText('Stopped');
  await tabTo(wb, () => job.frame.evaluate(() => document.activeElement?.textContent === 'Resume'));
  await keyboard.press('Space');
  await expect(job.state).toContainText('Training');
});

test('in high contrast the job page marks its buttons and curves by borders and lines, not by fill alone', async ({ wb }) => {
  await wb.theme('Default High Contrast');
  const job = await launch(wb, 'long.tune.yaml');
  await job.reachesStep(5);
  await expect(job.frame.locator('body')).toHaveClass(/vscode-high-contrast/);
  const border = await job.button('Stop').evaluate((button) => getComputedStyle(button.shadowRoot?.querySelector('button') ?? button).borderTopWidth);
  expect(parseFloat(border)).toBeGreaterThan(0);
});

async function tabTo(wb: Workbench, isThere: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    if (await isThere()) return;
    await wb.page.keyboard.press('Tab');
  }
  throw new Error('The Tab key does not lead there.');
}
