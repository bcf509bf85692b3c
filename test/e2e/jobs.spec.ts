/** Jobs outlive windows, and survive what ends their process. */

import { expect, test } from './lib/fixtures.ts';
import { JobPageView, launch } from './lib/jobPage.ts';
import { runnersOf } from './lib/processes.ts';
import { screenshotInAllThemes } from './lib/screenshots.ts';

test('a running job shows its curves, its progress and its place in every view', async ({ wb }) => {
  const job = await launch(wb, 'long.tune.yaml');
  await job.reachesStep(20);
  await expect(job.frame.locator('.u-over')).toHaveCount(3);
  await expect(job.name).toHaveText('long');
  await expect(wb.statusItem(/1 job · \d+%/)).toBeVisible();
  await wb.viewContainer('Tunesmith');
  await expect(wb.row('Jobs', 'long')).toContainText(/\d+% · step \d+\/9000 · loss/);
  await expect(wb.row('Datasets', 'tickets.jsonl')).toContainText('48 rows · chat');
  await expect(wb.row('Models', 'tiny')).toBeVisible();
  await screenshotInAllThemes(wb, 'job-running');
});

test('a job goes on while no window is open, and the next window shows it where it is', async ({ wb, server, openWindow }) => {
  const job = await launch(wb, 'long.tune.yaml');
  await job.reachesStep(5);
  const before = await job.newestStep();
  await wb.page.close();
  expect(runnersOf(server.home)).toHaveLength(1);

  const again = await openWindow();
  await expect(again.statusItem(/1 job/)).toBeVisible();
  await again.viewContainer('Tunesmith');
  await again.row('Jobs', 'long').click();
  const reopened = await JobPageView.of(again);
  await reopened.reachesStep(before);
  await expect(reopened.stepRows.first()).toBeVisible();
  expect(runnersOf(server.home)).toHaveLength(1);
});

test('a reloaded window brings the page of a running job back by itself', async ({ wb }) => {
  const job = await launch(wb, 'long.tune.yaml');
  await job.reachesStep(5);
  const before = await job.newestStep();
  await wb.reload();
  const restored = await JobPageView.of(wb);
  await expect(restored.name).toHaveText('long');
  await restored.reachesStep(before);
});

test('a job whose process is killed is shown as lost and goes on from its checkpoint', async ({ wb, server }) => {
  const job = await launch(wb, 'long.tune.yaml');
  await expect(job.frame.getByRole('table', { name: /Checkpoints/ }).locator('tbody tr').first()).toBeVisible({ timeout: 30_000 });
  const [runner] = runnersOf(server.home);
  process.kill(runner.pid, 'SIGKILL');
  await expect(job.state).toContainText('Lost');
  await expect(wb.notification('long gives no sign of life')).toContainText('go on from its last checkpoint');

  const before = await job.newestStep();
  await job.button('Resume').click();
  await expect(job.state).toContainText('Training');
  await job.reachesStep(before);
});

test('a stopped job can be resumed', async ({ wb, server }) => {
  const job = await launch(wb, 'long.tune.yaml');
  await job.reachesStep(5);
  await job.button('Stop').click();
  await expect(job.state).toContainText('Stopped');
  await expect.poll(() => runnersOf(server.home).length).toBe(0);

  const before = await job.newestStep();
  await job.button('Resume').click();
  await job.reachesStep(before);
});

test('a second window that starts the same job is told that it runs already', async ({ wb, server, openWindow }) => {
  const job = await launch(wb, 'long.tune.yaml');
  await job.reachesStep(1);
  const second = await openWindow();
  await second.contextMenu(second.file('long.tune.yaml'), 'Launch Recipe');
  await expect(second.notification('is already running')).toBeVisible();
  expect(runnersOf(server.home)).toHaveLength(1);
});

test('two windows that resume the same job start it once', async ({ wb, server, openWindow }) => {
  const first = await launch(wb, 'long.tune.yaml');
  await first.reachesStep(5);
  await first.button('Stop').click();
  await expect(first.state).toContainText('Stopped');
  const secondWindow = await openWindow();
  await secondWindow.viewContainer('Tunesmith');
  await secondWindow.row('Jobs', 'long').click();
  const second = await JobPageView.of(secondWindow);

  await expect(second.button('Resume')).toBeVisible();
  // Events instead of clicks: the second page takes its button away as soon as the first has resumed the job.
  await Promise.all([first, second].map((page) => page.button('Resume').dispatchEvent('click')));
  await expect(first.state).toContainText('Training');
  await expect(second.state).toContainText('Training');
  expect(runnersOf(server.home)).toHaveLength(1);
});
