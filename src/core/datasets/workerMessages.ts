/** What the thread that reads datasets and its client say to each other, and how an error crosses between them. */

import { UserError, type ErrorPlace } from '../errors.ts';
import type { TargetId } from './targets/target.ts';
import type { Finding } from './finding.ts';
import type { FileConversion, FileConversionOptions } from './convertFile.ts';
import type { ColumnMapping } from './formats/labelledText.ts';
import type { ConversionPreview } from './previewConversions.ts';
import type { DatasetProfile } from './profile.ts';
import type { PartName } from './splits/options.ts';
import type { FileSplit, FileSplitOptions } from './splits/splitFile.ts';
import type { SplitCheck } from './splits/verifySplit.ts';
import type { InspectOptions, InspectProgress } from './inspect.ts';
import type { RawRow } from './readers/rows.ts';
import type { RepairReport } from './repair/repairFile.ts';
import type { RepairId } from './repair/table.ts';
import type { RowDetail, RowSummary } from './rowView.ts';
import type { RowQuery, SearchEnd, SearchNews } from './search.ts';
import type { TokenView } from './tokenView.ts';

/** How far a task has come with the bytes that it has to read. */
export interface BytesRead {
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What a rule says, for who does not load the whole catalogue. */
export interface RuleWords {
  readonly code: string;
  /** completes "Row 4 …"; undefined for a rule about a file as a whole */
  readonly one: string | undefined;
  readonly means: string;
}

/** A split that was found beside its dataset. */
export interface SplitSummary {
  /** absolute */
  readonly manifest: string;
  readonly name: string;
  /** of the source when it was split */
  readonly rows: number;
  readonly bytes: number;
  readonly by: 'random' | 'label' | 'time';
  readonly seed: number;
  readonly parts: readonly { readonly name: PartName; readonly file: string; readonly rows: number }[];
}

type Plain<Options> = Omit<Options, 'signal' | 'onProgress'>;

/** What the thread can be asked to do: with what, what it tells on the way, and what it answers. */
export interface DatasetTasks {
  readonly inspect: {
    readonly ask: { readonly file: string } & Omit<InspectOptions, 'signal' | 'onProgress' | 'onFindings'>;
    readonly news: { readonly progress: InspectProgress } | { readonly findings: readonly Finding[] };
    readonly answer: DatasetProfile;
  };
  readonly rows: {
    readonly ask: { readonly file: string; readonly from: number; readonly count: number };
    readonly news: never;
    readonly answer: readonly RawRow[];
  };
  readonly table: {
    /** ascending; where there is no row of a number, there is no line */
    readonly ask: { readonly file: string; readonly rows: readonly number[] };
    readonly news: never;
    readonly answer: { readonly lines: readonly RowSummary[]; readonly lastRow: number };
  };
  readonly found: {
    readonly ask: { readonly file: string; readonly code: string };
    readonly news: never;
    /** all rows that the rule has found, ascending */
    readonly answer: Uint32Array;
  };
  readonly search: {
    /** @param code only rows that this rule has found */
    readonly ask: { readonly file: string; readonly query: RowQuery; readonly code: string | undefined };
    readonly news: SearchNews;
    readonly answer: SearchEnd;
  };
  readonly row: {
    readonly ask: { readonly file: string; readonly row: number };
    readonly news: never;
    readonly answer: RowDetail | undefined;
  };
  readonly tokens: {
    /** @param model its folder */
    readonly ask: { readonly file: string; readonly row: number; readonly model: string };
    readonly news: never;
    readonly answer: TokenView | undefined;
  };
  readonly convert: {
    readonly ask: { readonly file: string; readonly options: Plain<FileConversionOptions> };
    readonly news: BytesRead;
    readonly answer: FileConversion;
  };
  readonly conversions: {
    readonly ask: { readonly file: string; readonly columns: ColumnMapping | undefined };
    readonly news: never;
    readonly answer: readonly ConversionPreview[];
  };
  readonly split: {
    readonly ask: { readonly file: string; readonly options: Plain<FileSplitOptions> };
    readonly news: BytesRead;
    readonly answer: FileSplit;
  };
  readonly updateSplit: {
    /** the manifest */
    readonly ask: { readonly file: string; readonly force: boolean };
    readonly news: BytesRead;
    readonly answer: FileSplit;
  };
  readonly verifySplit: {
    /** the manifest */
    readonly ask: { readonly file: string };
    readonly news: never;
    readonly answer: SplitCheck;
  };
  readonly splits: {
    readonly ask: { readonly file: string };
    readonly news: never;
    readonly answer: readonly SplitSummary[];
  };
  readonly rules: {
    readonly ask: { readonly file: string; readonly codes: readonly string[] };
    readonly news: never;
    /** of the codes that rules have */
    readonly answer: readonly RuleWords[];
  };
  readonly places: {
    /** ascending; where there is no row of a number, there is no place */
    readonly ask: { readonly file: string; readonly rows: readonly number[] };
    readonly news: never;
    readonly answer: readonly { readonly row: number; readonly line: number }[];
  };
  readonly repair: {
    readonly ask: { readonly file: string; readonly repairs: readonly RepairId[]; readonly out: string; readonly version: string; readonly target?: TargetId };
    readonly news: { readonly bytes: number; readonly totalBytes: number };
    readonly answer: RepairReport;
  };
}

export type TaskKind = keyof DatasetTasks;

export type DatasetQuestion = { readonly [Kind in TaskKind]: { readonly kind: Kind; readonly ask: DatasetTasks[Kind]['ask'] } }[TaskKind];

/** Each question has a number of its own; its answers carry it. */
export type WorkerRequest = { readonly id: number } & (DatasetQuestion | { readonly kind: 'cancel' });

/** News, and then one of the other two. */
export type DatasetAnswer =
  | { readonly news: DatasetTasks[TaskKind]['news'] }
  | { readonly answer: DatasetTasks[TaskKind]['answer'] }
  | { readonly fault: PlainFault };

export type WorkerReply = { readonly id: number } & DatasetAnswer;

/** An error without its class: structured cloning drops the fields of subclasses. */
export interface PlainFault {
  /** undefined for a fault of ours */
  readonly code: string | undefined;
  readonly message: string;
  readonly remedy: string;
  readonly place: ErrorPlace | undefined;
  readonly stack: string | undefined;
}

export function describeFault(fault: unknown): PlainFault {
  if (fault instanceof UserError) {
    return { code: fault.code, message: fault.message, remedy: fault.remedy, place: fault.place, stack: fault.stack };
  }
  const error = fault instanceof Error ? fault : new Error(String(fault));
  return { code: undefined, message: error.message, remedy: '', place: undefined, stack: error.stack };
}

export function restoreFault({ code, message, remedy, place, stack }: PlainFault): Error {
  const error = code === undefined ? new Error(message) : new UserError(code, message, remedy, place && { place });
  if (stack !== undefined) error.stack = stack;
  return error;
}
