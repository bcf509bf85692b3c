/** What is known of a dataset after all its rows were read. */

import type { DatasetFormat } from './example.ts';
import type { Finding } from './finding.ts';
import type { TargetId } from './targets/target.ts';

/** How some whole numbers or shares are spread. */
export interface Distribution {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** adjoining bars of a histogram, ascending; the last one holds its upper end, too */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** The rows as one model reads them: rendered by its chat template, counted in its tokens. */
export interface TokenProfile {
  /** "starter", the name of a downloaded model, or "estimate" */
  readonly model: string;
  /** counted from characters, for want of a tokenizer */
  readonly isEstimate: boolean;
  readonly total: number;
  /** of `total`, those that are trained on */
  readonly trained: number;
  readonly perRow: Distribution;
  /** of each row's tokens, the share that is trained on, 0 to 1 */
  readonly trainedShare: Distribution;
}

/** What a person would want to see first. */
export interface DatasetProfile {
  readonly file: string;
  readonly bytes: number;
  /** what the rows were checked for */
  readonly target: TargetId;
  readonly format: DatasetFormat | undefined;
  /** how the rows are written, most rows first; empty when no row is in a known format */
  readonly formats: readonly { readonly id: string; readonly title: string; readonly count: number }[];
  /** rows in the file, blank lines not counted */
  readonly rows: number;
  /** rows that can be trained on */
  readonly usableRows: number;
  readonly turns: { readonly min: number; readonly max: number; readonly mean: number };
  /** characters of prompt and of answer; tokens need a model */
  readonly promptCharacters: { readonly mean: number; readonly p95: number; readonly max: number };
  readonly answerCharacters: { readonly mean: number; readonly p95: number; readonly max: number };
  /** the same in full, in characters and turns a row; absent where no row can be used */
  readonly lengths?: { readonly prompt: Distribution; readonly answer: Distribution; readonly turns: Distribution };
  /** the distinct answers when they look like labels (few and repeated), most frequent first */
  readonly labels: readonly { readonly label: string; readonly count: number }[] | undefined;
  /** absent where nobody asked for it */
  readonly tokens?: TokenProfile;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}
