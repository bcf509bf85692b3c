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
    const harmless = first && !first.lost.includes('columns') ? undefined : withoutMeaning(example);
    const written = (harmless && this.#attempt(harmless, example)) ?? first;
    if (!written) throw new Refusal(`it would not read as ${this.format.title}`);
    return written;
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

/** The example without the columns of its source that may mean something in the new format; undefined when it has none. */
function withoutMeaning(example: Example): Example | undefined {
  const { metadata, ...rest } = example;
  const all = Object.entries(metadata ?? {});
  const kept = all.filter(([column]) => !MEANINGFUL.has(column) && !SPELLED.has(column.trim().toLowerCase()));
  if (kept.length === all.length) return undefined;
  return kept.length === 0 ? rest : { ...rest, metadata: Object.fromEntries(kept) };
}
