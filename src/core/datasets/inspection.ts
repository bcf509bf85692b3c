/** What one pass over the rows of a dataset remembers, and the profile that follows from it. */

import type { DatasetCheck } from './checks/check.ts';
import { damagedText } from './checks/damagedText.ts';
import { MinorityFormat } from './checks/minorityFormat.ts';
import { Repetition } from './checks/repetition.ts';
import type { TokenCounts } from './checks/tokenCounts.ts';
import type { TrainingExample } from './example.ts';
import type { Finding } from './finding.ts';
import type { DatasetProfile } from './profile.ts';
import type { DatasetFile } from './files.ts';
import { answerOf } from './fingerprint.ts';
import type { FingerprintSet } from './fingerprintSet.ts';
import { RowFault } from './formats/format.ts';
import { formatOf } from './formats/table.ts';
import { LabelCounter } from './labels.ts';
import { RowFindings } from './rowFindings.ts';
import { FILE_RULES, type FileFacts } from './rules/fileRules.ts';
import type { ReadRow, RowVisitor, ScanTotals } from './scan.ts';
import { Spread } from './spread.ts';
import { localTargetOf, targetOf } from './targets/table.ts';
import type { TargetId } from './targets/target.ts';

export interface InspectionParts {
  /** if absent this machine, with the technique that the rows are made for */
  readonly target?: TargetId | undefined;
  readonly near?: DatasetCheck;
  readonly tokens?: TokenCounts;
}

/** A few numbers a row. */
export class Inspection implements RowVisitor {
  rows = 0;
  readonly #findings = new RowFindings();
  readonly #repetition = new Repetition();
  readonly #checks: readonly DatasetCheck[];
  readonly #turns = new Spread();
  readonly #promptCharacters = new Spread();
  readonly #answerCharacters = new Spread();
  readonly #labels = new LabelCounter();
  #usableRows = 0;
  readonly #target: TargetId | undefined;

  readonly #tokens: TokenCounts | undefined;

  constructor({ target, near, tokens }: InspectionParts) {
    this.#target = target;
    this.#tokens = tokens;
    this.#checks = [this.#repetition, damagedText, new MinorityFormat(), ...(near ? [near] : []), ...(tokens ? [tokens] : [])];
  }

  fault(...fault: Parameters<RowVisitor['fault']>): void {
    this.rows++;
    this.#findings.add(...fault);
  }

  remark(...remark: Parameters<RowVisitor['fault']>): void {
    this.#findings.add(...remark);
  }

  row(read: ReadRow): void {
    this.rows++;
    const { trainable, place } = read;
    if (trainable instanceof RowFault) this.#findings.add(trainable.code, place, trainable.detail);
    else {
      this.#usableRows++;
      this.#measure(trainable);
    }
    for (const check of this.#checks) check.row?.(read, this.#findings);
  }

  /** of the rows that can be used */
  get prompts(): FingerprintSet {
    return this.#repetition.prompts;
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

  /** All rows that a rule has found. */
  rowsOf(code: string): Uint32Array {
    return this.#findings.rowsOf(code);
  }

  /** How many rules have found a row so far. */
  get rulesBroken(): number {
    return this.#findings.size;
  }

  /** What is known of the rows so far; what is true of the file as a whole only the end tells. */
  findingsSoFar({ name, kind }: DatasetFile): readonly Finding[] {
    return this.#findings.finish(name, kind);
  }

  async finish(source: DatasetFile, totals: ScanTotals | undefined, signal?: AbortSignal): Promise<DatasetProfile> {
    const format = totals?.formats.trainsAs;
    for (const check of this.#checks) await check.finish?.(this.#findings, signal);
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
      target: (this.#target === undefined ? localTargetOf(format) : targetOf(this.#target)).id,
      bytes: source.bytes,
      format,
      formats: totals?.formats.counts.map(({ id, count }) => ({ id, title: formatOf(id).title, count })) ?? [],
      rows: this.rows,
      usableRows: this.#usableRows,
      turns: this.#turns.finish(),
      promptCharacters: this.#promptCharacters.finish(),
      answerCharacters: this.#answerCharacters.finish(),
      labels: this.#labels.finish(),
      ...(this.#tokens && this.#usableRows > 0 && { tokens: this.#tokens.profile() }),
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
