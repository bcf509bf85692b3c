/** Writes a dataset file anew in another format: whole or not at all, and never over another file unasked. */

import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { UserError } from '../errors.ts';
import { Conversion, type ConversionOptions, type ConversionSummary } from './convert.ts';
import { datasetStem } from './extensions.ts';
import type { Finding } from './finding.ts';
import { openDataset, requireText, type DatasetFile } from './files.ts';
import { isGzipName, requireName } from './outName.ts';
import { alreadyThere, asWriteError, exists, modeFor, partialName, publish } from './publish.ts';
import { readBatches } from './readers/table.ts';
import { stampOf } from './rowIndex.ts';

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
  return `${datasetStem(file)}.${to}.jsonl`;
}

/**
 * Streams all rows; memory is bounded by the longest row.
 *
 * @throws UserError "dataset.convert.exists" when there is such a file already; "dataset.convert.bad-name", "dataset.convert.unwritable", "dataset.changed"; as `openDataset`
 * @throws the signal's reason when aborted; nothing is kept then
 */
export async function convertFile(file: string, options: FileConversionOptions): Promise<FileConversion> {
  const source = await openDataset(file);
  requireText(source);
  const out = options.out ?? convertedName(file, options.to);
  requireName('dataset.convert', out, 'jsonl');
  if (!options.force && await exists(out)) throw alreadyThere('dataset.convert', out);
  const stamp = await stampOf(source);
  const conversion = new Conversion(options);
  const partial = partialName(out);
  try {
    const written = createWriteStream(partial, { flags: 'wx', mode: await modeFor(file) });
    await pipeline([Readable.from(linesOf(source, conversion, options)), ...(isGzipName(out) ? [createGzip()] : []), written], options.signal ? { signal: options.signal } : {});
    if ((await stampOf(source)) !== stamp) throw new UserError('dataset.changed', `${source.name} was changed while it was converted.`, 'Try again once nothing writes to it', { place: { file } });
    const { summary } = conversion;
    if (summary.written > 0) await publish({ partial, out }, options.force ?? false);
    return { file, to: options.to, out: summary.written > 0 ? out : undefined, ...summary, findings: conversion.findings.finish(source.name, source.kind) };
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw asWriteError('dataset.convert', cause, out);
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
