/** The main job: from a right-click on a dataset to a tuned model that is asked something. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from './lib/fixtures.ts';
import { JobPageView } from './lib/jobPage.ts';
import { screenshot, screenshotInAllThemes } from './lib/screenshots.ts';
import { writeSmallSample } from './lib/ticketProject.ts';

const FIRST_STEP_SECONDS = 15;

test('a right-click on a dataset leads to a tuned model, its report and an answer from both models', async ({ server, openWindow }) => {
  test.setTimeout(400_000);
  const folder = server.workspace(undefined, 'support');
  writeSmallSample(folder);
  const wb = await openWindow(folder);

  await wb.contextMenu(wb.file('tickets.jsonl'), 'Fine-Tune on This Dataset');
  await expect(wb.quickInput).toContainText('Fine-Tune on tickets.jsonl');
  await expect(wb.quickInput).toContainText('240 rows, all can be trained on');
  await screenshotInAllThemes(wb, 'fine-tune-review');

  const clicked = Date.now();
  await wb.pick('Start Fine-Tuning');
  const job = await JobPageView.of(wb);
  await job.reachesStep(0);
  const seconds = (Date.now() - clicked) / 1000;
  console.log(`First training step ${seconds.toFixed(1)} s after the click`);
  expect(seconds).toBeLessThan(FIRST_STEP_SECONDS);
  expect(fs.existsSync(path.join(folder, 'tickets.tune.yaml'))).toBe(true);

  await expect(job.state).toContainText('Finished', { timeout: 300_000 });
  await expect(job.frame.getByRole('region', { name: 'Result' })).toContainText('on 40 held-out rows');
  const done = wb.notification('tickets is tuned');
  await expect(done).toContainText('held-out rows');
  await screenshot(wb, 'job-notification');
  await done.getByRole('button', { name: 'Compare' }).click();

  const compare = await wb.webview('Tunesmith Compare');
  await compare.getByRole('textbox', { name: 'Prompt' }).fill('The app says my card was charged twice this month.');
  await compare.getByRole('button', { name: 'Ask Both' }).click();
  for (const model of ['Starter (base)', 'tickets (tuned)']) {
    await expect(compare.getByRole('region', { name: `Answer of ${model}` })).toContainText(/\d+ tokens? in/, { timeout: 60_000 });
  }
  await screenshotInAllThemes(wb, 'compare');

  await compare.getByRole('heading', { name: 'Held-out rows' }).evaluate((heading) => heading.scrollIntoView());
  await screenshotInAllThemes(wb, 'compare-report');

  await wb.tab('tickets').first().click();
  await JobPageView.of(wb);
  await screenshotInAllThemes(wb, 'job-finished');
});
