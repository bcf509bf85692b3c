/** A recipe launched by command becomes a job with a page, a log and a tuned model, and every window sees it end. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { JobClient } from '../../../src/core/jobs/jobClient.ts';
import { JobModel } from '../../../src/host/jobs/jobModel.ts';
import { JobTreeDataProvider } from '../../../src/host/jobs/jobTree.ts';
import { JobLogProvider, logUri } from '../../../src/host/jobs/jobLog.ts';
import { lazyDatasets, openJobs } from '../../../src/host/services.ts';
import { Commands, Pages } from '../../../src/ids.ts';
import { aJob } from '../../unit/host/samples.ts';
import { eventually, inHome, inWorkspace, tunesmith } from './support.ts';

/** A second look at the same store, as another window has it. */
async function anotherWindow(): Promise<JobModel> {
  const { folder } = await tunesmith();
  const distFile = (name: string): string => vscode.Uri.joinPath(folder, 'dist', name).fsPath;
  const mediaFolder = vscode.Uri.joinPath(folder, 'media').fsPath;
  return new JobModel(() =>
    openJobs({ home: inHome(), distFile, mediaFolder, starterFolder: `${mediaFolder}/starter`, inspect: lazyDatasets(distFile('datasetWorker.cjs')).inspect, onFault: (fault) => { throw fault; } }),
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

  test('that has ended says in its row how long ago, and says it anew as time goes by', async () => {
    const job = aJob({ state: 'succeeded', endedAt: 1_000_000 });
    const client = { list: () => [job], onDidChangeJobs: () => ({ dispose: () => undefined }), dispose: () => undefined } as Partial<JobClient> as JobClient;
    const model = new JobModel(() => Promise.resolve(client));
    let now = 1_000_000;
    const tree = new JobTreeDataProvider(model, () => now);
    const [group] = await tree.getChildren();
    const [row] = await tree.getChildren(group);
    const changed: unknown[] = [];
    tree.onDidChangeTreeData((node) => changed.push(node));
    assert.match(String(tree.getTreeItem(row).description), /just now$/);
    tree.refreshTimes();
    assert.deepEqual(changed, []);
    now += 180_000;
    tree.refreshTimes();
    assert.deepEqual(changed, [row]);
    assert.match(String(tree.getTreeItem(row).description), /3 min ago$/);
    tree.dispose();
    model.dispose();
  });

  test('is not watched for a log that was read and never opened', async () => {
    const job = aJob();
    let watches = 0;
    const client = {
      list: () => [job], history: () => ({ job, events: [], metrics: [], seq: 1 }), watch: () => (watches++, { dispose: () => watches-- }),
      onDidChangeJobs: () => ({ dispose: () => undefined }), dispose: () => undefined,
    } as Partial<JobClient> as JobClient;
    const model = new JobModel(() => Promise.resolve(client));
    const logs = new JobLogProvider(model);
    assert.match(await logs.provideTextDocumentContent(logUri(job.id, job.name)), /Nothing has been logged yet/);
    assert.equal(watches, 0);
    logs.dispose();
    model.dispose();
  });

  test('that is unknown is named, not swallowed', async () => {
    const model = await anotherWindow();
    await assert.rejects(model.get('20000101-000000-none'), /There is no job/);
    model.dispose();
  });
});
