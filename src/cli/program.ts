/** The commands of `tunesmith` with their options, and what becomes of their faults. */

import { inspect } from 'node:util';

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { FORMAT_IDS } from '../core/datasets/formats/table.ts';
import { REPAIR_IDS } from '../core/datasets/repair/table.ts';
import { TARGET_IDS } from '../core/datasets/targets/table.ts';
import { UserError } from '../core/errors.ts';
import { EXPORT_FORMATS } from '../core/wording/exports.ts';
import { checkDataset, type CheckOptions } from './checkCommand.ts';
import { convertDataset, type ConvertOptions } from './convertCommand.ts';
import { runDemo } from './demo.ts';
import { EXIT } from './exitCodes.ts';
import { exportTuned, type ExportOptions } from './exportCommand.ts';
import { generateText, type GenerateOptions } from './generateCommand.ts';
import { listJobs, resumeJob, runRecipe, showJob, stopJob, type FollowOptions, type JsonOption } from './jobCommands.ts';
import { downloadBaseModel, listModels } from './modelCommands.ts';
import { explainRecipeFile } from './recipeCommands.ts';
import { repairDataset, type RepairCommandOptions } from './repairCommand.ts';
import { profileDataset, type ProfileOptions } from './profileCommand.ts';
import type { Services } from './services.ts';
import { splitDataset, type SplitCommandOptions } from './splitCommand.ts';
import type { Terminal } from './terminal.ts';

export interface ProgramOptions {
  readonly version: string;
  readonly terminal: Terminal;
  /** @param home the option, if given */
  readonly open: (home: string | undefined) => Services;
}

/**
 * Runs one command line.
 *
 * @param words without the program's own name
 * @returns the exit code
 */
export async function runProgram(words: readonly string[], options: ProgramOptions): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command('tunesmith');
  const act = async (work: (services: Services) => number | Promise<number>): Promise<void> => {
    const services = options.open(program.opts<{ home?: string }>().home);
    try {
      code = await work(services);
    } finally {
      services.client.dispose();
    }
  };
  declare(program, options.version, act);
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (fault) {
    return reportFault(fault, words, options.terminal);
  }
}

function declare(program: Command, version: string, act: (work: (services: Services) => number | Promise<number>) => Promise<void>): void {
  program
    .description('Fine-tune language models on this machine.')
    .version(version)
    .option('--home <folder>', 'where jobs and models are kept (default: TUNESMITH_HOME, else ~/.tunesmith)')
    .option('--verbose', 'show where a fault of Tunesmith happened')
    .showHelpAfterError('(tunesmith --help shows what there is)')
    .exitOverride();
  const json = (): Option => new Option('--json', 'print one JSON value');
  const detach = (): Option => new Option('--detach', 'return at once; the job runs by itself');

  program.command('run').argument('<recipe>', 'a *.tune.yaml file').description('launch a recipe and watch it')
    .addOption(detach()).addOption(json())
    .action((recipe: string, options: FollowOptions) => act((services) => runRecipe(services, recipe, options)));
  program.command('explain').argument('<recipe>', 'a *.tune.yaml file').argument('[field]', 'such as learningRate; all of them without it')
    .description('tell why each value of a recipe is what it is').addOption(json())
    .action((recipe: string, field: string | undefined, options: JsonOption) => act((services) => explainRecipeFile(services, recipe, field, options)));
  program.command('jobs').description('list all jobs, newest first').addOption(json())
    .action((options: JsonOption) => act((services) => listJobs(services, options)));
  program.command('show').argument('<job>', 'its id, the start or end of it, or "latest"').description('show a job and its history').addOption(json())
    .action((job: string, options: JsonOption) => act((services) => showJob(services, job, options)));
  program.command('stop').argument('<job>').description('stop a job with a checkpoint').addOption(json())
    .action((job: string, options: JsonOption) => act((services) => stopJob(services, job, options)));
  program.command('resume').argument('<job>').description('continue a stopped, failed or lost job from its last checkpoint')
    .addOption(detach()).addOption(json())
    .action((job: string, options: FollowOptions) => act((services) => resumeJob(services, job, options)));
  program.command('generate').argument('<model>', '"starter", a model folder, a downloaded model, or a job').description('ask a base or tuned model')
    .requiredOption('--prompt <text>', 'what to ask')
    .option('--system <text>', 'the system message (default: the one that a tuned model was trained with)')
    .option('--max-tokens <number>', 'longest answer', wholeNumber(1), 256)
    .option('--temperature <number>', '0 always gives the most probable answer', positiveNumber, 0)
    .option('--seed <number>', 'equal seeds give equal answers', wholeNumber(0))
    .addOption(json())
    .action((model: string, options: GenerateOptions) => act((services) => generateText(services, model, options)));
  program.command('export').argument('<model>', 'a job, or the folder of an adapter or model').description('write a tuned model for other programs, and check it')
    .addOption(new Option('--format <format>', 'a model folder, or one file for llama.cpp and Ollama').choices(EXPORT_FORMATS).makeOptionMandatory())
    .requiredOption('--out <folder>', 'where to; it must not exist yet')
    .addOption(json())
    .action((model: string, options: ExportOptions) => act((services) => exportTuned(services, model, options)));
  program.command('check').argument('<file>', 'a dataset').description('find what is wrong with a dataset; exit code 1 on errors')
    .addOption(new Option('--for <target>', 'where it is to be trained (default: this machine)').choices(TARGET_IDS))
    .option('--held-out <file>', 'rows kept for evaluation: those that the dataset asks, too, are named')
    .option('--eval <file...>', 'files that models are compared by: rows of the dataset that ask one of their questions are named')
    .option('--model <model>', 'whose tokens are counted: "starter", a model folder, a downloaded model, or a job (default: estimated from characters)')
    .option('--max-tokens <number>', 'the longest row that is read as a whole', wholeNumber(1))
    .option('--quick', 'leave out near repetition and tokens')
    .option('--strict', 'exit code 3 when there are warnings')
    .addOption(json())
    .action((file: string, options: CheckOptions) => act((services) => checkDataset(services, file, options)));
  program.command('profile').argument('<file>', 'a dataset').description('say what a dataset holds')
    .addOption(new Option('--for <target>', 'where it is to be trained (default: this machine)').choices(TARGET_IDS))
    .option('--model <model>', 'whose tokens are counted: "starter", a model folder, a downloaded model, or a job (default: estimated from characters)')
    .addOption(json())
    .action((file: string, options: ProfileOptions) => act((services) => profileDataset(services, file, options)));
  program.command('convert').argument('<file>', 'a dataset').description('write a dataset anew in another format, and tell what is lost')
    .addOption(new Option('--to <format>', 'the new format').choices(FORMAT_IDS).makeOptionMandatory())
    .addOption(new Option('--from <format>', 'what all rows are (default: what each is recognized as)').choices(FORMAT_IDS))
    .option('--out <file>', 'where to (default: beside the dataset, with the format in its name)')
    .option('--text <column>', 'the column with the text, of a table with labels')
    .option('--label <column>', 'the column with the label')
    .option('--force', 'replace an existing file')
    .addOption(json())
    .action((file: string, options: ConvertOptions) => act((services) => convertDataset(services, file, options)));
  program.command('split').argument('<file>', 'a dataset; to verify or update a split, its manifest').description('divide a dataset into train, validation and test')
    .option('--train <percent>', 'share of the rows to train on (default: 80, or what the others leave)', percent)
    .option('--validation <percent>', 'share to watch while training (default: 10)', percent)
    .option('--test <percent>', 'share to compare on afterwards (default: 10)', percent)
    .option('--seed <number>', 'equal seeds give equal splits', wholeNumber(0), 42)
    .addOption(new Option('--by <way>', 'by lot, by lot within each label, or oldest first (default: label where the answers are labels)').choices(['random', 'label', 'time']))
    .option('--group <what>', 'what stays together: near-duplicates, prompt, none, or a column such as user_id (default: near-duplicates)')
    .option('--time <column>', 'the column with the time (default: the first that looks like one)')
    .option('--label <column>', 'the column with the label (default: the answers)')
    .option('--out <folder>', 'where to (default: beside the dataset)')
    .option('--verify', 'check that parts and dataset are what the manifest says')
    .option('--update', 'assign the rows that came since; all others keep their part')
    .option('--force', 'replace existing files; with --update, also parts that were changed')
    .addOption(json())
    .action((file: string, options: SplitCommandOptions) => act((services) => splitDataset(services, file, options)));
  program.command('repair').argument('<file>', 'a dataset').description('write a repaired version of a dataset, and tell what became of its rows')
    .addOption(new Option('--rule <repair...>', 'repair only this; may be given several times').choices(REPAIR_IDS))
    .addOption(new Option('--for <target>', 'where it is to be trained, which decides what cannot be trained on (default: this machine)').choices(TARGET_IDS))
    .option('--safe', 'all repairs that lose no row and no word (default where nothing else is chosen)')
    .option('--redact', 'replace secrets and personal data by placeholders')
    .option('--out <file>', 'where to (default: beside the dataset, with "repaired" in its name)')
    .option('--force', 'replace an existing file')
    .option('--dry-run', 'only tell what would be done; the exit code is 1 when there is something')
    .addOption(json())
    .action((file: string, options: RepairCommandOptions) => act((services) => repairDataset(services, file, version, options)));
  program.command('models').description('list the models of this machine, and base models that fit it').addOption(json())
    .action((options: JsonOption) => act((services) => listModels(services, options)));
  program.command('download').argument('<model>', 'a name on the Hugging Face hub, such as Qwen/Qwen3-0.6B, with @revision if you mean one')
    .description('bring a base model to this machine').addOption(json())
    .action((model: string, options: JsonOption) => act((services) => downloadBaseModel(services, model, options)));
  program.command('demo').description('fine-tune the starter model on the sample tickets and compare the two').addOption(json())
    .action((options: JsonOption) => act((services) => runDemo(services, options)));
}

function reportFault(fault: unknown, words: readonly string[], terminal: Terminal): number {
  // Commander has printed help, version or what is wrong.
  if (fault instanceof CommanderError) return fault.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const known = fault instanceof UserError;
  const { code, message, remedy } = known ? fault
    : { code: 'internal', message: `Something went wrong inside Tunesmith: ${fault instanceof Error ? fault.message : String(fault)}`, remedy: 'Run it again with --verbose and report what it prints.' };
  if (words.includes('--json')) terminal.json({ error: { code, message, remedy } });
  else terminal.note(`${message}\n${remedy}`);
  if (words.includes('--verbose') && (!known || fault.cause !== undefined)) terminal.note(inspect(fault));
  return known ? EXIT.failed : EXIT.internal;
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    return value;
  };
}

function percent(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(value >= 0 && value <= 100)) throw new InvalidArgumentError('It must be a number from 0 to 100.');
  return value;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
}
