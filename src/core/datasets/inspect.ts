/** Reads every row of a dataset once and says what it is, what is wrong with it, and what to do. */

import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { FormatVote } from './detect.ts';
import type { DatasetProfile, Finding, TrainingExample } from './example.ts';
import { openDataset, type DatasetFile } from './files.ts';
import { answerOf, fingerprint, promptKey } from './fingerprint.ts';
import type { FormatId } from './formats/format.ts';
import { formatOf } from './formats/table.ts';
import { LabelCounter } from './labels.ts';
import { formatList } from '../wording/lists.ts';
import { RowFindings, type RowPlace } from './rowFindings.ts';
import { FILE_RULES, type FileFacts } from './rules/fileRules.ts';
import { scanRows, type RowVisitor, type ScanTotals } from './scan.ts';
import { Spread } from './spread.ts';

export interface InspectProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
}

export interface InspectOptions {
  readonly signal?: AbortSignal;
  /** called a few times a megabyte, and at the end */
  readonly onProgress?: (progress: InspectProgress) => void;
  /** absolute path of a held-out file: its rows that ask a prompt of this file become the finding "dataset.leakage" */
  readonly heldOut?: string;
}

/**
 * Checks all rows of a dataset file: a few times the work of parsing it, a chunk of 256 kB between two turns of the
 * event loop. The extension host calls it through `DatasetInspector`, in a thread.
 *
 * Faults of the data are findings of the profile; an empty or binary file is one too.
 *
 * @throws UserError "dataset.missing-file", "dataset.not-a-file", "dataset.unreadable", "dataset.unsupported-file"
 * @throws the signal's reason when aborted
 */
export async function inspectDataset(file: string, options: InspectOptions = {}): Promise<DatasetProfile> {
  const started = performance.now();
  const source = await openDataset(file);
  const inspection = new Inspection();
  const totals =
    source.notText === undefined
      ? await scanRows(source, inspection, {
          ...(options.signal && { signal: options.signal }),
          onBytes: (bytes) => options.onProgress?.({ bytes, totalBytes: source.bytes, rows: inspection.rows }),
        })
      : undefined;
  const profile = inspection.finish(source, totals);
  const leakage = options.heldOut === undefined ? [] : await findLeakage(options.heldOut, inspection.prompts, options.signal);
  return { ...profile, findings: [...profile.findings, ...leakage], seconds: (performance.now() - started) / 1000 };
}

async function findLeakage(heldOut: string, trained: ReadonlyMap<number, number>, signal: AbortSignal | undefined): Promise<readonly Finding[]> {
  const source = await openDataset(heldOut);
  // What else is wrong with that file is told when it is inspected itself.
  if (source.notText !== undefined) return [];
  const findings = new RowFindings();
  const visitor: RowVisitor = {
    example: ({ messages }, _format, place) => {
      if (trained.has(promptKey(messages))) findings.add('dataset.leakage', place);
    },
    fault: () => undefined,
  };
  await scanRows(source, visitor, signal ? { signal } : {});
  return findings.finish(basename(heldOut), source.kind);
}

/** What one pass over the rows remembers; a number or two a row. */
class Inspection implements RowVisitor {
  rows = 0;
  /** prompt → its first answer, both as fingerprints */
  readonly prompts = new Map<number, number>();
  readonly #examples = new Set<number>();
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
    const prompt = promptKey(messages);
    const answer = fingerprint(`${answerOf(messages).trim()}${rejected ? `\0${answerOf(rejected).trim()}` : ''}`);
    const both = fingerprint(`${prompt} ${answer}`);
    const earlier = this.prompts.get(prompt);
    if (this.#examples.has(both)) this.#findings.add('dataset.duplicates', place);
    // Several pairs for one prompt are usual.
    else if (earlier !== undefined && rejected === undefined) this.#findings.add('dataset.conflicts', place);
    if (earlier === undefined) this.prompts.set(prompt, answer);
    this.#examples.add(both);
  }

  finish(source: DatasetFile, totals: ScanTotals | undefined): DatasetProfile {
    const format = totals?.formats.trainsAs;
    this.#tellMinority();
    const facts: FileFacts = {
      name: source.name,
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
