/** What the thread that reads datasets and its client say to each other, and how an error crosses between them. */

import { UserError, type ErrorPlace } from '../errors.ts';
import type { DatasetProfile, Finding } from './example.ts';
import type { InspectProgress } from './inspect.ts';
import type { RawRow } from './readers/rows.ts';

export type DatasetQuestion =
  | { readonly kind: 'inspect'; readonly file: string; readonly heldOut: string | undefined }
  | { readonly kind: 'rows'; readonly file: string; readonly from: number; readonly count: number };

/** Each question has a number of its own; its answers carry it. */
export type WorkerRequest = { readonly id: number } & (DatasetQuestion | { readonly kind: 'cancel' });

export type DatasetAnswer =
  | { readonly kind: 'progress'; readonly progress: InspectProgress }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  | { readonly kind: 'profile'; readonly profile: DatasetProfile }
  | { readonly kind: 'rows'; readonly rows: readonly RawRow[] }
  | { readonly kind: 'fault'; readonly fault: PlainFault };

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
