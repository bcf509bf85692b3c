/** What is wrong with a dataset stands where one looks for it: in the Datasets view, in Problems, above and at the rows. */

import { writeSupportDataset } from './lib/datasetPage.ts';
import { expect, test } from './lib/fixtures.ts';
import { screenshot } from './lib/screenshots.ts';

test.use({
  folder: async ({ server }, use) => {
    const folder = server.workspace(undefined, 'support');
    writeSupportDataset(folder);
    await use(folder);
  },
});

test('findings in the tree, in Problems with a way to mend them, and above the first line', async ({ wb }) => {
  await wb.openFile('support.jsonl');
  await expect(wb.page.locator('.codelens-decoration').first()).toContainText('Check');
  await wb.viewContainer('Tunesmith');
  const dataset = wb.row('Datasets', 'support.jsonl').first();
  await expect(dataset).toContainText(/[\d,]+ rows?/);
  await expect(async () => {
    if ((await dataset.getAttribute('aria-expanded')) !== 'true') await dataset.locator('.monaco-tl-twistie').click();
    await expect(wb.row('Datasets', 'Line 40 of support.jsonl is not valid JSON')).toBeVisible({ timeout: 2000 });
  }).toPass();
  await wb.command('Problems: Focus on Problems View');
  await expect(wb.problems.filter({ hasText: 'is not valid JSON' })).toBeVisible();
  await screenshot(wb, 'problems');
  await wb.problems.filter({ hasText: 'repeats an earlier row' }).first().dblclick();
  await expect(wb.statusItem('Ln 300, Col')).toBeVisible();
});
