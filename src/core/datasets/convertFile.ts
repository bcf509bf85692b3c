/** Writes a dataset file anew in another format: whole or not at all, and never over another file unasked. */

import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, copyFile, link, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { UserError } from '../errors.ts';
import { Conversion, type ConversionOptions, type ConversionSummary } from './convert.ts';
import type { Finding } from './finding.ts';
import { openDataset, requireText, type DatasetFile } from './files.ts';
import { readBatches } from './readers/table.ts';

export interface FileConversionOptions extends ConversionOptions {
  /** absolute; without it a name beside the source, see `convertedName` */
  readonly out?: string;
  /** whether an existing file is replaced */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** a few times a megabyte */
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
}

export interface FileConversion extends ConversionSummary {
  readonly file: string;
  readonly to: string;
  /** undefined when no row could be written, and so no file was */
  readonly out: string | undefined;
  /** why rows could not be read */
  readonly findings: readonly Finding[];
}

/** "tickets.csv" as "openai-chat" becomes "tickets.openai-chat.jsonl" in the same folder. */
export function convertedName(file: string, to: string): string {
  return join(dirname(file), `${basename(file, extname(file))}.${to}.jsonl`);
}

/**
 * Streams all rows; memory is bounded by the longest row.
 *
 * @throws UserError "dataset.convert.exists" when there is such a file already; "dataset.convert.unwritable"; as `openDataset`
 * @throws the signal's reason when aborted; nothing is kept then
 */
export async function convertFile(file: string, options: FileConversionOptions): Promise<FileConversion> {
  const source = await openDataset(file);
  requireText(source);
  const out = options.out ?? convertedName(file, options.to);
  if (!options.force && await exists(out)) throw alreadyThere(out);
  const conversion = new Conversion(options);
  const partial = `${out}.${randomUUID()}.partial`;
  try {
    await pipeline(linesOf(source, conversion, options), createWriteStream(partial, { flags: 'wx' }), ...(options.signal ? [{ signal: options.signal }] : []));
    const { summary } = conversion;
    if (summary.written > 0) await publish(partial, out, options.force ?? false);
    return { file, to: options.to, out: summary.written > 0 ? out : undefined, ...summary, findings: conversion.findings.finish(source.name, source.kind) };
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw asWriteError(cause, out);
  } finally {
    await rm(partial, { force: true });
  }
}

async function* linesOf(source: DatasetFile, conversion: Conversion, { signal, onProgress }: FileConversionOptions): AsyncGenerator<string> {
  for await (const { rows, bytes } of readBatches(source, { signal })) {
    onProgress?.({ bytes, totalBytes: source.bytes });
    const lines = rows.map((raw) => conversion.lineOf(raw)).filter((line) => line !== undefined);
    if (lines.length > 0) yield `${lines.join('\n')}\n`;
  }
}

/** A link is refused where the name is taken, even by somebody who took it this moment; so is a copy where there are no links. */
async function publish(partial: string, out: string, force: boolean): Promise<void> {
  if (force) return rename(partial, out);
  try {
    await link(partial, out);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw alreadyThere(out, cause);
    await copyFile(partial, out, constants.COPYFILE_EXCL);
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(() => true, () => false);
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

function alreadyThere(out: string, cause?: unknown): UserError {
  return new UserError('dataset.convert.exists', `${basename(out)} exists already in ${dirname(out)}.`, 'Choose another name with --out, or replace it with --force', { cause, place: { file: out } });
}

function asWriteError(cause: unknown, out: string): unknown {
  if (cause instanceof UserError || codeOf(cause) === undefined || !(cause instanceof Error)) return cause;
  return new UserError('dataset.convert.unwritable', `${basename(out)} cannot be written: ${cause.message}.`, 'Choose a folder that exists and can be written to with --out', { cause, place: { file: out } });
}
