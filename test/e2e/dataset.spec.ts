/** The dataset page: what a file is, what is wrong with it, and any of its rows, however many there are. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { expectNoSeriousFaults } from './lib/accessibility.ts';
import { DatasetPageView, writeMillionRows, writeSupportDataset } from './lib/datasetPage.ts';
import { expect, test } from './lib/fixtures.ts';
import { screenshot, screenshotInAllThemes } from './lib/screenshots.ts';
import type { Workbench } from './lib/workbench.ts';

test.use({
  folder: async ({ server }, use) => {
    const folder = server.workspace(undefined, 'support');
    writeSupportDataset(folder);
    await use(folder);
  },
});

async function openFromTree(wb: Workbench, file: string): Promise<DatasetPageView> {
  await wb.viewContainer('Tunesmith');
  const row = wb.row('Datasets', file).first();
  // While a file is being checked its row is drawn anew, and a click on it may be lost.
  await expect(row).toContainText(/[\d,]+ rows?/);
  await expect(async () => {
    await row.click();
    await expect(wb.tab(file)).toBeVisible({ timeout: 5000 });
  }).toPass();
  return DatasetPageView.of(wb);
}

test('from the tree to the tokens of one row', async ({ wb }) => {
  const page = await openFromTree(wb, 'support.jsonl');
  await expect(page.check).toContainText('Checked 1,000 rows');
  await expect(page.shown).toHaveText('1,000 rows');
  await expect(page.lines.first()).toContainText('1');
  await screenshotInAllThemes(wb, 'dataset');

  await page.finding(/^Repair: Line 300/).click();
  await expect(wb.quickInput).toContainText('Repair support.jsonl');
  await wb.page.keyboard.press('Escape');

  await page.finding(/^Error Line 40 of/).click();
  await expect(page.shown).toHaveText('1 of 1,000 rows');
  await expect(page.line('40')).toContainText('Is not valid JSON');
  await page.frame.getByRole('button', { name: 'Show All' }).click();
  await expect(page.shown).toHaveText('1,000 rows');

  await page.search.fill('REFUND');
  await expect(page.shown).toHaveText(/^\d+ of 1,000 rows$/);
  await expect(page.lines.first()).toContainText(/refund/i);
  await page.search.fill('');
  await expect(page.shown).toHaveText('1,000 rows');

  await page.goTo(500);
  await page.line('500').click();
  const detail = page.detail('Line 500');
  await expect(detail.getByRole('tabpanel')).toContainText('nobody');
  await screenshotInAllThemes(wb, 'dataset-row');
  await page.tab('Tokens');
  await expect(detail).toContainText(/\d+% trained on: \d+ of \d+ tokens/);
  await expect(detail.locator('.tokens .token.trained').first()).toContainText('n');
  await screenshotInAllThemes(wb, 'dataset-tokens');
  await page.tab('JSON');
  await expect(detail.getByRole('tabpanel')).toContainText('"messages"');
  await detail.getByRole('button', { name: 'Open in Editor' }).click();
  await expect(wb.statusItem('Ln 500, Col')).toBeVisible();
});

test('has no serious accessibility fault in any theme', async ({ wb }) => {
  const page = await openFromTree(wb, 'support.jsonl');
  await expect(page.check).toContainText('Checked 1,000 rows');
  await page.finding(/^Error Line 120 of/).click();
  await page.lines.first().click();
  for (const tab of ['Conversation', 'Tokens'] as const) {
    await page.tab(tab);
    await expectNoSeriousFaults(wb, 'Tunesmith Dataset');
  }
});

test('is used with the keyboard alone', async ({ wb }) => {
  const page = await openFromTree(wb, 'support.jsonl');
  const { keyboard } = wb.page;
  const active = page.grid.locator('[aria-selected="true"] .number');
  await page.grid.focus();
  await keyboard.press('End');
  await expect(active).toHaveText('1,000');
  await keyboard.press('PageUp');
  await keyboard.press('Home');
  await keyboard.press('ArrowDown');
  await expect(active).toHaveText('2');
  await keyboard.press('Enter');
  await expect(page.detail('Line 2')).toBeVisible();
  await keyboard.press('ArrowDown');
  await expect(page.detail('Line 3')).toBeVisible();
  await keyboard.press('Tab');
  await keyboard.press('Escape');
  await expect(page.detail('Line 3')).toBeHidden();
  await expect(page.grid).toBeFocused();
});

test('fits where it is narrow', async ({ wb }) => {
  const page = await openFromTree(wb, 'support.jsonl');
  await expect(page.check).toContainText('Checked');
  await wb.page.setViewportSize({ width: 660, height: 900 });
  const width = await page.frame.evaluate(() => window.innerWidth);
  expect(width).toBeLessThan(360);
  expect(await page.frame.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  await screenshot(wb, 'dataset-narrow');
});

test('shows any of a million rows at once, and finds one', async ({ wb, folder }) => {
  writeMillionRows(folder);
  const page = await openFromTree(wb, 'million.jsonl');
  await expect(page.lines.first()).toContainText('question 1');
  await expect(page.shown).toHaveText('1,000,000 rows');
  const milliseconds = await page.grid.evaluate(async (grid) => {
    const started = performance.now();
    grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * 0.9;
    while (!/question (89|90)\d{4}/.test(grid.textContent)) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - started;
  });
  console.log(`Row 900,000 of a million on the page after ${milliseconds.toFixed(0)} ms`);
  await page.grid.focus();
  await wb.page.keyboard.press('End');
  await expect(page.line('1,000,000')).toContainText('answer 1000000');
  await page.goTo(900_000);
  await expect(page.line('900,000')).toContainText('question 900000');
  await page.search.fill('NEEDLE');
  await expect(page.line('765,432')).toBeVisible();
  await expect(page.shown).toHaveText('1 of 1,000,000 rows');
  await page.frame.getByRole('button', { name: 'Use a regular expression' }).click();
  await page.search.fill('^question 99999\\d$');
  await expect(page.shown).toHaveText('10 of 1,000,000 rows');
});

test('follows a file that changes, and is there again when the window is opened anew', async ({ wb, folder }) => {
  let page = await openFromTree(wb, 'support.jsonl');
  await expect(page.shown).toHaveText('1,000 rows');
  await page.goTo(800);
  await page.line('800').click();
  fs.appendFileSync(path.join(folder, 'support.jsonl'), '{"broken\n');
  await expect(page.shown).toHaveText('1,001 rows');
  await expect(page.line('800')).toBeVisible();
  await page.search.fill('refund');
  await expect(page.shown).toHaveText(/^\d+ of 1,001 rows$/);
  await wb.reload();
  page = await DatasetPageView.of(wb);
  await expect(page.shown).toHaveText(/^\d+ of 1,001 rows$/);
  await expect(page.detail('Line 800')).toBeVisible();
});

test('never reads data as HTML', async ({ wb, folder }) => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
  fs.writeFileSync(path.join(folder, 'evil.jsonl'), `${JSON.stringify({ messages: [{ role: 'user', content: evil }, { role: 'assistant', content: evil }] })}\n${evil}\n`);
  const page = await openFromTree(wb, 'evil.jsonl');
  await page.line('1').click();
  await page.tab('Tokens');
  await expect(page.detail('Line 1')).toContainText('trained on');
  await page.line('2').click();
  expect(await page.frame.locator('img').count()).toBe(0);
  expect(await page.frame.title()).toBe('Tunesmith Dataset');
});
