/** The page says what the check has come to, and draws what is known and says something. */

import { describe, expect, it } from 'vitest';
import type { Distribution } from '../../../src/core/datasets/profile.ts';
import type { DatasetEntry } from '../../../src/host/datasets/datasetModel.ts';
import { datasetHeader, findingViews } from '../../../src/host/datasets/datasetPageText.ts';
import { profileCharts } from '../../../src/host/datasets/profileCharts.ts';
import { aFinding, aProfile } from './samples.ts';

const file = { file: '/work/tickets.jsonl', bytes: 412_000, modifiedAt: 1 };
const header = (entry: DatasetEntry | undefined, rows?: number, isGone = false) =>
  datasetHeader({ file: file.file, entry, isGone, progress: rows === undefined ? undefined : { file: file.file, share: 0.45, rows }, canTrain: true, wordsOf: () => 'It is gone.' });

describe('the state of the check', () => {
  it('is told with numbers', () => {
    expect(header(undefined).check).toEqual({ state: 'running', text: 'Waiting to be checked', share: 0 });
    expect(header({ ...file, state: 'inspecting', findings: [] }, 450_000).check).toEqual({ state: 'running', text: 'Checking: 45%, 450,000 rows so far', share: 0.45 });
    expect(header({ ...file, state: 'stopped', findings: [] }, 12).check.text).toBe('Stopped after 12 rows: what is said here is about these.');
    expect(header({ ...file, state: 'failed', fault: new Error() }).check).toMatchObject({ state: 'failed', text: 'It is gone.' });
    expect(header({ ...file, state: 'known', profile: aProfile({ usableRows: 1000 }) }).check.text).toBe('Checked 1,003 rows in 100 ms: 3 cannot be trained on.');
  });

  it('does not wait for a file that is gone', () => {
    expect(header(undefined, undefined, true)).toMatchObject({ check: { state: 'failed', text: 'tickets.jsonl is not there any more.' }, facts: [] });
  });

  it('comes with the facts of the file', () => {
    const { facts, name, folder } = header({ ...file, state: 'known', profile: aProfile() });
    expect([name, folder]).toEqual(['tickets.jsonl', '/work']);
    expect(Object.fromEntries(facts.map(({ label, value }) => [label, value]))).toEqual({ Rows: '1,003', 'Can be trained on': 'all', Format: 'OpenAI chat', 'Checked for': 'this machine (SFT)', Turns: '2', Size: '412 kB' });
  });
});

it('findings come worst first, and say whether they are about rows', () => {
  const findings = [aFinding({ code: 'b', severity: 'info', rows: [] }), aFinding({ code: 'a' })];
  expect(findingViews({ ...file, state: 'inspecting', findings }, true).map(({ code, hasRows }) => [code, hasRows])).toEqual([['a', true], ['b', false]]);
  expect(findingViews(undefined, true)).toEqual([]);
});

it('a finding that a program can mend says so where it may write', () => {
  const findings = [aFinding({ code: 'dataset.duplicates', severity: 'warning' }), aFinding({ code: 'dataset.few-rows', severity: 'info' })];
  const repairable = (canWrite: boolean): boolean[] => findingViews({ ...file, state: 'inspecting', findings }, canWrite).map(({ canRepair }) => canRepair);
  expect([repairable(true), repairable(false)]).toEqual([[true, false], [false, false]]);
});

describe('the charts', () => {
  const spread: Distribution = { min: 1, max: 90, mean: 12, p50: 10, p95: 30, p99: 39, bins: [{ from: 1, to: 20, count: 900 }, { from: 20, to: 90, count: 103 }] };
  const flat: Distribution = { ...spread, bins: [{ from: 2, to: 3, count: 1003 }] };

  it('draw lengths in characters as long as no token is counted', () => {
    const charts = profileCharts(aProfile({ labels: undefined, lengths: { prompt: spread, answer: spread, turns: flat } }));
    expect(charts.map(({ title }) => title)).toEqual(['Prompt, in characters', 'Answer, in characters']);
    expect(charts[0]).toMatchObject({
      summary: 'Half have 10 or less, 95% 30 or less, the longest 90.', headings: ['Characters', 'Rows'],
      bars: [{ label: '1 to 19', count: 900 }, { label: '20 to 90', count: 103 }],
    });
  });

  it('draw tokens and the share that is trained on', () => {
    const shares: Distribution = { min: 0, max: 1, mean: 0.3, p50: 0.25, p95: 0.6, p99: 0.9, bins: [{ from: 0, to: 0.5, count: 900 }, { from: 0.5, to: 1, count: 103 }] };
    const charts = profileCharts(aProfile({ labels: undefined, tokens: { model: 'starter', isEstimate: false, total: 54_000, trained: 13_500, perRow: spread, trainedShare: shares } }));
    expect(charts.map(({ title, summary }) => [title, summary])).toEqual([
      ['Tokens per row', 'Half have 10 or less, 95% 30 or less, the longest 90; 54,000 in all, by starter.'],
      ['Trained share per row', 'Half of the rows: 25% or less; 25% of all tokens are trained on.'],
    ]);
    expect(charts[1]?.bars[0]?.label).toBe('0% to 50%');
  });

  it('draw the most frequent labels and count the rest', () => {
    const labels = Array.from({ length: 10 }, (_, i) => ({ label: `team ${i}`, count: 100 - i }));
    const [chart] = profileCharts(aProfile({ labels }));
    expect(chart).toMatchObject({ kind: 'list', more: '4 others, 370 rows', summary: '10 different; team 0 is the most frequent, 10% of the rows.' });
    expect(chart?.bars.length).toBe(6);
  });

  it('leave out who takes turns as a rule', () => {
    expect(profileCharts(aProfile({ labels: undefined, roles: { system: 10, user: 10, assistant: 10, tool: 0 } }))).toEqual([]);
  });

  it('draw languages, tools and roles, of which there are several', () => {
    const charts = profileCharts(aProfile({
      labels: undefined,
      languages: { sampledRows: 1003, toldRows: 1000, isSample: false, languages: [{ code: 'en', name: 'English', count: 900 }, { code: 'de', name: 'German', count: 100 }] },
      tools: { rowsWithDefinitions: 9, calls: [{ name: 'search', count: 30 }, { name: 'open', count: 10 }] },
      roles: { system: 0, user: 1003, assistant: 1043, tool: 40 },
      kinds: [{ kind: 'conversation', count: 1003 }],
    }));
    expect(charts.map(({ title, summary, headings }) => [title, summary, headings[1]])).toEqual([
      ['Languages', '2 different; English is the most frequent, 90% of the rows.', 'Rows'],
      ['Tool calls', '2 different; search is the most frequent, 75% of the calls.', 'Calls'],
      ['Turns by role', '3 different; assistant is the most frequent, 50% of the turns.', 'Turns'],
    ]);
  });
});

it('one language and the system prompts are facts, not charts', () => {
  const { facts } = header({ ...file, state: 'known', profile: aProfile({
    languages: { sampledRows: 1003, toldRows: 1000, isSample: true, languages: [{ code: 'en', name: 'English', count: 1000 }] },
    systemPrompts: { distinct: 2, isMore: false, without: 3, mostFrequent: { text: 'Be brief.', count: 900 } },
  }) });
  expect(facts.find(({ label }) => label === 'Language')).toMatchObject({ value: 'English', help: 'Told of 1,000 rows, a sample' });
  expect(facts.find(({ label }) => label === 'System prompts')).toMatchObject({ value: '2', help: 'In 900 rows: Be brief.\n3 rows without one' });
});
