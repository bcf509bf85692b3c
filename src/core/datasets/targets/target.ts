/** What a place to train accepts: the facts about it that a file can be checked against without asking it. */

import type { DatasetKind } from '../extensions.ts';
import type { Example } from '../example.ts';
import type { FormatId } from '../formats/format.ts';

export type TargetId =
  | 'local-sft' | 'local-dpo'
  | 'bedrock-nova-sft' | 'bedrock-nova2-sft' | 'bedrock-nova-rft' | 'bedrock-distillation'
  | 'bedrock-open-sft' | 'bedrock-open-rft'
  | 'sagemaker-sft' | 'sagemaker-dpo' | 'sagemaker-rlvr' | 'sagemaker-rlaif'
  | 'sagemaker-nova-sft' | 'sagemaker-nova-dpo' | 'sagemaker-nova-rft' | 'sagemaker-nova-cpt'
  | 'foundry-sft' | 'foundry-dpo' | 'foundry-rft'
  | 'gemini-sft' | 'gemini-preference' | 'gemini-rft';

/** Where a fact was read, and of which day it is. */
export interface Source {
  readonly url: string;
  /** YYYY-MM-DD, or YYYY-MM where the day is not known */
  readonly date: string;
}

/** How the turns of a conversation or of a prompt have to follow each other. */
export interface TurnRules extends Source {
  /** the system message has to be the first */
  readonly systemFirst?: true;
  /** the first turn after the system message has to be the user's */
  readonly userFirst?: true;
  /** user and assistant have to take turns */
  readonly alternating?: true;
  /** no turn may be empty */
  readonly noEmpty?: true;
  /** at most one question, and one answer to it */
  readonly singleTurn?: true;
  /** text and nothing else: no images, no tool calls */
  readonly textOnly?: true;
}

/** What is not known is left out; nothing is checked against it. */
export interface Target {
  readonly id: TargetId;
  /** "Bedrock Nova (SFT)" */
  readonly title: string;
  readonly technique: 'sft' | 'dpo' | 'rft' | 'distill' | 'cpt';
  /** a row of another format has to be converted, best to the first of these */
  readonly formats: readonly FormatId[];
  readonly kinds: readonly Example['kind'][];
  readonly files?: Source & { readonly kinds: readonly DatasetKind[]; readonly gzip?: false };
  readonly rows?: Source & { readonly min?: number; readonly max?: number };
  readonly fileBytes?: Source & { readonly max: number };
  /** of one row, prompt and answer together; of a task, its prompt */
  readonly tokensPerRow?: Source & { readonly max: number };
  /** texts that make the job fail wherever they stand */
  readonly reservedWords?: Source & { readonly words: readonly string[] };
  readonly turns?: TurnRules;
  /** an optional field of one row has to be in all rows */
  readonly sameFields?: Source;
  /** where the formats and the technique were read; absent for this machine, whose code they are */
  readonly source?: Source;
  /** what a person should know beside the limits */
  readonly note?: string;
}
