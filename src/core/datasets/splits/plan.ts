/** Reads a dataset once and decides which part each row goes to; a few bytes a row. */

import { UserError } from '../../errors.ts';
import { FormatDetector } from '../detect.ts';
import type { DatasetFile } from '../files.ts';
import type { Finding } from '../finding.ts';
import { fingerprint } from '../fingerprint.ts';
import { isFields } from '../formats/values.ts';
import type { RawRow } from '../readers/rows.ts';
import { readBatches } from '../readers/table.ts';
import { RowFindings } from '../rowFindings.ts';
import { RowList } from '../rowList.ts';
import { quoteBriefly } from '../../wording/lists.ts';
import { assignByLot, assignByTime, topUp } from './assign.ts';
import type { FrozenRows } from './frozenRows.ts';
import { GroupMaker, type RowGroups } from './groupMaker.ts';
import { NumberList } from './numberList.ts';
import { checkShares, PARTS, type Grouping, type SplitOptions } from './options.ts';
import { asKey, columnOf, exampleOf, findTimeColumn, labelOf, timeOf } from './rowKeys.ts';
import { Strata } from './strata.ts';

export interface SplitPlan {
  /** numbers of the rows that are written, ascending */
  readonly rows: Uint32Array;
  /** of each of them: its part, an index into `PARTS` */
  readonly parts: Uint8Array;
  /** of each of them: what it says, in 48 bits */
  readonly fingerprints: Float64Array;
  /** of each of them: its label, an index into `labels.names`; undefined where the answers are no labels */
  readonly labels: { readonly names: readonly string[]; readonly of: Uint16Array } | undefined;
  readonly by: 'random' | 'label' | 'time';
  readonly group: Grouping;
  /** rows that are nearly the same in one chain, more than half of all, so that only equal prompts were kept together */
  readonly chained: number | undefined;
  readonly timeColumn: string | undefined;
  /** rows without a time, which are trained on */
  readonly untimed: number;
  readonly groups: GroupFacts;
  /** rows held out that ask what a row of training asks, or a row of another part; 0 where prompts stay together */
  readonly sharedPrompts: number;
  /** why rows cannot be read and are in no part */
  readonly leftOut: readonly Finding[];
  /** of an earlier split: rows that kept their part, and rows that are not in the file any more */
  readonly kept: number;
  readonly gone: number;
}

export interface GroupFacts {
  readonly count: number;
  /** rows of the largest */
  readonly largest: number;
  /** rows that have company */
  readonly together: number;
}

export interface PlanOptions {
  /** rows that have their part already */
  readonly frozen?: FrozenRows;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

/**
 * @throws UserError "dataset.split.bad-shares", "dataset.split.no-column", "dataset.split.no-labels", "dataset.split.no-times",
 *   "dataset.split.too-few-groups"; and as `readBatches`
 * @throws the signal's reason when aborted
 */
export async function planSplit(source: DatasetFile, options: SplitOptions, { frozen, signal, onProgress }: PlanOptions = {}): Promise<SplitPlan> {
  checkShares(options.parts);
  const reader = new PlanReader(source, options);
  for await (const { rows, bytes } of readBatches(source, { signal })) {
    for (const raw of rows) reader.take(raw);
    onProgress?.(bytes);
  }
  signal?.throwIfAborted();
  return reader.finish(frozen, signal);
}

const FINGERPRINTS = 2 ** 48;

/** Of a row as it reads, whatever it is written in. @throws RangeError when it is nested deeper than JSON can be written */
export function rowFingerprint(value: unknown): number {
  return fingerprint(JSON.stringify(value)) % FINGERPRINTS;
}

class PlanReader {
  readonly #source: DatasetFile;
  readonly #options: SplitOptions;
  readonly #detector = new FormatDetector();
  readonly #findings = new RowFindings();
  readonly #rows = new RowList();
  readonly #fingerprints = new NumberList();
  readonly #strata = new Strata();
  readonly #times = new NumberList();
  readonly #groups: GroupMaker;
  #timeColumn: string | undefined;
  #keys: readonly string[] = [];
  #hasColumn = false;

  constructor(source: DatasetFile, options: SplitOptions) {
    this.#source = source;
    this.#options = options;
    this.#timeColumn = options.timeColumn;
    this.#groups = new GroupMaker(options.group ?? 'near-duplicates');
  }

  take(raw: RawRow): void {
    const place = { row: raw.row, line: raw.line };
    if (raw.fault) return this.#findings.add(raw.fault.code, { ...place, column: raw.fault.column }, raw.fault.detail);
    const { value } = raw;
    let content: number;
    try {
      content = rowFingerprint(value);
    } catch (fault) {
      if (!(fault instanceof RangeError)) throw fault;
      return this.#findings.add('dataset.row.too-long', place, 'it is nested too deeply');
    }
    if (this.#keys.length === 0 && isFields(value)) this.#keys = Object.keys(value);
    const { by, labelColumn, group } = this.#options;
    const example = exampleOf(value, this.#detector);
    this.#rows.add(raw.row);
    this.#fingerprints.add(content);
    this.#strata.add(labelColumn === undefined ? labelOf(example) : asKey(columnOf(value, labelColumn)));
    if (by === 'time') {
      this.#timeColumn ??= findTimeColumn(value);
      this.#times.add((this.#timeColumn === undefined ? undefined : timeOf(columnOf(value, this.#timeColumn))) ?? -Infinity);
    }
    const shared = typeof group === 'object' ? asKey(columnOf(value, group.column)) : undefined;
    this.#hasColumn ||= shared !== undefined;
    this.#groups.add(content, example, shared);
  }

  async finish(frozen: FrozenRows | undefined, signal: AbortSignal | undefined): Promise<SplitPlan> {
    const { parts: shares, seed, group } = this.#options;
    const { name, file } = this.#source;
    const rows = this.#rows.rows;
    if (typeof group === 'object' && !this.#hasColumn) throw this.#noColumn(group.column);
    const labels = this.#labels();
    const by = this.#options.by ?? (labels ? 'label' : 'random');
    const times = this.#times.values;
    if (by === 'time' && !times.some((time) => time !== -Infinity)) throw this.#noTimes();

    const { ofRow, count, group: grouping, chained } = await this.#makeGroups(signal);
    const fixed = frozen?.partsOf(rows, this.#fingerprints.values);
    const groups = summarize(ofRow, count, { strata: by === 'label' ? labels?.of : undefined, times: by === 'time' ? times : undefined, fixed: fixed?.parts });
    const asked = PARTS.map((part) => shares[part]);
    if (count < asked.filter((share) => share > 0).length) {
      throw new UserError('dataset.split.too-few-groups', `The rows of ${name} that can be read are ${count === 1 ? 'one group that stays' : `${count} groups that stay`} together: too few for the parts.`, 'Group by something else, or ask for fewer parts', { place: { file } });
    }
    const table = { ...groups, names: by === 'label' ? (labels?.names ?? ['']) : [''] };
    const ofGroup = by === 'time' ? assignByTime(groups.sizes, groups.times, asked, fixed && groups.fixed) : assignByLot(table, asked, seed);
    if (by !== 'time') topUp(table, ofGroup, asked, seed);
    const parts = Uint8Array.from(ofRow, (one, row) => {
      const already = fixed?.parts[row] ?? -1;
      return already >= 0 ? already : (ofGroup[one] ?? 0);
    });
    return {
      rows, parts, by, labels, group: grouping, chained,
      fingerprints: this.#fingerprints.values,
      timeColumn: by === 'time' ? this.#timeColumn : undefined,
      untimed: by === 'time' ? times.reduce((sum, time) => sum + (time === -Infinity ? 1 : 0), 0) : 0,
      groups: factsOf(groups.sizes),
      sharedPrompts: grouping === 'prompt' || grouping === 'near-duplicates' ? 0 : this.#groups.sharedPrompts(parts),
      leftOut: this.#findings.finish(name, this.#source.kind),
      kept: fixed?.kept ?? 0,
      gone: fixed?.gone ?? 0,
    };
  }

  async #makeGroups(signal: AbortSignal | undefined): Promise<RowGroups & Pick<SplitPlan, 'group' | 'chained'>> {
    const group = this.#options.group ?? 'near-duplicates';
    const groups = await this.#groups.finish(signal);
    if (this.#options.group !== undefined) return { ...groups, group, chained: undefined };
    const sizes = new Uint32Array(groups.count);
    for (const one of groups.ofRow) sizes[one] = (sizes[one] ?? 0) + 1;
    const { largest } = factsOf(sizes);
    const isChain = largest * 2 > groups.ofRow.length && this.#groups.byPrompt.count > groups.count;
    return isChain ? { ...this.#groups.byPrompt, group: 'prompt', chained: largest } : { ...groups, group, chained: undefined };
  }

  #labels(): SplitPlan['labels'] {
    const { by, labelColumn } = this.#options;
    const labels = this.#strata.finish();
    if (labels || (by !== 'label' && labelColumn === undefined)) return labels;
    const { name, file } = this.#source;
    const what = labelColumn === undefined ? `The answers of ${name}` : `The values of ${quoteBriefly(labelColumn)} in ${name}`;
    throw new UserError('dataset.split.no-labels', `${what} are no labels: they are too long, too many or seldom the same.`, 'Split by lot, or name a column with few different values', { place: { file } });
  }

  #noColumn(column: string): UserError {
    return new UserError('dataset.split.no-column', `No row of ${this.#source.name} has a value in ${quoteBriefly(column)}.`, `Name one of its columns: ${this.#keysInWords()}`, { place: { file: this.#source.file } });
  }

  #noTimes(): UserError {
    const { name, file } = this.#source;
    const message = this.#timeColumn === undefined
      ? `${name} has no column that looks like a time.`
      : `No row of ${name} has a time in ${quoteBriefly(this.#timeColumn)}.`;
    return new UserError('dataset.split.no-times', message, `Name a column with ISO dates or with seconds since 1970, or split by lot; its columns are ${this.#keysInWords()}`, { place: { file } });
  }

  #keysInWords(): string {
    return this.#keys.slice(0, 12).map((key) => quoteBriefly(key)).join(', ') || 'none';
  }
}

interface GroupTable {
  readonly sizes: Uint32Array;
  readonly strata: Uint16Array;
  readonly times: Float64Array;
  readonly fixed: Int8Array;
}

/** The first row of a group speaks for its label, the newest for its time, the part that comes first for its part. */
function summarize(
  ofRow: Uint32Array, count: number,
  { strata, times, fixed }: { readonly strata: Uint16Array | undefined; readonly times: Float64Array | undefined; readonly fixed: Int8Array | undefined },
): GroupTable {
  const table: GroupTable = { sizes: new Uint32Array(count), strata: new Uint16Array(count), times: new Float64Array(count).fill(-Infinity), fixed: new Int8Array(count).fill(-1) };
  ofRow.forEach((group, row) => {
    if (table.sizes[group] === 0) table.strata[group] = strata?.[row] ?? 0;
    table.sizes[group] = (table.sizes[group] ?? 0) + 1;
    table.times[group] = Math.max(table.times[group] ?? -Infinity, times?.[row] ?? -Infinity);
    const part = fixed?.[row] ?? -1;
    const known = table.fixed[group] ?? -1;
    if (part >= 0 && (known < 0 || part < known)) table.fixed[group] = part;
  });
  return table;
}

function factsOf(sizes: Uint32Array): GroupFacts {
  return {
    count: sizes.length,
    largest: sizes.reduce((most, size) => Math.max(most, size), 0),
    together: sizes.reduce((rows, size) => rows + (size > 1 ? size : 0), 0),
  };
}
