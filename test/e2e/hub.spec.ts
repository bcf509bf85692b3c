/** A base model of the hub, from its name to a tuned model; the hub is a stand-in on this machine. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { StandInHub } from '../stand-ins/hub.ts';
import { writeTinyModel } from '../unit/support/tinyModel.ts';
import { expect, test as base } from './lib/fixtures.ts';
import { launch } from './lib/jobPage.ts';
import { screenshot } from './lib/screenshots.ts';
import { recipeText } from './lib/ticketProject.ts';

const MODEL = 'Acme/Tiny-Llama';

const test = base.extend<{ hub: StandInHub }>({
  hub: async ({}, use) => {
    await using hub = await StandInHub.open();
    await use(hub);
    expect(hub.violations).toEqual([]);
  },
  serverOptions: async ({ hub }, use) => {
    await use({ env: { HF_ENDPOINT: hub.endpoint } });
  },
});

test('a gated model is asked for a token, downloaded, and tuned', async ({ wb, hub }) => {
  hub.models.set(MODEL, { commit: '0123456789abcdef0123456789abcdef01234567', files: await tinyModelFiles(), gated: true });

  await wb.command('Tunesmith: Download Base Model');
  await expect(wb.quickPickItem(/SmolLM2-135M/).first()).toBeVisible();
  await screenshot(wb, 'download-base-model');
  await wb.pick('Enter a Name…');
  await wb.answer('The name on its page', MODEL);
  await wb.notification(MODEL).getByRole('button', { name: 'Set Token' }).click();
  await wb.answer('Make one that may read', hub.token);
  // Not the message: of several within a second, which no person causes, VS Code shows only the first.
  await wb.viewContainer('Tunesmith');
  await expect(wb.row('Models', 'Tiny-Llama')).toBeVisible();

  fs.writeFileSync(path.join(wb.folder, 'hub.tune.yaml'), recipeText({ name: 'hub', epochs: 6, model: MODEL }));
  await wb.viewContainer('Explorer');
  const job = await launch(wb, 'hub.tune.yaml');
  await expect(job.state).toContainText('Finished', { timeout: 90_000 });
});

async function tinyModelFiles(): Promise<Map<string, Buffer>> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ts-hub-'));
  await writeTinyModel(folder);
  const files = new Map(fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name))]));
  fs.rmSync(folder, { recursive: true });
  return files;
}
