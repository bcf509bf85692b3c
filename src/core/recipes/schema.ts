/** What a `*.tune.yaml` file may say: every field with its range and meaning, the one source of checks, types and the JSON schema. */

import * as z from 'zod/mini';
import { PRECISIONS } from '../../engine/model/weights.ts';
import { BACKEND_IDS, TECHNIQUES } from './kinds.ts';

/** The newest version of the format; `migrate.ts` reads the older ones. */
export const RECIPE_VERSION = 2;

/** Characters of a recipe's name. */
export const LONGEST_NAME = 100;

/** What a field says that shall be chosen by rule, as if it were left out. */
export const AUTO = 'auto';

const whole = (least: number, most: number, meaning: string) => z.int().check(z.minimum(least), z.maximum(most), z.describe(meaning));
const number = (least: number, most: number, meaning: string) => z.number().check(z.minimum(least), z.maximum(most), z.describe(meaning));
const text = (meaning: string) => z.string().check(z.minLength(1), z.describe(meaning));
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words, meaning: string) => z.enum(words).check(z.describe(meaning));

const useCaseSchema = z
  .strictObject({
    problem: z.optional(text('What the model shall do, for whom, in your words.')),
    task: z.optional(oneOf(['classification', 'extraction', 'tool-calling', 'code', 'reasoning', 'writing', 'knowledge'], 'What kind of work it is.')),
    grading: z.optional(oneOf(['rule', 'judge', 'none'], 'How an answer can be graded: "rule" by a program, "judge" by a person or a model, "none" not at all.')),
    needsNewFacts: z.optional(z.boolean().check(z.describe('The answers need facts that the base model does not have, or that change.'))),
    hasTriedPrompt: z.optional(z.boolean().check(z.describe('A good prompt with examples was tried on at least ten real cases.'))),
    hasTeacher: z.optional(z.boolean().check(z.describe('A larger model already gives the answers that are wanted.'))),
    repeatsLongPrompt: z.optional(z.boolean().check(z.describe('Every call sends the same long instructions.'))),
    mustKeepAbilities: z.optional(z.boolean().check(z.describe('The model is used for other work, too, which must not get worse.'))),
  })
  .check(z.describe('What the advisor goes by; nothing of it changes how the job runs.'));

const mixedFile = z.strictObject({
  file: text('A dataset file, relative to this recipe.'),
  percent: number(0.1, 95, 'Share of all training rows that come from it, in percent.'),
});

const datasetSchema = z
  .strictObject({
    train: text('Training rows: a .jsonl, .ndjson, .json, .csv, .tsv or .parquet file, all but the last also as .gz, relative to this recipe.'),
    validation: z.optional(text('Held-out rows to evaluate on: a file, relative to this recipe.')),
    test: z.optional(text('Rows that neither train the model nor choose its settings, for the final comparison: a file, relative to this recipe.')),
    split: z.optional(z.number().check(z.gt(0), z.maximum(0.5), z.describe('Share of the training rows to hold out when there is no validation file.'))),
    mix: z.optional(z.array(mixedFile).check(z.maxLength(20), z.describe('Other datasets to train on as well, each with its share; what is left is of "train". General rows among them keep the model from forgetting.'))),
  })
  .check(z.describe('The rows to train on and the rows to evaluate on.'));

const promptSchema = z
  .strictObject({
    system: z.optional(text('The system message put before every row that has none, kept with the tuned model, and used whenever it is asked.')),
  })
  .check(z.describe('What the model is told before each row.'));

const peftSchema = z
  .strictObject({
    method: z.optional(oneOf(['lora', 'full'], 'What is trained: "lora" a small adapter beside the frozen model, "full" every weight (small models only).')),
    rank: z.optional(whole(1, 256, 'Size of the LoRA adapter. Matters far less than the learning rate.')),
    alpha: z.optional(number(0.1, 1024, "Scale of the LoRA adapter's update, divided by its rank.")),
  })
  .check(z.describe('How much of the model is trained (parameter-efficient fine-tuning). Every field may be left out or "auto".'));

const trainingSchema = z
  .strictObject({
    epochs: z.optional(number(0.01, 1000, 'Passes over the training rows.')),
    batchSize: z.optional(whole(1, 1024, 'Rows computed at once. Larger needs more memory.')),
    gradientAccumulation: z.optional(whole(1, 1024, 'Batches gathered into one step.')),
    learningRate: z.optional(z.number().check(z.gt(0), z.lt(1), z.describe('How far each step moves the weights. The setting that matters most.'))),
    schedule: z.optional(z.enum(['cosine', 'linear', 'constant']).check(z.describe('How the learning rate falls after the warm-up.'))),
    warmupRatio: z.optional(number(0, 1, 'Share of the steps over which the learning rate rises from zero.')),
    weightDecay: z.optional(number(0, 1, 'Pull of the trained weights towards zero (AdamW).')),
    maxGradNorm: z.optional(number(0, 1000, 'Longest step the gradient may ask for (global L2 norm); 0 sets no limit.')),
    maxLength: z.optional(whole(8, 1_048_576, 'Longest row in tokens; longer rows are treated as truncation says, and counted.')),
    truncation: z.optional(
      z.enum(['keep_start', 'keep_end', 'drop', 'error']).check(z.describe('What becomes of rows that are too long: cut at the end, cut at the start, left out, or refused.')),
    ),
    packing: z.optional(z.boolean().check(z.describe('SFT: lays short rows end to end up to maxLength, without one seeing another; batchSize then counts such packs.'))),
    evalEverySteps: z.optional(whole(0, 10_000_000, 'Steps between evaluations on the held-out rows; 0 evaluates at the end only.')),
    earlyStoppingPatience: z.optional(whole(0, 1000, 'Ends the run after so many evaluations without a better one, and goes back to the best; 0 never does.')),
    seed: z.optional(whole(0, 4_294_967_295, 'Start of all random numbers: the same seed gives the same run.')),
  })
  .check(z.describe('Every field may be left out or "auto": a rule then chooses it from the dataset and the model.'));

const preferenceSchema = z
  .strictObject({
    beta: z.optional(z.number().check(z.gt(0), z.maximum(10), z.describe('DPO: how much staying near the model as it was weighs against the preferences.'))),
  })
  .check(z.describe('Preference fine-tuning (technique "dpo").'));

const rlSchema = z
  .strictObject({
    loss: z.optional(oneOf(['dr_grpo', 'dapo', 'grpo'], 'How rewards become a loss, as TRL names it.')),
    groupSize: z.optional(whole(2, 64, 'Answers sampled for each prompt; they are compared with each other. A step takes as many prompts as "training.batchSize" times "training.gradientAccumulation".')),
    temperature: z.optional(number(0.1, 2, 'How freely answers are sampled; at 1 as the model means it.')),
    topP: z.optional(z.number().check(z.gt(0), z.maximum(1), z.describe('Share of the likeliest tokens that are sampled from; 1 takes all.'))),
    maxCompletionLength: z.optional(whole(1, 32_768, 'Longest answer that is sampled, in tokens.')),
    clipLow: z.optional(number(0, 1, 'How much less likely one step may make an answer ("epsilon").')),
    clipHigh: z.optional(number(0, 1, 'How much more likely one step may make an answer ("epsilon_high").')),
    beta: z.optional(number(0, 1, 'Pull towards the base model (KL divergence); 0 is none, and saves time.')),
  })
  .check(z.describe('Reinforcement fine-tuning (technique "rft"). Every field may be left out or "auto".'));

const rewardSchema = z.strictObject({
  file: text('A reward: a *.reward.yaml, *.reward.ts, *.reward.js or *.reward.py file, relative to this recipe.'),
  weight: z.optional(number(-100, 100, 'What its score counts in the sum; 1 unless given.')),
});

const evaluationSchema = z
  .strictObject({
    suites: z.optional(z.array(text('A *.eval.yaml file, relative to this recipe.')).check(z.describe('What else base and tuned model are compared on.'))),
    gate: z.optional(oneOf(['better', 'not-worse'], 'What the comparison with the base model must come to; else the job counts as failed.')),
  })
  .check(z.describe('How base and tuned model are compared.'));

const budgetSchema = z
  .strictObject({
    minutes: z.optional(number(0.1, 100_000, 'The job stops training after so many minutes, and keeps what it has learnt.')),
    steps: z.optional(whole(1, 10_000_000, 'The job stops training after so many steps.')),
    usd: z.optional(number(0, 1_000_000, 'A launch that is estimated to cost more, in US dollars, is refused.')),
  })
  .check(z.describe('What the job may use up.'));

const localSchema = z
  .strictObject({
    precision: z.optional(
      z.enum(PRECISIONS).check(z.describe('LoRA: what the frozen base model is held in. "float16" halves its memory, rounds it, and answers more slowly; the adapter stays in float32.')),
    ),
    memoryLimit: z.optional(number(0.1, 100_000, 'Memory in GB that training may take; it computes more slowly where that saves enough, and refuses to start where it cannot.')),
    threads: z.optional(whole(0, 1024, 'Threads to compute with; 0 is one a physical core.')),
    checkpointEverySeconds: z.optional(number(0, 86_400, 'Seconds between checkpoints; 0 saves at evaluations and the end only.')),
    keepCheckpoints: z.optional(whole(1, 1000, 'Newest checkpoints to keep, beside the best one; older ones are deleted. Each takes three times the size of what is trained.')),
  })
  .check(z.describe('This machine.'));

const overridesSchema = z
  .strictObject({ local: z.optional(localSchema) })
  .check(z.describe('Settings that only one backend has.'));

const sweepValue = z.union([z.number(), z.string(), z.boolean()]);
const sweepSchema = z
  .record(z.string(), z.union([
    z.array(sweepValue).check(z.minLength(1), z.maxLength(100)),
    z.strictObject({ from: z.number(), to: z.number(), count: z.int().check(z.minimum(2), z.maximum(100)), scale: z.optional(z.enum(['linear', 'log'])) }),
  ]))
  .check(z.describe('Fields by their dotted names with the values to try, as a list or a range; every combination becomes a job.'));

export const recipeSchema = z
  .strictObject({
    version: z.literal(RECIPE_VERSION).check(z.describe('Version of the recipe format.')),
    name: z.string().check(z.minLength(1), z.maxLength(LONGEST_NAME), z.describe('Name of the job and of the tuned model.')),
    useCase: z.optional(useCaseSchema),
    technique: z.optional(oneOf(TECHNIQUES, 'How the model learns: "sft" imitates the answers of the dataset, "dpo" learns to prefer the better of two answers (rows with "prompt", "chosen" and "rejected"), "rft" learns from rewards, "distill" from a larger model, "cpt" reads text.')),
    baseModel: text('The model to tune: "starter", a folder in Hugging Face layout, relative to this recipe, or a model of the Hugging Face hub as "org/name" or "org/name@revision".'),
    startFrom: z.optional(text('A LoRA adapter of the base model to go on from: a folder in PEFT layout, relative to this recipe. Rank and alpha are then its own.')),
    dataset: datasetSchema,
    prompt: z.optional(promptSchema),
    peft: z.optional(peftSchema),
    training: z.optional(trainingSchema),
    preference: z.optional(preferenceSchema),
    rl: z.optional(rlSchema),
    rewards: z.optional(z.array(rewardSchema).check(z.minLength(1), z.maxLength(20), z.describe('What a good answer is (technique "rft").'))),
    evaluation: z.optional(evaluationSchema),
    budget: z.optional(budgetSchema),
    backend: z.optional(oneOf(BACKEND_IDS, 'Where the job runs: "local" is this machine.')),
    overrides: z.optional(overridesSchema),
    tags: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(50))).check(z.maxLength(20), z.describe('Words to find the job by.'))),
    sweep: z.optional(sweepSchema),
  })
  .check(z.describe('A fine-tuning recipe of Tunesmith.'));

/** A recipe as written: valid, not yet complete; what says "auto" is left out. */
export type RecipeDraft = z.infer<typeof recipeSchema>;

/** What rules choose, by the dotted names of the file. */
export type PeftDraft = z.infer<typeof peftSchema>;
export type TrainingDraft = z.infer<typeof trainingSchema>;
export type PreferenceDraft = z.infer<typeof preferenceSchema>;
export type RlDraft = z.infer<typeof rlSchema>;
export type LocalDraft = z.infer<typeof localSchema>;

/** The sections of which every field may be "auto". */
export const RULED_SECTIONS = ['peft', 'training', 'preference', 'rl', 'overrides.local'] as const;
