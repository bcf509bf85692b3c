/** Writes examples in one format, and tells what of each was lost. */

import { FormatDetector, SPELLED } from './detect.ts';
import type { Example, Fields } from './example.ts';
import { Refusal, RowFault, type Format } from './formats/format.ts';
import { areSame, findLosses, type LossKind } from './formats/losses.ts';
import { FORMATS } from './formats/table.ts';

/** Columns that mean something to one format or another, beside those that people spell in several ways. */
const MEANINGFUL = new Set([
  'system', 'tools', 'functions', 'parallel_tool_calls', 'history', 'completions', 'reference_answer', 'reward_model', 'data_source', 'ability', 'extra_info',
  'references', 'contents', 'systemInstruction', 'system_instruction', 'schemaVersion', 'toolConfig', 'score_chosen', 'score_rejected', 'id',
]);

export interface Written {
  readonly row: Fields;
  /** nothing exactly when the row reads as the example that was written */
  readonly lost: readonly LossKind[];
}

export class ExampleWriter {
  readonly format: Format;
  readonly #detector = new FormatDetector();
  #hasRoom: boolean | undefined;

  constructor(format: Format) {
    this.format = format;
  }

  /**
   * What is written is read again: what then is missing was lost, and a row that anybody would take for another format is
   * not written.
   *
   * @throws Refusal when the format cannot hold the example
   */
  write(example: Example): Written {
    const first = this.#attempt(example, example);
    const isWhole = first && !(first.lost.includes('columns') && this.#carries(example));
    const written = isWhole ? first : this.#attempt(this.#withoutMeaning(example), example);
    if (!written) throw new Refusal(`it would not read as ${this.format.title}`);
    return written;
  }

  /** Whether the format has room for columns that it has no word for. */
  #carries(example: Example): boolean {
    this.#hasRoom ??= Object.hasOwn(this.format.write(withColumns(example, { [PROBE]: 1 })), PROBE);
    return this.#hasRoom;
  }

  /** Leaves out the columns of the source that mean something in the new format. */
  #withoutMeaning(example: Example): Example {
    const all = Object.entries(example.metadata ?? {});
    const [kept, doubtful] = [all.filter(([column]) => !mayMean(column)), all.filter(([column]) => mayMean(column))];
    for (const entry of doubtful) {
      const candidate = withColumns(example, Object.fromEntries([...kept, entry]));
      const written = this.#attempt(candidate, candidate);
      if (written && !written.lost.includes('columns')) kept.push(entry);
    }
    return withColumns(example, Object.fromEntries(kept));
  }

  /** @returns undefined when the row does not read as what it is */
  #attempt(example: Example, whole: Example): Written | undefined {
    try {
      const row = this.format.write(example);
      const read = this.#read(row);
      return read && { row, lost: findLosses(whole, read) };
    } catch (fault) {
      if (fault instanceof RangeError) throw new Refusal('it is nested too deep');
      if (fault instanceof RowFault) return undefined;
      throw fault;
    }
  }

  #read(row: Fields): Example | undefined {
    // Columns that somebody chose are recognized by nobody else.
    if (!FORMATS.includes(this.format)) return this.format.read(row);
    const detected = this.#detector.detect(row);
    if (!detected) return undefined;
    const example = detected.format.read(detected.row);
    if (detected.format === this.format) return example;
    return areSame(example, this.format.read(detected.row)) ? example : undefined;
  }
}

const PROBE = 'tunesmith:probe';

function mayMean(column: string): boolean {
  return MEANINGFUL.has(column) || SPELLED.has(column.trim().toLowerCase());
}

function withColumns({ metadata: _metadata, ...example }: Example, metadata: Fields): Example {
  return Object.keys(metadata).length === 0 ? example : { ...example, metadata };
}
