/** Splits a dataset file into the files of its parts and a manifest: all of them or none, and never over another file unasked. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

import { UserError } from '../../errors.ts';
import { datasetStem } from '../extensions.ts';
import { asFileError } from '../fileFaults.ts';
import { openDataset, requireText, type DatasetFile } from '../files.ts';
import type { Finding } from '../finding.ts';
import { alreadyThere, asWriteError, exists, modeFor, partialName, publishAll, type Publication } from '../publish.ts';
import { changedWhileRead } from '../readers/bytes.ts';
import { listTextFiles } from '../readers/textFolder.ts';
import { stampOf } from '../rowIndex.ts';
import { copyRows, partExtension } from './copyRows.ts';
import { FrozenRows } from './frozenRows.ts';
import { encodeFingerprints, encodeRows, frozenParts, MANIFEST_ENDING, readManifest, type ManifestPart, type SplitManifest } from './manifest.ts';
import { PARTS, type PartName, type SplitOptions } from './options.ts';
import { PartWriter } from './partWriter.ts';
import { planSplit, type SplitPlan } from './plan.ts';

export interface FileSplitOptions extends SplitOptions {
  /** absolute path of an existing folder; without it that of the source */
  readonly out?: string;
  /** whether existing files are replaced */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** of two passes over the file */
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
}

/** What was written. */
export interface FileSplit {
  readonly file: string;
  /** absolute */
  readonly manifest: string;
  readonly rows: number;
  readonly by: SplitPlan['by'];
  readonly group: SplitPlan['group'];
  readonly chained: SplitPlan['chained'];
  readonly timeColumn: string | undefined;
  readonly untimed: number;
  readonly groups: SplitPlan['groups'];
  readonly sharedPrompts: number;
  readonly leftOut: readonly Finding[];
  readonly kept: number;
  readonly gone: number;
  readonly parts: readonly SplitPart[];
}

export interface SplitPart {
  readonly name: PartName;
  /** absolute */
  readonly file: string;
  readonly rows: number;
  readonly labels: Readonly<Record<string, number>> | undefined;
}

/** "tickets.jsonl.gz" → "tickets.train.jsonl" and so on, and "tickets.split.json". */
export function splitNames(source: Pick<DatasetFile, 'file' | 'name' | 'kind'>, out = dirname(source.file)): { readonly parts: Readonly<Record<PartName, string>>; readonly manifest: string } {
  const stem = join(out, source.kind === 'text-folder' ? source.name : basename(datasetStem(source.file)));
  const extension = partExtension(source);
  return {
    parts: { train: `${stem}.train.${extension}`, validation: `${stem}.validation.${extension}`, test: `${stem}.test.${extension}` },
    manifest: `${stem}${MANIFEST_ENDING}`,
  };
}

/**
 * Reads the file twice; memory grows by some 40 bytes a row.
 *
 * @throws UserError "dataset.split.exists", "dataset.split.unwritable"; as `openDataset`, `planSplit` and `copyRows`
 * @throws the signal's reason when aborted; nothing is kept then
 */
export async function splitFile(file: string, options: FileSplitOptions): Promise<FileSplit> {
  const source = await openDataset(file);
  return writeSplit(source, options, splitNames(source, options.out), undefined);
}

/** `force` also replaces parts that somebody has changed since. */
export type UpdateOptions = Pick<FileSplitOptions, 'force' | 'signal' | 'onProgress'>;

/**
 * Splits a file again that has grown since: rows of the manifest keep their part, only new ones are assigned.
 *
 * @param manifestFile absolute; it and the parts beside it are replaced
 * @throws UserError "dataset.split.part-changed"; as `splitFile` and `readManifest`
 * @throws the signal's reason when aborted; everything is then as it was
 */
export async function updateSplit(manifestFile: string, { force = false, signal, onProgress }: UpdateOptions = {}): Promise<FileSplit> {
  const manifest = await readManifest(manifestFile);
  if (!force) await requireUnchanged(manifestFile, manifest, signal);
  const source = await openDataset(sourceOf(manifestFile, manifest));
  const folder = dirname(manifestFile);
  const names = splitNames(source, folder);
  const parts = { ...names.parts, ...Object.fromEntries(manifest.parts.map((part) => [part.name, join(folder, part.file)])) };
  const options = { ...asOptions(manifest), force: true, ...(signal && { signal }), ...(onProgress && { onProgress }) };
  return writeSplit(source, options, { parts, manifest: manifestFile }, manifest);
}

/** What was corrected in a part by hand is nowhere else. */
async function requireUnchanged(manifestFile: string, { parts }: SplitManifest, signal: AbortSignal | undefined): Promise<void> {
  for (const { file, sha256 } of parts) {
    const path = join(dirname(manifestFile), file);
    if (!(await exists(path)) || (await hashSource({ file: path, kind: 'jsonl' }, signal)) === sha256) continue;
    throw new UserError('dataset.split.part-changed', `${file} was changed since it was split; writing it anew from the dataset would lose that.`,
      'Make the change in the dataset, or keep the part under another name; --force replaces it', { place: { file: path } });
  }
}

/** The absolute path of what a manifest splits. */
export function sourceOf(manifestFile: string, { source }: SplitManifest): string {
  return resolve(dirname(manifestFile), source.file);
}

/** What was asked of a split, to ask it again. */
export function asOptions({ options: { parts, seed, by, group, timeColumn, labelColumn } }: SplitManifest): SplitOptions {
  return { parts, seed, by, group, ...(timeColumn !== undefined && { timeColumn }), ...(labelColumn !== undefined && { labelColumn }) };
}

async function writeSplit(source: DatasetFile, options: FileSplitOptions, names: ReturnType<typeof splitNames>, earlier: SplitManifest | undefined): Promise<FileSplit> {
  requireText(source);
  const { signal, onProgress, force = false } = options;
  const asked = PARTS.filter((part) => options.parts[part] > 0);
  for (const out of [...asked.map((part) => names.parts[part]), names.manifest]) if (!force && (await exists(out))) throw alreadyThere('dataset.split', out);

  const stamp = await stampOf(source);
  const tell = (before: number) => (bytes: number): void => onProgress?.({ bytes: before + bytes, totalBytes: 2 * source.bytes });
  const plan = await planSplit(source, options, { ...(signal && { signal }), onProgress: tell(0), ...(earlier && { frozen: new FrozenRows(frozenParts(earlier)) }) });

  const files: Publication[] = [];
  const writers: (PartWriter | undefined)[] = [];
  try {
    const mode = await modeFor(source.file);
    for (const part of PARTS) {
      const out = names.parts[part];
      const partial = partialName(out);
      const isAsked = asked.includes(part);
      writers.push(isAsked ? await PartWriter.create(partial, mode) : undefined);
      if (isAsked) files.push({ partial, out });
    }
    await copyRows(source, plan, writers, { ...(signal && { signal }), onProgress: tell(source.bytes) });
    const hashes: (string | undefined)[] = [];
    for (const writer of writers) hashes.push(await writer?.close());
    const facts = { bytes: source.bytes, sha256: await hashSource(source, signal) };
    if ((await stampOf(source)) !== stamp) throw changedWhileReading(source);
    const parts = partsOf(plan, names.parts, hashes);
    const manifest = describe(source, names.manifest, options, plan, parts, facts, earlier);
    const partial = partialName(names.manifest);
    files.push({ partial, out: names.manifest });
    await writeFile(partial, `${JSON.stringify(manifest, undefined, 2)}\n`, { flag: 'wx' });
    signal?.throwIfAborted();
    await publishAll(files, force);
    return {
      file: source.file, manifest: names.manifest, rows: plan.rows.length, group: plan.group, chained: plan.chained,
      by: plan.by, timeColumn: plan.timeColumn, untimed: plan.untimed, groups: plan.groups, sharedPrompts: plan.sharedPrompts, leftOut: plan.leftOut, kept: plan.kept, gone: plan.gone,
      parts: parts.map(({ name, rows, labels }) => ({ name, file: names.parts[name], rows, labels })),
    };
  } catch (cause) {
    for (const writer of writers) await writer?.abandon();
    if (signal?.aborted) throw signal.reason;
    throw asWriteError('dataset.split', cause, files.at(-1)?.out ?? names.manifest);
  } finally {
    for (const { partial } of files) await rm(partial, { force: true });
  }
}

function partsOf({ rows, parts, fingerprints, labels, by }: SplitPlan, files: Readonly<Record<PartName, string>>, hashes: readonly (string | undefined)[]): readonly ManifestPart[] {
  return PARTS.flatMap((name, part): ManifestPart[] => {
    const sha256 = hashes[part];
    if (sha256 === undefined) return [];
    const own = rows.filter((_, at) => parts[at] === part);
    const counts = new Map<string, number>();
    if (labels && by !== 'time') {
      parts.forEach((one, at) => {
        const label = labels.names[labels.of[at] ?? 0] ?? '';
        counts.set(label, (counts.get(label) ?? 0) + (one === part ? 1 : 0));
      });
    }
    return [{
      name, file: basename(files[name]), sha256, rows: own.length,
      // fromEntries defines own properties, so that a label `__proto__` is one.
      ...(counts.size > 0 && { labels: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) }),
      rowNumbers: encodeRows(own),
      rowFingerprints: encodeFingerprints(fingerprints.filter((_, at) => parts[at] === part)),
    }];
  });
}

/** Without a date: the same rows, options and seed give the same bytes. */
function describe(
  source: DatasetFile, manifestFile: string, options: SplitOptions, plan: SplitPlan, parts: readonly ManifestPart[],
  facts: { readonly bytes: number; readonly sha256: string }, earlier: SplitManifest | undefined,
): SplitManifest {
  const { labelColumn } = options;
  return {
    tunesmith: 'split',
    version: 1,
    source: { file: relative(dirname(manifestFile), source.file).split(sep).join('/'), ...facts, rows: plan.rows.length },
    options: {
      parts: options.parts, seed: options.seed, by: plan.by,
      group: plan.group,
      ...(plan.timeColumn !== undefined && { timeColumn: plan.timeColumn }), ...(labelColumn !== undefined && { labelColumn }),
    },
    updates: earlier === undefined ? 0 : earlier.updates + (earlier.source.sha256 === facts.sha256 ? 0 : 1),
    groups: plan.groups,
    leftOut: plan.leftOut.reduce((sum, { count }) => sum + count, 0),
    parts: [...parts],
  };
}

/** Of the bytes of the file; of a folder, of the names and bytes of its texts. @throws UserError as `asFileError` */
export async function hashSource({ file, kind }: Pick<DatasetFile, 'file' | 'kind'>, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    if (kind === 'text-folder') {
      for (const { path } of await listTextFiles(file, signal)) hash.update(`${path.split(sep).join('/')}\0`).update(await readFile(join(file, path)));
    } else {
      for await (const bytes of createReadStream(file, { ...(signal && { signal }) })) hash.update(bytes as Uint8Array);
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw asFileError(cause, file);
  }
  return hash.digest('hex');
}

function changedWhileReading(source: DatasetFile): UserError {
  const { code, remedy, place } = changedWhileRead(source, 'shorter');
  return new UserError(code, `${source.name} was changed while it was read.`, remedy, place && { place });
}
