/** Datasets on the command line, by the real program: what is wrong with them, what they hold, and how a build learns of it. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { DatasetProfile } from '../../../src/core/datasets/profile.ts';
import { temporaryFolder } from '../core/datasets/temporaryFolder.ts';
import { REPOSITORY } from '../support/workshop.ts';

const folder = temporaryFolder();

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function tunesmith(...words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), '--home', folder.path, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

const chat = (i: number): object => ({ messages: [{ role: 'user', content: `question ${i}` }, { role: 'assistant', content: `answer ${i}` }] });
const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');
const good = folder.write('good.jsonl', lines(Array.from({ length: 60 }, (_, i) => chat(i))));
const repeated = folder.write('repeated.jsonl', lines([...Array.from({ length: 60 }, (_, i) => chat(i)), chat(7)]));

describe('tunesmith check', () => {
  it('says that nothing is wrong', async () => {
    const { code, out } = await tunesmith('check', good);
    expect(out).toMatch(/^good\.jsonl: 60 rows of OpenAI chat \(5\.9 kB\), all of them usable for this machine \(SFT\)\.\nChecked in .+: nothing found\.\n$/);
    expect(code).toBe(0);
  });

  it('names the rows, the rule and what to do; a warning fails a build only when it is strict', async () => {
    const { code, out } = await tunesmith('check', repeated);
    expect(out).toContain('Warning  Line 61 of repeated.jsonl repeats an earlier row exactly.\n  Remove the repetitions unless they are meant to weigh more.  [dataset.duplicates]');
    expect(code).toBe(0);
    expect((await tunesmith('check', repeated, '--strict')).code).toBe(3);
  });

  it('checks for a target, and fails on an error', async () => {
    const { code, out } = await tunesmith('check', good, '--for', 'bedrock-nova-sft');
    expect(out).toContain('Error  good.jsonl holds OpenAI chat; Bedrock Nova Micro, Lite, Pro (SFT) takes Bedrock conversation.');
    expect(code).toBe(1);
  });

  it('counts in the tokens of a model, and compares with evaluation sets', async () => {
    const set = folder.write('set.jsonl', lines([chat(5)]));
    const { out } = await tunesmith('check', good, '--model', 'starter', '--max-tokens', '3', '--eval', set);
    expect(out).toMatch(/Lines 1, 2, 3, 4 and 56 more of good\.jsonl have more tokens than are read of a row; line 1: \d+ tokens, and the limit is 3\./);
    expect(out).toContain('Line 6 of good.jsonl asks what an evaluation set asks: row 1 of set.jsonl.');
  });

  it('finds what a held-out file shares with it', async () => {
    const heldOut = folder.write('exam.jsonl', lines([chat(3), chat(500)]));
    expect((await tunesmith('check', good, '--held-out', heldOut)).out).toContain('Line 1 of exam.jsonl asks a prompt that is also trained on.');
  });

  it('finds rows that an evaluation set asks', async () => {
    const exam = folder.write('benchmark.jsonl', lines([chat(5), chat(500)]));
    expect((await tunesmith('check', good, '--eval', exam)).out).toContain('Line 6 of good.jsonl asks what an evaluation set asks');
  });

  it('prints one JSON value', async () => {
    const { out } = await tunesmith('check', repeated, '--for', 'foundry-sft', '--json');
    expect(JSON.parse(out)).toMatchObject({ target: 'foundry-sft', rows: 61, usableRows: 61, counts: { error: 0, warning: 1, info: 0 }, findings: [{ code: 'dataset.duplicates', rows: [61] }] });
  });

  it('does not know every target, and says which it knows', async () => {
    const { code, err } = await tunesmith('check', good, '--for', 'nova');
    expect(err).toContain('bedrock-nova-sft');
    expect(code).toBe(2);
  });

  it('says that a file is not there', async () => {
    const { code, err } = await tunesmith('check', join(folder.path, 'nowhere.jsonl'));
    expect(err).toContain('nowhere.jsonl');
    expect(code).toBe(1);
  });
});

describe('tunesmith profile', () => {
  it('draws what a table of labels holds', async () => {
    const rows = Array.from({ length: 90 }, (_, i) => `ticket ${i},${i % 3 === 0 ? 'billing' : 'network'}`);
    const { code, out } = await tunesmith('profile', folder.write('labels.csv', ['text,category', ...rows].join('\n')));
    expect(code).toBe(0);
    expect(out).toContain('90 rows of labelled text');
    expect(out).toMatch(/2 labels\n {2}network {2}60 {2}█{40}\n {2}billing {2}30 {2}█{20}\n/);
    expect(out).toMatch(/Turns a row {5}2 on average, 2 to 2\n/);
    expect(out).toMatch(/Repetitions {5}none\n/);
  });

  it('counts tokens as a model does', async () => {
    const { out } = await tunesmith('profile', good, '--model', 'starter');
    expect(out).toMatch(/Tokens a row, as Starter reads them: [\d,]+ in all, \d+% of them trained on\n {2}.*█/);
    expect((await tunesmith('profile', good, '--model', 'nobody/nothing')).code).toBe(1);
  });

  it('prints the profile as JSON', async () => {
    const profile = JSON.parse((await tunesmith('profile', repeated, '--json')).out) as DatasetProfile;
    expect(profile).toMatchObject({ rows: 61, target: 'local-sft', duplicates: 1, roles: { user: 61, assistant: 61 }, kinds: [{ kind: 'conversation', count: 61 }] });
  });
});
