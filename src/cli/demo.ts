/** The command that shows the whole loop on the sample dataset, without a window. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { DatasetProfile } from '../core/datasets/profile.ts';
import { UserError } from '../core/errors.ts';
import type { EvaluationCase } from '../core/evaluation/evaluation.ts';
import { formatDuration, formatQuantity } from '../core/wording/numbers.ts';
import { outcome } from './describe.ts';
import { EXIT } from './exitCodes.ts';
import { followJob } from './followJob.ts';
import { exitCodeOf, type JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';

const SAMPLES = 3;

export async function runDemo(services: Services, options: JsonOption): Promise<number> {
  const { client, terminal, interrupts, mediaFolder } = services;
  const started = performance.now();
  const say = (text: string): void => (options.json ? terminal.note(text) : terminal.print(text));
  const recipeFile = await sampleRecipe(join(mediaFolder, 'sample'));
  const recipe = await services.readRecipe(recipeFile);
  say(checked(await services.inspectDataset(recipe.dataset.train, recipe.dataset.validation)));

  const { id } = await client.submit(recipeFile);
  say(`Fine-tuning the ${recipe.baseModel} model on this machine, as job ${id}. Ctrl+C stops it with a checkpoint.`);
  const { job, interrupted } = await followJob(client, id, terminal, interrupts, { quiet: options.json === true });
  const report = await client.evaluation(id);
  if (job.state !== 'succeeded' || !report || !job.artifact) {
    say(outcome(job));
    if (options.json) terminal.json({ error: job.fault ?? { code: `job.${job.state}`, message: outcome(job), remedy: `Resume with: tunesmith resume ${id}` } });
    return exitCodeOf(job, interrupted) || EXIT.failed;
  }
  const samples = chooseSamples(report.cases);
  const seconds = (performance.now() - started) / 1000;
  if (options.json) {
    terminal.json({
      base: { accuracy: report.base.value }, tuned: { accuracy: report.tuned.value }, rows: report.rows, seconds,
      tokensPerSecond: job.tokensPerSecond, artifact: job.artifact,
      samples: samples.map(({ prompt, expected, base, tuned }) => ({ prompt, expected, base, tuned })),
    });
    return EXIT.ok;
  }
  terminal.print(`\n${terminal.bold(report.sentence)}\n`);
  for (const { prompt, expected, base, tuned } of samples) {
    terminal.print([`Prompt    ${prompt}`, `Expected  ${expected}`, `Base      ${oneLine(base)}`, `Tuned     ${oneLine(tuned)}`, ''].join('\n'));
  }
  terminal.print(`Tuned model: ${job.artifact}\nAsk it with: npx tunesmith generate ${job.id.slice(-4)} --prompt "…"\nIt took ${formatDuration(seconds)}.`);
  return EXIT.ok;
}

async function sampleRecipe(folder: string): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const name = names.find((one) => one.endsWith('.tune.yaml'));
  if (name) return join(folder, name);
  throw new UserError('demo.sample.missing', `There is no sample recipe in ${folder}.`, 'Install Tunesmith again.');
}

function checked(profile: DatasetProfile): string {
  const refused = profile.rows - profile.usableRows;
  const verdict = refused === 0 ? 'all of them can be trained on.' : `${formatQuantity(refused, 'row')} cannot be trained on.`;
  const warnings = profile.findings.filter((finding) => finding.severity !== 'info').map((finding) => `\n  ${finding.message}`);
  return `Checked ${formatQuantity(profile.rows, 'row')} in ${formatDuration(profile.seconds)}: ${verdict}${warnings.join('')}`;
}

/** The first row of each of the first few answers: three different ones say more than three alike. */
function chooseSamples(cases: readonly EvaluationCase[]): readonly EvaluationCase[] {
  const different = [...new Map([...cases].reverse().map((one) => [one.expected, one])).values()].reverse();
  return [...different, ...cases.filter((one) => !different.includes(one))].slice(0, SAMPLES);
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line || '(nothing)';
}
