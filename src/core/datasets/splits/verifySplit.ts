/** Checks a split against its manifest: whether parts and source are what they were, and whether the split repeats. */

import { dirname, join } from 'node:path';

import { UserError } from '../../errors.ts';
import { openDataset, requireText } from '../files.ts';
import { readBatches } from '../readers/table.ts';
import { FrozenRows } from './frozenRows.ts';
import { frozenPart, frozenParts, readManifest, type ManifestPart, type SplitManifest } from './manifest.ts';
import { PARTS, type PartName } from './options.ts';
import { planSplit, rowFingerprint } from './plan.ts';
import { asOptions, hashSource, sourceOf } from './splitFile.ts';

export interface SplitCheck {
  readonly manifest: string;
  readonly source: string;
  readonly parts: readonly PartCheck[];
  readonly sourceState: SourceState;
  /** of a source that has not changed since the first split: whether seed and options give the same parts */
  readonly repeats: boolean | undefined;
  /** nothing was changed but that the source may have grown */
  readonly isIntact: boolean;
}

export interface PartCheck {
  readonly name: PartName;
  /** absolute */
  readonly file: string;
  readonly rows: number;
  readonly state: 'same' | 'missing' | 'changed';
  /** of a changed part: 1-based position of the first row that is another one; undefined where only the spelling differs */
  readonly firstDifference?: number;
}

export type SourceState =
  | { readonly state: 'same' | 'missing' }
  /** some rows are new, gone, or say something else, which counts as both */
  | { readonly state: 'grown' | 'changed'; readonly added: number; readonly gone: number };

export interface VerifyOptions {
  readonly signal?: AbortSignal;
}

/**
 * @param manifestFile absolute
 * @throws UserError as `readManifest`, and as `openDataset` where the source is no dataset any more
 * @throws the signal's reason when aborted
 */
export async function verifySplit(manifestFile: string, { signal }: VerifyOptions = {}): Promise<SplitCheck> {
  const manifest = await readManifest(manifestFile);
  const parts: PartCheck[] = [];
  for (const part of manifest.parts) parts.push(await checkPart(join(dirname(manifestFile), part.file), part, signal));
  const source = sourceOf(manifestFile, manifest);
  const { state, repeats } = await checkSource(source, manifest, signal);
  return {
    manifest: manifestFile, source, parts, sourceState: state, repeats,
    isIntact: parts.every((part) => part.state === 'same') && (state.state === 'same' || state.state === 'grown') && repeats !== false,
  };
}

async function checkPart(file: string, part: ManifestPart, signal: AbortSignal | undefined): Promise<PartCheck> {
  const { name, rows } = part;
  const is = (state: PartCheck['state']): PartCheck => ({ name, file, rows, state });
  try {
    if ((await hashSource({ file, kind: 'jsonl' }, signal)) === part.sha256) return is('same');
    const firstDifference = await findDifference(file, part, signal);
    return { ...is('changed'), ...(firstDifference !== undefined && { firstDifference }) };
  } catch (fault) {
    if (isMissing(fault)) return is('missing');
    throw fault;
  }
}

async function findDifference(file: string, part: ManifestPart, signal: AbortSignal | undefined): Promise<number | undefined> {
  const { fingerprints } = frozenPart(part);
  const source = await openDataset(file);
  let at = 0;
  if (source.notText === undefined) {
    for await (const { rows } of readBatches(source, { signal })) {
      for (const { value, fault } of rows) {
        if (fault || rowFingerprint(value) !== fingerprints[at]) return at + 1;
        at++;
      }
    }
  }
  return at === fingerprints.length ? undefined : at + 1;
}

async function checkSource(file: string, manifest: SplitManifest, signal: AbortSignal | undefined): Promise<{ readonly state: SourceState; readonly repeats: boolean | undefined }> {
  let source;
  try {
    source = await openDataset(file);
  } catch (fault) {
    if (isMissing(fault)) return { state: { state: 'missing' }, repeats: undefined };
    throw fault;
  }
  requireText(source);
  const options = asOptions(manifest);
  const passing = signal ? { signal } : {};
  if ((await hashSource(source, signal)) === manifest.source.sha256) {
    if (manifest.updates > 0) return { state: { state: 'same' }, repeats: undefined };
    const { rows, parts } = await planSplit(source, options, passing);
    const frozen = frozenParts(manifest);
    const repeats = PARTS.every((_, part) => {
      const now = rows.filter((__, at) => parts[at] === part);
      const then = frozen[part]?.rows ?? new Uint32Array();
      return now.length === then.length && now.every((row, at) => row === then[at]);
    });
    return { state: { state: 'same' }, repeats };
  }
  const { rows, kept, gone } = await planSplit(source, { ...options, by: 'random', group: 'none' }, { ...passing, frozen: new FrozenRows(frozenParts(manifest)) });
  const added = rows.length - kept;
  return { state: { state: gone > 0 ? 'changed' : 'grown', added, gone }, repeats: undefined };
}

function isMissing(fault: unknown): boolean {
  return fault instanceof UserError && fault.code === 'dataset.missing-file';
}
