/** A recipe launched by command becomes a job with a page, a log and a tuned model, and every window sees it end. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { JobModel } from '../../../src/host/jobs/jobModel.ts';
import { JobTreeDataProvider } from '../../../src/host/jobs/jobTree.ts';
import { logUri } from '../../../src/host/jobs/jobLog.ts';
import { lazyInspector, openJobs } from '../../../src/host/services.ts';
import { Commands, Pages } from '../../../src/ids.ts';
import { eventually, inHome, inWorkspace, tunesmith } from './support.ts';

/** A second look at the same store, as another window has it. */
async function anotherWindow(): Promise<JobModel> {
  const { folder } = await tunesmith();
  const distFile = (name: string): string => vscode.Uri.joinPath(folder, 'dist', name).fsPath;
  const mediaFolder = vscode.Uri.joinPath(folder, 'media').fsPath;
  return new JobModel(() =>
    openJobs({ home: inHome(), distFile, mediaFolder, starterFolder: `${mediaFolder}/starter`, inspect: lazyInspector(distFile('datasetWorker.cjs')), onFault: (fault) => { throw fault; } }),
  );
}

suite('a job', () => {
  test('runs from its recipe to a tuned model', async function () {
    this.timeout(120_000);
    const model = await anotherWindow();
    const tree = new JobTreeDataProvider(model, () => Date.now());
    await model.client();
    const before = new Set((model.jobs ?? []).map(({ id }) => id));
    await vscode.commands.executeCommand(Commands.launchRecipe, inWorkspace('quick.tune.yaml'));
    await eventually(vscode.window.tabGroups.onDidChangeTabs, () => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      return tabs.find(({ input, label }) => input instanceof vscode.TabInputWebview && input.viewType.includes(Pages.job) && label === 'quick');
    });

    const job = await eventually(model.onDidChange, () => model.jobs?.find(({ id, state }) => !before.has(id) && ['succeeded', 'failed', 'lost'].includes(state)));
    assert.equal(job.state, 'succeeded', job.fault?.message);
    assert.ok(job.artifact);
    assert.equal(job.evaluation?.rows, 12);

    const groups = await tree.getChildren();
    const rows = (await Promise.all(groups.map((group) => tree.getChildren(group)))).flat().map((node) => tree.getTreeItem(node));
    const row = rows.find(({ id }) => id === `job:${job.id}`);
    assert.match(String(row?.description), /^base \d+% → tuned \d+%/);
    assert.equal(row?.contextValue, 'job,remove,compare,report');

    const log = await vscode.workspace.openTextDocument(logUri(job.id, job.name));
    assert.match(log.getText(), /^# quick \(/);
    assert.match(log.getText(), /Finished/);
    const models = await (await model.client()).models();
    assert.ok(models.some(({ jobId }) => jobId === job.id));
    tree.dispose();
    model.dispose();
  });

  test('that is unknown is named, not swallowed', async () => {
    const model = await anotherWindow();
    await assert.rejects(model.get('20000101-000000-none'), /There is no job/);
    model.dispose();
  });
});
