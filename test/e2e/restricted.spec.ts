/** Restricted Mode: looking works, nothing executes. */

import { expect, test } from './lib/fixtures.ts';
import { screenshot } from './lib/screenshots.ts';
import { processesOf } from './lib/processes.ts';

test.use({ serverOptions: { workspaceTrust: true } });

test('in Restricted Mode datasets are shown and nothing can be started', async ({ wb, server }) => {
  await expect(wb.statusItem('Restricted Mode')).toBeVisible();
  await wb.viewContainer('Tunesmith');
  await expect(wb.row('Datasets', 'tickets.jsonl')).toContainText('48 rows · chat');
  await expect(wb.view('Jobs')).toContainText('In Restricted Mode nothing can be trained');
  await screenshot(wb, 'restricted-mode');

  await wb.command('Explorer: Focus on Folders View');
  await wb.file('tickets.jsonl').click({ button: 'right' });
  await expect(wb.menuItem('Copy Path')).toBeVisible();
  await expect(wb.menuItem('Fine-Tune on This Dataset')).toHaveCount(0);
  await wb.page.keyboard.press('Escape');
  expect(processesOf(server.home).filter(({ command }) => command.some((word) => /(runner|inference)\.cjs$/.test(word)))).toEqual([]);
});
