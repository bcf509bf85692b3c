/** The main job: from a right-click on a dataset to a tuned model that is asked something. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from './lib/fixtures.ts';
import { JobPageView } from './lib/jobPage.ts';
import { screenshotInAllThemes } from './lib/screenshots.ts';

test('a right-click on a dataset leads to a tuned model, its report and an answer from both models', async ({ wb }) => {
  test.setTimeout(300_000);

  await wb.contextMenu(wb.file('tickets.jsonl'), 'Fine-Tune on This Dataset');
  await expect(wb.quickInput).toContainText('Fine-Tune on tickets.jsonl');
  await expect(wb.quickInput).toContainText('48 rows, all can be trained on');
  await screenshotInAllThemes(wb, 'fine-tune-review');

  const clicked = Date.now();
  await wb.pick('Start Fine-Tuning');
  const job = await JobPageView.of(wb);
  await job.reachesStep(0);
  const seconds = (Date.now() - clicked) / 1000;
  test.info().annotations.push({ type: 'first step', description: `${seconds.toFixed(1)} s after the click` });
  expect(seconds).toBeLessThan(15);
  expect(fs.existsSync(path.join(wb.folder, 'tickets.tune.yaml'))).toBe(true);

  await expect(job.state).toContainText('Finished', { timeout: 200_000 });
  await expect(wb.notification('tickets is tuned')).toBeVisible();
  await expect(job.frame.getByRole('region', { name: 'Result' })).toContainText('held-out rows');
  await screenshotInAllThemes(wb, 'job-finished');

  await wb.notification('tickets is tuned').getByRole('button', { name: 'Compare' }).click();
  const compare = await wb.webview('Tunesmith Compare');
  await compare.getByRole('textbox', { name: 'Prompt' }).fill('my parcel is wrong');
  await compare.getByRole('button', { name: 'Ask' }).click();
  await expect(compare.locator('.answer .note')).toHaveText([/tokens? in/, /tokens? in/], { timeout: 60_000 });
  await screenshotInAllThemes(wb, 'compare');
});
