/** What one pass over the rows of a dataset remembers, and the profile that follows from it. */

import { FORMAT_NAME, voteFormat } from './detect.ts';
import { ROWS_NAMED, type DatasetFormat, type DatasetProfile, type Example, type Finding } from './example.ts';
import type { DatasetFile } from './files.ts';
import { addPrompt, answerOf, Fingerprinter } from './fingerprint.ts';
import { FingerprintSet } from './fingerprintSet.ts';
import { LabelCounter } from './labels.ts';
import { RowFindings, type RowPlace } from './rowFindings.ts';
import { FILE_RULES, type FileFacts } from './rules/fileRules.ts';
import type { RowVisitor, ScanTotals } from './scan.ts';
import { Spread } from './spread.ts';

interface FormatTally {
  readonly rows: number[];
  readonly first: RowPlace;
  count: number;
}

/** A number or two a row. */
export class Inspection implements RowVisitor {
  rows = 0;
  /** of the rows that can be used */
  readonly prompts = new FingerprintSet();
  readonly #examples = new FingerprintSet();
  readonly #findings = new RowFindings();
  readonly #formats = new Map<DatasetFormat, FormatTally>();
  readonly #turns = new Spread();
  readonly #promptCharacters = new Spread();
  readonly #answerCharacters = new Spread();
  readonly #labels = new LabelCounter();
  #usableRows = 0;

  fault(...fault: Parameters<RowVisitor['fault']>): void {
    this.rows++;
    this.#findings.add(...fault);
  }

  remark(...remark: Parameters<RowVisitor['fault']>): void {
    this.#findings.add(...remark);
  }

  example(example: Example, format: DatasetFormat, place: RowPlace): void {
    this.rows++;
    this.#usableRows++;
    this.#countFormat(format, place);
    this.#measure(example);
    this.#compare(example, place);
    const damage = findDamage(example);
    if (damage !== '') this.#findings.add('dataset.row.damaged-text', place, damage);
  }

  #countFormat(format: DatasetFormat, place: RowPlace): void {
    const tally = this.#formats.get(format);
    if (!tally) {
      this.#formats.set(format, { rows: [place.row], first: place, count: 1 });
      return;
    }
    tally.count++;
    if (tally.rows.length < ROWS_NAMED) tally.rows.push(place.row);
  }

  #measure({ messages }: Example): void {
    const answer = answerOf(messages);
    let characters = 0;
    let turns = 0;
    for (const turn of messages) {
      characters += turn.content.length;
      if (turn.role !== 'system') turns++;
    }
    this.#turns.add(turns);
    this.#promptCharacters.add(characters - answer.length);
    this.#answerCharacters.add(answer.length);
    this.#labels.add(answer);
  }

  #compare({ messages, rejected }: Example, place: RowPlace): void {
    const row = addPrompt(new Fingerprinter(), messages);
    const isNewPrompt = this.prompts.add(row.value);
    row.add(answerOf(messages).trim());
    if (rejected) row.add('\0').add(answerOf(rejected).trim());
    if (!this.#examples.add(row.value)) this.#findings.add('dataset.duplicates', place);
    // Several pairs for one prompt are usual.
    else if (!isNewPrompt && rejected === undefined) this.#findings.add('dataset.conflicts', place);
  }

  /** How many rules have found a row so far. */
  get rulesBroken(): number {
    return this.#findings.size;
  }

  /** What is known of the rows so far; what is true of the file as a whole only the end tells. */
  findingsSoFar({ name, kind }: DatasetFile): readonly Finding[] {
    return this.#findings.finish(name, kind);
  }

  finish(source: DatasetFile, totals: ScanTotals | undefined): DatasetProfile {
    const format = voteFormat(totals?.formats ?? new Map<DatasetFormat, number>());
    this.#findings.remove('dataset.row.minority-format');
    for (const [name, { rows, first, count }] of this.#formats) {
      if (name !== format && format) {
        this.#findings.addMany('dataset.row.minority-format', rows, first, count, `${FORMAT_NAME[name]} among ${FORMAT_NAME[format]}`);
      }
    }
    const facts: FileFacts = {
      name: source.name,
      kind: source.kind,
      notText: source.notText,
      rows: this.rows,
      usableRows: this.#usableRows,
      keys: totals?.keys ?? [],
      isRecognized: format !== undefined,
      unreadableRows: totals?.unreadableRows ?? 0,
      unsupported: totals?.unsupported,
      spansLines: totals?.spansLines ?? false,
      repeatedColumns: totals?.repeatedColumns ?? { names: [], line: 1 },
      onlyAnswer: this.#labels.onlyAnswer,
    };
    const ofFile = FILE_RULES.map((rule) => rule(facts)).filter((finding) => finding !== undefined);
    // What is true of every row is said once, about the file.
    const said = new Set(ofFile.map(({ code }) => code.replace('dataset.', 'dataset.row.')));
    const ofRows = this.#findings.finish(source.name, source.kind).filter(({ code, count }) => count < this.rows || !said.has(code));
    return {
      file: source.file,
      bytes: source.bytes,
      format,
      rows: this.rows,
      usableRows: this.#usableRows,
      turns: this.#turns.finish(),
      promptCharacters: this.#promptCharacters.finish(),
      answerCharacters: this.#answerCharacters.finish(),
      labels: this.#labels.finish(),
      findings: sortFindings([...ofFile, ...ofRows]),
      seconds: 0,
    };
  }
}

/** Errors first; what is about the whole file before what is about rows, except the sum of it all, which comes after its causes. */
function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const severities = { error: 0, warning: 2, info: 3 };
  const rank = ({ code, severity }: Finding): number => (code === 'dataset.nothing-to-train-on' ? 1 : severities[severity]);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

function findDamage({ messages }: Example): string {
  for (const { content } of messages) {
    if (content.includes('\0')) return 'a NUL character';
    if (content.includes('\uFFFD')) return 'U+FFFD stands where a byte was not UTF-8';
    if (!content.isWellFormed()) return 'half of a surrogate pair';
  }
  return '';
}
