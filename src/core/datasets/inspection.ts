/** What one pass over the rows of a dataset remembers, and the profile that follows from it. */

import type { DatasetCheck } from './checks/check.ts';
import { Answers, columnTexts } from './checks/answers.ts';
import { Census } from './checks/census.ts';
import { damagedText } from './checks/damagedText.ts';
import { Languages } from './checks/languages.ts';
import { MinorityFormat } from './checks/minorityFormat.ts';
import { pairsOnly } from './checks/pairsOnly.ts';
import { LengthBias, Verdicts } from './checks/preferences.ts';
import { answersInPrompts, References } from './checks/references.ts';
import { Repetition } from './checks/repetition.ts';
import { ReservedWords } from './checks/reservedWords.ts';
import { specialTokens } from './checks/specialTokens.ts';
import { turnsOf } from './checks/spoken.ts';
import { SystemPrompts } from './checks/systemPrompts.ts';
import { TargetFit } from './checks/targetFit.ts';
import type { TokenCounts } from './checks/tokenCounts.ts';
import { toolCalls } from './checks/toolCalls.ts';
import { turnOrder } from './checks/turnOrder.ts';
import type { ChatMessage } from '../../engine/text/chat.ts';
import type { Example } from './example.ts';
import type { Finding } from './finding.ts';
import type { DatasetProfile } from './profile.ts';
import type { DatasetFile } from './files.ts';
import { answerOf } from './fingerprint.ts';
import type { FingerprintSet } from './fingerprintSet.ts';
import { RowFault } from './formats/format.ts';
import { formatOf } from './formats/table.ts';
import { LabelCounter } from './labels.ts';
import { RowFindings } from './rowFindings.ts';
import { FILE_RULE_LIST } from './rules/catalogue.ts';
import type { FileFacts } from './rules/fileFacts.ts';
import type { ReadRow, RowVisitor, ScanTotals } from './scan.ts';
import { Spread } from './spread.ts';
import { isLocal, localTargetOf, targetOf } from './targets/table.ts';
import type { Target, TargetId } from './targets/target.ts';

export interface InspectionParts {
  /** if absent this machine, with the technique that the rows are made for */
  readonly target?: TargetId | undefined;
  readonly near?: DatasetCheck;
  readonly privacy?: DatasetCheck;
  readonly tokens?: TokenCounts;
}

/** A few numbers a row. */
export class Inspection implements RowVisitor {
  rows = 0;
  /** what was asked for; undefined leaves it to the rows */
  readonly #target: Target | undefined;
  readonly #findings: RowFindings;
  readonly #repetition = new Repetition();
  readonly #systemPrompts = new SystemPrompts();
  readonly #languages = new Languages();
  readonly #census = new Census();
  readonly #checks: readonly DatasetCheck[];
  /** of the checks, those that look at rows of a kind */
  readonly #byKind: Readonly<Record<Example['kind'], readonly ((read: ReadRow, findings: RowFindings) => void)[]>>;
  readonly #turns = new Spread();
  readonly #promptCharacters = new Spread();
  readonly #answerCharacters = new Spread();
  readonly #labels = new LabelCounter();
  #usableRows = 0;

  readonly #tokens: TokenCounts | undefined;

  constructor({ target, near, privacy, tokens }: InspectionParts) {
    this.#target = target && targetOf(target);
    this.#tokens = tokens;
    this.#findings = new RowFindings(this.#target);
    this.#checks = [
      ...checksFor(this.#findings.target), this.#repetition, damagedText, new MinorityFormat(), turnOrder, toolCalls, specialTokens, this.#systemPrompts,
      new Answers(), columnTexts, new LengthBias(), new Verdicts(), new References(), answersInPrompts,
      this.#languages, this.#census, ...(near ? [near] : []), ...(privacy ? [privacy] : []), ...(tokens ? [tokens] : []),
    ];
    const of = (kind: Example['kind']): ((read: ReadRow, findings: RowFindings) => void)[] =>
      this.#checks.flatMap((check) => (check.row && (check.kinds?.includes(kind) ?? true) ? [check.row.bind(check)] : []));
    this.#byKind = { conversation: of('conversation'), preference: of('preference'), ranking: of('ranking'), rating: of('rating'), task: of('task'), text: of('text') };
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
    const { trainable, place, example } = read;
    const { errors } = this.#findings;
    if (trainable instanceof RowFault && isLocal(this.#findings.target)) this.#findings.add(trainable.code, place, trainable.detail);
    for (const check of this.#byKind[example.kind]) check(read, this.#findings);
    if (this.#findings.errors > errors) return;
    this.#usableRows++;
    this.#measure(trainable instanceof RowFault ? turnsOf(example) : trainable.messages, example);
  }

  /** of the rows that can be used */
  get prompts(): FingerprintSet {
    return this.#repetition.prompts;
  }

  #measure(messages: readonly ChatMessage[], example: Example): void {
    const answer = example.kind === 'task' ? '' : example.kind === 'text' ? example.text : answerOf(messages);
    let characters = example.kind === 'text' ? answer.length : 0;
    let turns = 0;
    for (const turn of messages) {
      characters += turn.content.length;
      if (turn.role !== 'system') turns++;
    }
    this.#turns.add(turns);
    this.#promptCharacters.add(characters - answer.length);
    this.#answerCharacters.add(answer.length);
    if (example.kind === 'conversation' || this.#target === undefined) this.#labels.add(answer === '' ? JSON.stringify(turnsOf(example).at(-1)?.toolCalls ?? '') : answer);
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

  #factsOf(source: DatasetFile, totals: ScanTotals | undefined, target: Target): FileFacts {
    return {
      name: source.name,
      kind: source.kind,
      isGzip: source.isGzip,
      bytes: source.bytes,
      target,
      notText: source.notText,
      rows: this.rows,
      usableRows: isLocal(target) ? this.#usableRows : this.rows - this.#findings.countWithErrors(),
      unfitRows: this.#findings.rowsOf('dataset.row.not-for-target').length,
      keys: totals?.keys ?? [],
      isRecognized: totals?.formats.trainsAs !== undefined,
      unreadableRows: totals?.unreadableRows ?? 0,
      unsupported: totals?.unsupported,
      formats: totals?.formats.counts ?? [],
      spansLines: totals?.spansLines ?? false,
      repeatedColumns: totals?.repeatedColumns ?? { names: [], line: 1 },
      onlyAnswer: this.#labels.onlyAnswer,
      labels: this.#labels.finish(),
    };
  }

  async finish(source: DatasetFile, totals: ScanTotals | undefined, signal?: AbortSignal): Promise<DatasetProfile> {
    const format = totals?.formats.trainsAs;
    this.#findings.forgetFile();
    for (const check of this.#checks) await check.finish?.(this.#findings, signal);
    const target = this.#target ?? localTargetOf(format);
    const facts = this.#factsOf(source, totals, target);
    for (const [code, rule] of FILE_RULE_LIST) {
      const verdict = rule.find?.(facts);
      if (verdict) this.#findings.say(code, verdict);
    }
    const ofFile = this.#findings.finishFile();
    // What is true of every row is said once, about the file.
    const said = new Set(ofFile.map(({ code }) => code.replace('dataset.', 'dataset.row.')));
    const ofRows = this.#findings.finish(source.name, source.kind).filter(({ code, count }) => count < this.rows || !said.has(code));
    const systemPrompts = this.#systemPrompts.profile;
    const languages = this.#languages.profile;
    return {
      file: source.file,
      bytes: source.bytes,
      target: target.id,
      format,
      formats: totals?.formats.counts.map(({ id, count }) => ({ id, title: formatOf(id).title, count })) ?? [],
      rows: this.rows,
      usableRows: facts.usableRows,
      turns: this.#turns.finish(),
      promptCharacters: this.#promptCharacters.finish(),
      answerCharacters: this.#answerCharacters.finish(),
      ...(this.#usableRows > 0 && {
        lengths: { prompt: this.#promptCharacters.distribution(), answer: this.#answerCharacters.distribution(), turns: this.#turns.distribution() },
      }),
      labels: facts.labels,
      ...(this.#tokens && this.#usableRows > 0 && { tokens: this.#tokens.profile() }),
      ...this.#census.profile,
      ...(systemPrompts && { systemPrompts }),
      ...(languages && { languages }),
      duplicates: this.#findings.rowsOf('dataset.duplicates').length,
      findings: sortFindings([...ofFile, ...ofRows]),
      seconds: 0,
    };
  }
}

/** What only one kind of target asks for. */
function checksFor(target: Target): readonly DatasetCheck[] {
  const { reservedWords } = target;
  return [
    ...(isLocal(target) ? [] : [new TargetFit(target)]),
    ...(target.id === 'local-dpo' ? [pairsOnly] : []),
    ...(reservedWords ? [new ReservedWords(reservedWords.words)] : []),
  ];
}

/** Errors first; what is about the whole file before what is about rows, except the sum of it all, which comes after its causes. */
function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const severities = { error: 0, warning: 2, info: 3 };
  const rank = ({ code, severity }: Finding): number => (code === 'dataset.nothing-to-train-on' ? 1 : severities[severity]);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}
