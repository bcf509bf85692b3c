/** Proposes a recipe for a dataset, with the reason for every value: what "Fine-Tune on This Dataset" shows and writes. */

import { readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { stringify } from 'yaml';
import { adviseTechnique } from '../advisor/technique.ts';
import { datasetStem } from '../datasets/extensions.ts';
import type { DatasetProfile } from '../datasets/profile.ts';
import { parseHubId } from '../backends/local/hub/hubId.ts';
import { UserError } from '../errors.ts';
import { formatCount, formatDuration, formatPercent, formatQuantity } from '../wording/numbers.ts';
import { TECHNIQUE_WORDS } from '../wording/techniques.ts';
import { chooseSplit, chooseTraining, countSteps, type Chosen, type ChosenTraining } from './defaults.ts';
import { findHeldOutSibling } from './heldOutSibling.ts';
import { BASE_MODEL_LABEL, STARTER, STARTER_FACTS, type ModelFacts } from './models.ts';
import { FIELD_PATHS } from './ruledFields.ts';
import { LONGEST_NAME, RECIPE_VERSION } from './schema.ts';

export interface ProposalInput {
  readonly profile: DatasetProfile;
  /** absolute path of the folder where the recipe will lie */
  readonly folder: string;
  /** file names in the dataset's folder, where a held-out file is looked for */
  readonly siblings: readonly string[];
  /** default: the starter model */
  readonly model?: { readonly ref: string; readonly facts: ModelFacts | undefined };
  /** measured on this machine with this model; undefined when nothing was measured */
  readonly tokensPerSecond?: number;
}

/** One line of a proposal: what, how much, and why. */
export interface ProposedSetting {
  readonly label: string;
  readonly value: string;
  readonly reason: string;
}

export interface Proposal {
  /** the recipe as YAML, with paths relative to the folder and a reason beside each value */
  readonly text: string;
  readonly settings: readonly ProposedSetting[];
  readonly steps: number;
  /** low and high, in seconds; undefined when no speed was measured */
  readonly seconds: { readonly low: number; readonly high: number } | undefined;
  /** "about 2 min", or that it is not known */
  readonly time: string;
  readonly timeReason: string;
  /** what speaks against training on this dataset now; one sentence each */
  readonly doubts: readonly string[];
}

/** Pure; equal inputs give equal text. */
export function proposeRecipe(input: ProposalInput): Proposal {
  const { profile, folder, siblings, tokensPerSecond } = input;
  const model = input.model ?? { ref: STARTER, facts: STARTER_FACTS };
  const advice = adviseTechnique(profile);
  const validation = findHeldOutSibling(profile.file, siblings);
  const split = validation === undefined ? chooseSplit(profile.usableRows) : undefined;
  const trainRows = Math.max(1, Math.round(profile.usableRows * (1 - (split?.value ?? 0))));
  const longestRowCharacters = profile.promptCharacters.max + profile.answerCharacters.max;
  const training = chooseTraining({}, { trainRows, longestRowCharacters, model: model.facts, technique: advice.technique });
  const steps = countSteps(trainRows, { epochs: training.epochs.value, rowsAStep: training.batchSize.value * training.gradientAccumulation.value });
  const seconds = estimateSeconds(profile, trainRows, training, tokensPerSecond);
  const text = writeYaml({
    name: basename(datasetStem(profile.file)).slice(0, LONGEST_NAME).toWellFormed(),
    technique: { ...advice, value: advice.technique },
    baseModel: modelText(folder, model.ref),
    train: pathFrom(folder, profile.file),
    validation: validation === undefined ? undefined : pathFrom(folder, join(dirname(profile.file), validation)),
    split,
    training,
  });
  return {
    text,
    settings: [
      { label: 'Technique', value: TECHNIQUE_WORDS[advice.technique].name, reason: sentence(advice.reason) },
      { label: BASE_MODEL_LABEL, value: model.ref === STARTER ? 'Starter' : basename(model.ref), reason: model.ref === STARTER ? 'It comes with Tunesmith and trains within minutes.' : 'You chose it.' },
      validation === undefined
        ? { label: 'Held-out rows', value: formatPercent(split?.value ?? 0), reason: sentence(split?.reason ?? '') }
        : { label: 'Held-out rows', value: validation, reason: 'It lies beside the dataset, and its name says what it is for.' },
      { label: 'Epochs', value: `${formatCount(training.epochs.value)} (${formatQuantity(steps, 'step')})`, reason: sentence(training.epochs.reason) },
      { label: 'Learning rate', value: String(training.learningRate.value), reason: sentence(training.learningRate.reason) },
    ],
    steps,
    seconds,
    ...describeTime(seconds, tokensPerSecond),
    doubts: advice.doubts,
  };
}

/** As `proposeRecipe`, looking for held-out files beside the dataset. */
export async function proposeForDataset(input: Omit<ProposalInput, 'siblings'>): Promise<Proposal> {
  // A folder that cannot be listed has no siblings; that its dataset could be read is known.
  const siblings = await readdir(dirname(input.profile.file)).catch(() => []);
  return proposeRecipe({ ...input, siblings });
}

/**
 * Writes a recipe beside a dataset: `tickets.tune.yaml`, or `tickets-2.tune.yaml` and so on where that exists. Never writes over a file.
 *
 * @returns the path written
 * @throws UserError "recipe.not-written"
 */
export async function writeRecipeBeside(dataset: string, text: string): Promise<string> {
  const stem = datasetStem(dataset);
  for (let number = 1; ; number++) {
    const file = `${stem}${number === 1 ? '' : `-${number}`}.tune.yaml`;
    try {
      await writeFile(file, text, { flag: 'wx' });
      return file;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') continue;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError('recipe.not-written', `${basename(file)} was not written: ${reason}.`, 'Make room, or allow writing to the folder, and try again', { cause, place: { file } });
    }
  }
}

interface YamlParts {
  readonly name: string;
  readonly technique: Pick<Chosen<string>, 'value' | 'reason'>;
  readonly baseModel: string;
  readonly train: string;
  readonly validation: string | undefined;
  readonly split: Chosen<number> | undefined;
  readonly training: ChosenTraining;
}

/** The fields a person may want to change; the others follow their rules. */
const WRITTEN_FIELDS = ['method', 'rank', 'epochs', 'batchSize', 'gradientAccumulation', 'learningRate', 'maxLength', 'seed'] as const;

function writeYaml({ name, technique, baseModel, train, validation, split, training }: YamlParts): string {
  const fields = WRITTEN_FIELDS.filter((field) => field !== 'gradientAccumulation' || training[field].value > 1).map((field) => ({ field, path: FIELD_PATHS[field].split('.') }));
  const section = (title: string): (readonly [text: string, reason?: string])[] => [
    [`${title}:`],
    ...fields.filter(({ path }) => path[0] === title).map(({ field, path }) => [`  ${path.at(-1)}: ${training[field].value}`, training[field].reason] as const),
  ];
  const lines: (readonly [text: string, reason?: string])[] = [
    [`version: ${RECIPE_VERSION}`],
    [`name: ${scalar(name)}`],
    [`technique: ${technique.value}`, technique.reason],
    [`baseModel: ${scalar(baseModel)}`],
    ['dataset:'],
    [`  train: ${scalar(train)}`],
    validation === undefined ? [`  split: ${split?.value ?? 0.1}`, split?.reason ?? ''] : [`  validation: ${scalar(validation)}`, 'never trained on'],
    ...section('peft'),
    ...section('training'),
    ['backend: local', 'this machine'],
  ];
  const width = Math.min(40, Math.max(...lines.filter(([, reason]) => reason).map(([text]) => text.length)));
  return `${lines.map(([text, reason]) => (reason ? `${text.padEnd(width)}  # ${reason}` : text)).join('\n')}\n`;
}

function scalar(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

/** Relative with forward slashes, so that a recipe means the same on every system; absolute across drives. */
function pathFrom(folder: string, file: string): string {
  const path = relative(folder, file);
  return isAbsolute(path) ? path : path.split(sep).join('/');
}

/** A folder never looks like a name on the hub. */
function modelText(folder: string, ref: string): string {
  if (!isAbsolute(ref)) return ref;
  const path = pathFrom(folder, ref);
  return parseHubId(path) ? `./${path}` : path;
}

function sentence(clause: string): string {
  return clause === '' ? '' : `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

/** Characters a token of English and of code, give or take; the tokenizer's own number is not at hand here. */
const CHARACTERS_A_TOKEN = 3.5;
/** Role markers of the chat template, for each turn. */
const TOKENS_A_TURN = 4;

function estimateSeconds(profile: DatasetProfile, trainRows: number, training: ChosenTraining, tokensPerSecond: number | undefined): Proposal['seconds'] {
  if (tokensPerSecond === undefined || tokensPerSecond <= 0) return undefined;
  const characters = profile.promptCharacters.mean + profile.answerCharacters.mean;
  const tokensARow = Math.min(training.maxLength.value, characters / CHARACTERS_A_TOKEN + profile.turns.mean * TOKENS_A_TURN);
  const seconds = (trainRows * training.epochs.value * tokensARow) / tokensPerSecond;
  return { low: seconds * 0.7, high: seconds * 1.5 };
}

function describeTime(seconds: Proposal['seconds'], tokensPerSecond: number | undefined): { readonly time: string; readonly timeReason: string } {
  if (!seconds || tokensPerSecond === undefined) return { time: 'not known yet', timeReason: 'No run with this model was measured on this machine; the first steps will tell.' };
  return {
    time: `about ${roughDuration(seconds.low)} to ${roughDuration(seconds.high)}`,
    timeReason: `Tokens to read over the ${formatCount(tokensPerSecond)} a second that this machine managed before; evaluation not included.`,
  };
}

function roughDuration(seconds: number): string {
  if (seconds < 10) return formatDuration(Math.max(1, Math.round(seconds)));
  if (seconds < 90) return formatDuration(Math.round(seconds / 5) * 5);
  return formatDuration(Math.round(seconds / 60) * 60);
}
