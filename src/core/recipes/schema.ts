/** What a `*.tune.yaml` file may say: every field with its range and meaning, the one source of checks, types and the JSON schema. */

import * as z from 'zod/mini';
import { PRECISIONS } from '../../engine/model/weights.ts';

/** The newest version of the format; there is no other yet. */
export const RECIPE_VERSION = 1;

/** Characters of a recipe's name. */
export const LONGEST_NAME = 100;

const whole = (least: number, most: number, meaning: string) => z.int().check(z.minimum(least), z.maximum(most), z.describe(meaning));
const number = (least: number, most: number, meaning: string) => z.number().check(z.minimum(least), z.maximum(most), z.describe(meaning));
const text = (meaning: string) => z.string().check(z.minLength(1), z.describe(meaning));

export const trainingSchema = z
  .strictObject({
    method: z.optional(
      z.enum(['lora', 'full']).check(z.describe('What is trained: "lora" a small adapter beside the frozen model, "full" every weight (small models only).')),
    ),
    rank: z.optional(whole(1, 256, 'Size of the LoRA adapter. Matters far less than the learning rate.')),
    alpha: z.optional(number(0.1, 1024, "Scale of the LoRA adapter's update, divided by its rank.")),
    epochs: z.optional(number(0.01, 1000, 'Passes over the training rows.')),
    maxSteps: z.optional(whole(1, 10_000_000, 'Ends the run after this many steps, even if the epochs are not over.')),
    batchSize: z.optional(whole(1, 1024, 'Rows computed at once. Larger needs more memory.')),
    gradientAccumulation: z.optional(whole(1, 1024, 'Batches gathered into one step.')),
    learningRate: z.optional(z.number().check(z.gt(0), z.lt(1), z.describe('How far each step moves the weights. The setting that matters most.'))),
    schedule: z.optional(z.enum(['cosine', 'linear', 'constant']).check(z.describe('How the learning rate falls after the warm-up.'))),
    warmupRatio: z.optional(number(0, 1, 'Share of the steps over which the learning rate rises from zero.')),
    weightDecay: z.optional(number(0, 1, 'Pull of the trained weights towards zero (AdamW).')),
    maxGradNorm: z.optional(number(0, 1000, 'Longest step the gradient may ask for (global L2 norm); 0 sets no limit.')),
    beta: z.optional(z.number().check(z.gt(0), z.maximum(10), z.describe('DPO: how much staying near the model as it was weighs against the preferences.'))),
    maxLength: z.optional(whole(8, 1_048_576, 'Longest row in tokens; longer rows are treated as truncation says, and counted.')),
    truncation: z.optional(
      z.enum(['keep_start', 'keep_end', 'drop', 'error']).check(z.describe('What becomes of rows that are too long: cut at the end, cut at the start, left out, or refused.')),
    ),
    packing: z.optional(z.boolean().check(z.describe('SFT: lays short rows end to end up to maxLength, without one seeing another; batchSize then counts such packs.'))),
    evalEverySteps: z.optional(whole(0, 10_000_000, 'Steps between evaluations on the held-out rows; 0 evaluates at the end only.')),
    earlyStoppingPatience: z.optional(whole(0, 1000, 'Ends the run after so many evaluations without a better one, and goes back to the best; 0 never does.')),
    checkpointEverySeconds: z.optional(number(0, 86_400, 'Seconds between checkpoints; 0 saves at evaluations and the end only.')),
    keepCheckpoints: z.optional(whole(1, 1000, 'Newest checkpoints to keep, beside the best one; older ones are deleted. Each takes three times the size of what is trained.')),
    memoryLimit: z.optional(number(0.1, 100_000, 'Memory in GB that training may take; it computes more slowly where that saves enough, and refuses to start where it cannot.')),
    seed: z.optional(whole(0, 4_294_967_295, 'Start of all random numbers: the same seed gives the same run.')),
    precision: z.optional(
      z.enum(PRECISIONS).check(z.describe('LoRA: what the frozen base model is held in. "float16" halves its memory, rounds it, and answers more slowly; the adapter stays in float32.')),
    ),
    threads: z.optional(whole(0, 1024, 'Threads to compute with; 0 is one a physical core.')),
  })
  .check(z.describe('Every field may be left out: a rule then chooses it from the dataset and the model.'));

const datasetSchema = z
  .strictObject({
    train: text('Training rows: a .jsonl, .ndjson, .json, .csv, .tsv or .parquet file, all but the last also as .gz, relative to this recipe.'),
    validation: z.optional(text('Held-out rows to evaluate on: a file, relative to this recipe.')),
    split: z.optional(z.number().check(z.gt(0), z.maximum(0.5), z.describe('Share of the training rows to hold out when there is no validation file.'))),
  })
  .check(z.describe('The rows to train on and the rows to evaluate on.'));

export const recipeSchema = z
  .strictObject({
    version: z.literal(RECIPE_VERSION).check(z.describe('Version of the recipe format.')),
    name: z.string().check(z.minLength(1), z.maxLength(LONGEST_NAME), z.describe('Name of the job and of the tuned model.')),
    technique: z.optional(z.enum(['sft', 'dpo']).check(z.describe('How the model learns: "sft" imitates the answers of the dataset, "dpo" learns to prefer the better of two answers (rows with "prompt", "chosen" and "rejected").'))),
    baseModel: text('The model to tune: "starter", a folder in Hugging Face layout, relative to this recipe, or a model of the Hugging Face hub as "org/name" or "org/name@revision".'),
    startFrom: z.optional(text('A LoRA adapter of the base model to go on from: a folder in PEFT layout, relative to this recipe. Rank and alpha are then its own.')),
    dataset: datasetSchema,
    training: z.optional(trainingSchema),
    backend: z.optional(z.enum(['local']).check(z.describe('Where the job runs: "local" is this machine.'))),
  })
  .check(z.describe('A fine-tuning recipe of Tunesmith.'));

/** A recipe as written: valid, not yet complete. */
export type RecipeDraft = z.infer<typeof recipeSchema>;
export type TrainingDraft = z.infer<typeof trainingSchema>;
export type TrainingField = keyof TrainingDraft;
