/** What the advisor is told: the use case in the user's words, the dataset, and what the base model already manages. */

export type TaskKind = 'classification' | 'extraction' | 'tool-calling' | 'code' | 'reasoning' | 'writing' | 'knowledge';

/** Answers to questions that a person can be asked; what is undefined was not asked or not known. */
export interface UseCase {
  readonly task?: TaskKind;
  /** how an answer can be graded: by a program, by a person or model that judges, or not at all */
  readonly grading?: 'rule' | 'judge' | 'none';
  /** the answers need facts that the base model does not have, or that change */
  readonly needsNewFacts?: boolean;
  /** a prompt was written, with examples in it, and tried on at least ten real cases */
  readonly hasTriedPrompt?: boolean;
  /** a larger model gives the answers that are wanted, and a smaller one shall */
  readonly hasTeacher?: boolean;
  /** every call sends the same long instructions, which cost time or money */
  readonly repeatsLongPrompt?: boolean;
  /** the model is also used for other work, which must not get worse */
  readonly mustKeepAbilities?: boolean;
}

/** What is known of the rows to train on. */
export interface DataFacts {
  /** what most rows hold: an answer to imitate, a better and a worse one, one that was liked or not, a question to grade, text */
  readonly holds: 'answers' | 'pairs' | 'ratings' | 'tasks' | 'text';
  /** rows that can be used */
  readonly rows: number;
  /** share of all rows that cannot be used, 0 to 1 */
  readonly brokenShare: number;
  /** rows of the rarest label; undefined when answers are no labels */
  readonly rarestLabel?: number;
  /** tokens in all rows, exact or estimated */
  readonly tokens?: number;
  /** rows to measure on that are never trained on */
  readonly heldOutRows: number;
}

/** How often the base model succeeds with the same prompt, before anything is trained. */
export interface BaselineProbe {
  readonly prompts: number;
  /** answers sampled for each prompt */
  readonly samples: number;
  /** mean score of all answers, 0 to 1 */
  readonly meanScore: number;
  /** share of the prompts that at least one of the samples solves; see `summarizeProbe` */
  readonly passAtK: number;
  /** share of the prompts with answers of different scores: only these teach in reinforcement fine-tuning */
  readonly mixedShare: number;
}

export interface AdvisorFacts {
  readonly useCase: UseCase;
  /** undefined without a dataset */
  readonly data: DataFacts | undefined;
  readonly probe: BaselineProbe | undefined;
}
