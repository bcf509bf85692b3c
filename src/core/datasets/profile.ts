/** What is known of a dataset after all its rows were read. */

import type { ChatRole } from '../../engine/text/chat.ts';
import type { DatasetFormat, Example } from './example.ts';
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

/** What the rows begin with. */
export interface SystemPromptProfile {
  /** how many different ones; of very many, those of the first rows */
  readonly distinct: number;
  /** there are more than were counted */
  readonly isMore: boolean;
  /** rows that have none */
  readonly without: number;
  /** its beginning */
  readonly mostFrequent?: { readonly text: string; readonly count: number };
}

export interface LanguageProfile {
  readonly sampledRows: number;
  /** of these, those whose language could be told: with words enough, and not code or numbers */
  readonly toldRows: number;
  readonly isSample: boolean;
  /** ISO 639-1 code and English name; most rows first */
  readonly languages: readonly { readonly code: string; readonly name: string; readonly count: number }[];
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
  /** how many turns each role has */
  readonly roles?: Readonly<Record<ChatRole, number>>;
  /** what the rows are, most frequent first */
  readonly kinds?: readonly { readonly kind: Example['kind']; readonly count: number }[];
  /** absent when no row defines or calls one; calls by name, most frequent first */
  readonly tools?: { readonly rowsWithDefinitions: number; readonly calls: readonly { readonly name: string; readonly count: number }[] };
  /** absent when no row has one */
  readonly systemPrompts?: SystemPromptProfile;
  /** absent when no language could be told */
  readonly languages?: LanguageProfile;
  /** rows that repeat an earlier one exactly */
  readonly duplicates?: number;
  /** absent where nobody asked for it */
  readonly tokens?: TokenProfile;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}
