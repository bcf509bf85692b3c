/** The contract between the dataset page and its host. */

import type { Severity } from '../core/datasets/finding.ts';
import type { RowDetail, RowSummary } from '../core/datasets/rowView.ts';
import type { TokenView } from '../core/datasets/tokenView.ts';
import type { PageHost } from './page.ts';

export type { RowDetail, RowNote, RowPart, RowSummary, TurnView } from '../core/datasets/rowView.ts';
export type { TokenPiece, TokenSide, TokenView } from '../core/datasets/tokenView.ts';

/** A dataset in words, ready to show. */
export interface DatasetHeader {
  readonly name: string;
  readonly folder: string;
  readonly facts: readonly { readonly label: string; readonly value: string; readonly help: string }[];
  readonly check: DatasetCheck;
  /** in Restricted Mode nothing is trained */
  readonly canTrain: boolean;
}

export interface DatasetCheck {
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  readonly text: string;
  /** 0 to 1, while it is running */
  readonly share: number;
}

export interface FindingView {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string;
  readonly count: number;
  /** it is about rows, which the table can show alone */
  readonly hasRows: boolean;
  /** a program can mend it, and shows what it would change */
  readonly canRepair: boolean;
}

/** A chart whose every bar is also a line of a table. */
export interface BarChart {
  readonly id: string;
  readonly title: string;
  /** the numbers to remember, in a sentence */
  readonly summary: string;
  readonly kind: 'histogram' | 'list';
  /** headings of the table */
  readonly headings: readonly [label: string, count: string];
  readonly bars: readonly { readonly label: string; readonly count: number }[];
  /** what there is beside the bars; may be empty */
  readonly more: string;
}

export interface RowFilter {
  /** only rows that this rule has found */
  readonly code: string | undefined;
  /** only rows that say this; '' is no search */
  readonly text: string;
  readonly isPattern: boolean;
}

/** What the table shows: all rows of the file, or those that a filter lets through. */
export interface TableView {
  /** another one whenever lines that the page has may not be those of the file any more */
  readonly id: number;
  readonly filter: RowFilter;
  /** lines, which may grow while the file is read */
  readonly count: number;
  readonly isBusy: boolean;
  /** "412 of 1,000,000 rows", or why there are none */
  readonly text: string;
  readonly isFault: boolean;
}

/** A line without a row is a blank one of the file. */
export type TableLine = RowSummary | { readonly row: number; readonly isBlank: true };

export interface ModelChoice {
  readonly ref: string;
  readonly label: string;
}

export interface DatasetPageState {
  readonly file: string;
  readonly header: DatasetHeader;
  readonly findings: readonly FindingView[];
  readonly charts: readonly BarChart[];
  readonly table: TableView;
  /** what rows are counted in: "Line" of JSON Lines, "Row" of other files */
  readonly rowWord: 'Line' | 'Row';
  readonly models: readonly ModelChoice[];
  /** one of them, for the token view */
  readonly model: string;
}

/** What is new about the file since the page was told last. */
export type DatasetPagePatch = Pick<DatasetPageState, 'header' | 'findings' | 'charts'>;

/** A question that cannot be answered, in words. */
export interface Unanswered {
  readonly fault: string;
}

/** Page to host. */
export interface DatasetPageHost extends PageHost<DatasetPageState> {
  /** Lines of a view from a place on, counted from 0; none of a view that is not shown any more. */
  lines(view: number, from: number, count: number): Promise<readonly TableLine[] | Unanswered>;
  /** The place in a view of a row, or of the next one after it. */
  locate(view: number, row: number): number;
  filter(filter: RowFilter): void;
  row(row: number): Promise<RowDetail & { readonly json: string } | Unanswered>;
  tokens(row: number, model: string): Promise<TokenView | Unanswered>;
  openRow(row: number): void;
  openFile(): void;
  fineTune(): void;
  /** @param code of the finding to mend */
  repair(code: string): void;
  stop(): void;
  check(): void;
}

/** Host to page. */
export interface DatasetPage {
  patch(patch: DatasetPagePatch): void;
  table(view: TableView): void;
  /** Filters the table and leads to it. */
  show(code: string): void;
}
