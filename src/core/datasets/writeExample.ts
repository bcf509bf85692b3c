/** Writes examples in one format, and tells what of each was lost. */

import { FormatDetector } from './detect.ts';
import type { Example, Fields } from './example.ts';
import { Refusal, RowFault, type Format } from './formats/format.ts';
import { areSame, findLosses, type LossKind } from './formats/losses.ts';
import { FORMATS } from './formats/table.ts';

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
    const { metadata, ...bare } = example;
    // A column of the source may have a meaning in the new format.
    const written = this.#attempt(example, example) ?? (metadata && this.#attempt(bare, example));
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
