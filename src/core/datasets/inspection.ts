/** What one pass over the rows of a dataset remembers, and the profile that follows from it. */

import { formatList } from '../wording/lists.ts';
import { FormatVote } from './detect.ts';
import type { DatasetProfile, Finding, TrainingExample } from './example.ts';
import type { DatasetFile } from './files.ts';
import { addPrompt, answerOf, Fingerprinter } from './fingerprint.ts';
import { FingerprintSet } from './fingerprintSet.ts';
import type { FormatId } from './formats/format.ts';
import { formatOf } from './formats/table.ts';
import { LabelCounter } from './labels.ts';
import { RowFindings, type RowPlace } from './rowFindings.ts';
import { FILE_RULES, type FileFacts } from './rules/fileRules.ts';
import type { RowVisitor, ScanTotals } from './scan.ts';
import { Spread } from './spread.ts';

/** A number or two a row. */
export class Inspection implements RowVisitor {
  rows = 0;
  /** of the rows that can be used */
  readonly prompts = new FingerprintSet();
  readonly #examples = new FingerprintSet();
  readonly #findings = new RowFindings();
  /** of the rows that can be trained on, with the place of the first row of each format */
  readonly #formats = new FormatVote();
  readonly #firstOf = new Map<FormatId, RowPlace>();
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

  example(example: TrainingExample, format: FormatId, place: RowPlace): void {
    this.rows++;
    this.#usableRows++;
    this.#formats.add(format, place.row);
    if (!this.#firstOf.has(format)) this.#firstOf.set(format, place);
    this.#measure(example);
    this.#compare(example, place);
    const damage = findDamage(example);
    if (damage !== '') this.#findings.add('dataset.row.damaged-text', place, damage);
  }

  /** The rows in another format than most, as one finding. */
  #tellMinority(): void {
    this.#findings.remove('dataset.row.minority-format');
    const [most, ...others] = this.#formats.counts;
    if (!most || others.length === 0) return;
    const rows = others.flatMap((one) => one.rows).sort((a, b) => a - b);
    const first = others.map(({ id }) => this.#firstOf.get(id)).filter((place) => place !== undefined).sort((a, b) => a.row - b.row)[0];
    const words = `${formatList(others.map(({ id }) => formatOf(id).title))} among ${formatOf(most.id).title}`;
    if (first) this.#findings.addMany('dataset.row.minority-format', rows, first, others.reduce((sum, { count }) => sum + count, 0), words);
  }

  #measure({ messages }: TrainingExample): void {
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

  #compare({ messages, rejected }: TrainingExample, place: RowPlace): void {
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
    const format = totals?.formats.trainsAs;
    this.#tellMinority();
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
      formats: totals?.formats.counts.map(({ id, count }) => ({ id, title: formatOf(id).title, count })) ?? [],
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

function findDamage({ messages }: TrainingExample): string {
  for (const { content } of messages) {
    if (content.includes('\0')) return 'a NUL character';
    if (content.includes('\uFFFD')) return 'U+FFFD stands where a byte was not UTF-8';
    if (!content.isWellFormed()) return 'half of a surrogate pair';
  }
  return '';
}
