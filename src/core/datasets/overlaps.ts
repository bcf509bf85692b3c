/** Looks for prompts that a dataset shares with other files: held-out rows, and the evaluation sets it must not know. */

import { basename } from 'node:path';
import { promptOf } from './checks/repetition.ts';
import type { Finding } from './finding.ts';
import { openDataset, type DatasetFile } from './files.ts';
import type { FingerprintSet } from './fingerprintSet.ts';
import { RowFindings, type RowPlace } from './rowFindings.ts';
import { scanRows, type ReadRow } from './scan.ts';
import { PromptOverlap } from './similarity/promptOverlap.ts';

export interface OverlapOptions {
  readonly signal: AbortSignal | undefined;
  /** whether prompts that are nearly the same count */
  readonly isNear: boolean;
}

/**
 * The rows of a held-out file that ask what is trained on.
 *
 * @param trained fingerprints of all its prompts
 */
export async function findLeakage(heldOut: string, train: DatasetFile, trained: FingerprintSet, { signal, isNear }: OverlapOptions): Promise<readonly Finding[]> {
  const source = await openDataset(heldOut);
  // What else is wrong with that file is told when it is inspected itself.
  if (source.notText !== undefined) return [];
  const findings = new RowFindings();
  const overlap = new PromptOverlap(isNear);
  if (isNear) await forEachRow(train, signal, (read) => overlap.addKnown(read, train.name));
  const places = new Map<number, RowPlace>();
  await forEachRow(source, signal, (read) => {
    const { place } = read;
    const prompt = promptOf(read);
    if (prompt !== undefined && trained.has(prompt)) findings.add('dataset.leakage', place);
    else if (isNear) {
      places.set(place.row, place);
      overlap.addAsking(read);
    }
  });
  for (const { row, other } of await overlap.finish(signal)) findings.add('dataset.near-leakage', places.get(row) ?? { row, line: row }, `compare row ${other.row} of ${other.file}`);
  return findings.finish(basename(heldOut), source.kind);
}

export interface Contamination {
  /** one for each set that rows were found of */
  readonly findings: readonly Finding[];
  readonly rows: Uint32Array;
}

/**
 * The rows of a dataset that ask what an evaluation set asks, each with the first set that was found to.
 *
 * @throws UserError as `openDataset`
 */
export async function findContamination(evalSets: readonly string[], train: DatasetFile, { signal, isNear }: OverlapOptions): Promise<Contamination> {
  const overlap = new PromptOverlap(isNear);
  for (const file of evalSets) {
    const source = await openDataset(file);
    if (source.notText === undefined) await forEachRow(source, signal, (read) => overlap.addKnown(read, source.name));
  }
  const lines = new Map<number, RowPlace>();
  await forEachRow(train, signal, (read) => {
    // On JSON Lines, which are the largest files, rows are lines.
    if (read.place.row !== read.place.line) lines.set(read.place.row, read.place);
    overlap.addAsking(read);
  });
  const found = await overlap.finish(signal);
  const bySet = Map.groupBy(found, ({ other }) => other.file);
  const findings = [...bySet].flatMap(([file, overlaps]) => {
    const ofSet = new RowFindings();
    for (const { row, other } of overlaps) ofSet.add('dataset.contamination', lines.get(row) ?? { row, line: row }, `row ${other.row} of ${file}`);
    return ofSet.finish(train.name, train.kind);
  });
  return { findings, rows: Uint32Array.from(found, ({ row }) => row) };
}

async function forEachRow(source: DatasetFile, signal: AbortSignal | undefined, row: (read: ReadRow) => void): Promise<void> {
  await scanRows(source, { row, fault: () => undefined }, { signal });
}
