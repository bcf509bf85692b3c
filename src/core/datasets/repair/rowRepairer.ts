/** Decides for one row after the other what becomes of it: it stays, it is changed, or it is left out. */

import { Repetition } from '../checks/repetition.ts';
import { TargetFit } from '../checks/targetFit.ts';
import { FormatDetector } from '../detect.ts';
import type { Fields } from '../example.ts';
import { RowFault, type RowFaultCode } from '../formats/format.ts';
import { isFields } from '../formats/values.ts';
import { Redactor } from '../privacy/redact.ts';
import type { RawRow } from '../readers/rows.ts';
import { RowFindings } from '../rowFindings.ts';
import { asTrainable } from '../scan.ts';
import { isLocal, targetOf } from '../targets/table.ts';
import type { TargetId } from '../targets/target.ts';
import { isDeeperThan } from './mapValue.ts';
import { REPAIRS, repairOf, type RepairId } from './table.ts';
import { VALUE_REPAIRS, type RepairContext } from './valueRepairs.ts';

export type Outcome =
  /** `isUnread` where nothing could be looked for in it */
  | { readonly kind: 'same'; readonly isUnread?: true }
  /** `apply` does to the same row, read in another way, what was done to this one */
  | { readonly kind: 'changed'; readonly value: Fields; readonly by: readonly RepairId[]; readonly apply: (row: Fields) => Fields }
  | { readonly kind: 'dropped'; readonly by: RepairId };

const SAME: Outcome = { kind: 'same' };
const UNREAD: Outcome = { kind: 'same', isUnread: true };

const UNTRAINABLE: ReadonlySet<string> = new Set(repairOf('remove-untrainable').mends);
/** What `TargetFit` finds of these. */
const JUDGED = ['dataset.row.bad-messages', 'dataset.row.no-answer', 'dataset.row.empty-answer', 'dataset.row.empty-prompt', 'dataset.row.same-answers'] as const;
/** Beyond this, working on a value might overflow the stack; no example is nested so deep. */
const DEEPEST = 500;

const DUPLICATES = 'dataset.duplicates';

/** Belongs to one file; it remembers a few bytes a row where repeated rows are removed. */
export class RowRepairer {
  readonly #ids: ReadonlySet<RepairId>;
  readonly #inOrder: readonly RepairId[];
  readonly #nearDuplicates: ReadonlySet<number>;
  readonly #context: RepairContext = { redactor: new Redactor() };
  readonly #detector = new FormatDetector();
  readonly #repetition = new Repetition();
  readonly #findings: RowFindings;
  /** undefined for this machine */
  readonly #fit: TargetFit | undefined;
  readonly #readsRows: boolean;

  /**
   * @param nearDuplicates numbers of the rows that resemble an earlier one
   * @param target where the rows are to be trained on, which decides what cannot be; if absent this machine
   */
  constructor(ids: Iterable<RepairId>, nearDuplicates: ReadonlySet<number> = new Set(), target: TargetId = 'local-sft') {
    this.#findings = new RowFindings(targetOf(target));
    this.#fit = isLocal(this.#findings.target) ? undefined : new TargetFit(this.#findings.target);
    this.#ids = new Set(ids);
    this.#inOrder = REPAIRS.map(({ id }) => id).filter((id) => this.#ids.has(id));
    this.#nearDuplicates = nearDuplicates;
    this.#readsRows = (['remove-unreadable', 'remove-untrainable', 'remove-identical-pairs', 'remove-duplicates'] as const).some((id) => this.#ids.has(id));
  }

  repair(raw: RawRow): Outcome {
    if (raw.fault || !isFields(raw.value)) return this.#ids.has('remove-unreadable') ? { kind: 'dropped', by: 'remove-unreadable' } : UNREAD;
    return this.#repairValue(raw, raw.value);
  }

  #repairValue({ row, repeatedKey }: RawRow, value: Fields): Outcome {
    const by: RepairId[] = [];
    let repaired = value;
    const isTooDeep = isDeeperThan(value, DEEPEST);
    const inOrder = isTooDeep ? [] : this.#inOrder;
    for (const id of inOrder) {
      const before = repaired;
      repaired = VALUE_REPAIRS[id]?.(before, this.#context) ?? before;
      if (repaired !== before || (id === 'keep-last-key' && repeatedKey !== undefined)) by.push(id);
    }
    const dropped = this.#readsRows ? this.#whyDropped(repaired, row) : undefined;
    if (dropped && this.#ids.has(dropped)) return { kind: 'dropped', by: dropped };
    // Last, so that what repeats this row exactly is known to repeat it.
    if (this.#ids.has('remove-near-duplicates') && this.#nearDuplicates.has(row)) return { kind: 'dropped', by: 'remove-near-duplicates' };
    if (by.length === 0) return isTooDeep ? UNREAD : SAME;
    return { kind: 'changed', value: repaired, by, apply: (again) => by.reduce((held, id) => VALUE_REPAIRS[id]?.(held, this.#context) ?? held, again) };
  }

  #whyDropped(value: Fields, row: number): RepairId | undefined {
    const detected = this.#detector.detect(value);
    if (!detected) return 'remove-unreadable';
    const { format } = detected;
    try {
      const example = format.read(detected.row);
      const trainable = asTrainable(format, example, row);
      const why = this.#fit ? this.#whyUnfit(this.#fit, { format: format.id, example, place: { row, line: row } })
        : trainable instanceof RowFault ? whyOf(trainable.code) : undefined;
      if (why && this.#ids.has(why)) return why;
      return this.#ids.has('remove-duplicates') && this.#isRepeated({ example, trainable, place: { row, line: row } }) ? 'remove-duplicates' : undefined;
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
      return whyOf(fault.code);
    }
  }

  /** What a service refuses need not be what this machine refuses: a teacher writes the answers that are missing. */
  #whyUnfit(fit: TargetFit, read: Parameters<TargetFit['row']>[0]): RepairId | undefined {
    fit.row(read, this.#findings);
    const code = JUDGED.find((one) => this.#findings.foundLast(one, read.place.row));
    return code && whyOf(code);
  }

  #isRepeated(read: Parameters<Repetition['row']>[0]): boolean {
    const before = this.#findings.rowsOf(DUPLICATES).length;
    this.#repetition.row(read, this.#findings);
    return this.#findings.rowsOf(DUPLICATES).length > before;
  }
}

function whyOf(code: RowFaultCode): RepairId | undefined {
  if (code === 'dataset.row.same-answers') return 'remove-identical-pairs';
  // Not for what only this machine cannot train on yet, such as tool calls and images: that is no fault of the row.
  return UNTRAINABLE.has(code) ? 'remove-untrainable' : undefined;
}
