/** The workspace's datasets with their profiles: inspected one at a time outside this process, kept until the file changes. */

import type { Finding } from '../../core/datasets/finding.ts';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import { type Clock, systemClock } from '../../core/jobs/clock.ts';
import { type Disposable, Emitter } from '../../core/lifecycle.ts';

export interface DatasetFileFacts {
  readonly file: string;
  readonly bytes: number;
  readonly modifiedAt: number;
}

export type DatasetEntry = DatasetFileFacts &
  (
    | { readonly state: 'waiting' }
    | {
        readonly state: 'inspecting';
        /** in the rows read so far */
        readonly findings: readonly Finding[];
      }
    | {
        /** the user ended the check */
        readonly state: 'stopped';
        readonly findings: readonly Finding[];
      }
    | { readonly state: 'known'; readonly profile: DatasetProfile }
    | { readonly state: 'failed'; readonly fault: unknown }
  );

/** How far the check of a file is. */
export interface CheckProgress {
  readonly file: string;
  /** 0 to 1 */
  readonly share: number;
  readonly rows: number;
}

export interface FoundFiles {
  readonly files: readonly string[];
  /** there are more */
  readonly isCut: boolean;
}

/** What the model needs from outside, so that a test can be its file system and its worker. */
export interface DatasetSources {
  find(): Promise<FoundFiles>;
  /** undefined when the file is gone */
  stat(file: string): Promise<DatasetFileFacts | undefined>;
  inspect(file: string, signal: AbortSignal, onShare?: (share: number, rows: number) => void, onFindings?: (findings: readonly Finding[]) => void): Promise<DatasetProfile>;
}

/** A file is left alone until nobody has written to it for so long; an editor saves once, an export many times. */
const QUIET_MS = 500;
/** Each inspection that a change cut short doubles the wait, up to this. */
const LONGEST_QUIET_MS = 60_000;

export class DatasetModel {
  readonly #clock: Clock;
  /** files that were written to just now, each with the timer of its rest */
  readonly #restless = new Map<string, Disposable>();
  /** inspections that a change of the file cut short, since the last that was not */
  readonly #cutShort = new Map<string, number>();
  readonly #sources: DatasetSources;
  readonly #entries = new Map<string, DatasetEntry>();
  readonly #changed = new Emitter<string | undefined>();
  readonly #progressed = new Emitter<CheckProgress>();
  /** files that somebody looks at, with how many do */
  readonly #open = new Map<string, number>();
  /** files that a command is checking */
  readonly #held = new Set<string>();
  #running: { readonly file: string; readonly abort: AbortController } | undefined;
  #started: Promise<void> | undefined;
  #isCut = false;
  #isDisposed = false;

  /** The file whose entry changed; undefined when files came or went. */
  readonly onDidChange = this.#changed.event;
  readonly onDidProgress = this.#progressed.event;

  constructor(sources: DatasetSources, clock: Clock = systemClock) {
    this.#sources = sources;
    this.#clock = clock;
  }

  get entries(): readonly DatasetEntry[] {
    return [...this.#entries.values()].sort((a, b) => a.file.localeCompare(b.file));
  }

  /** The workspace has more files than are listed. */
  get isCut(): boolean {
    return this.#isCut;
  }

  get(file: string): DatasetEntry | undefined {
    return this.#entries.get(file);
  }

  /** Looks for files on the first call; nothing is read before somebody wants to see it. */
  start(): Promise<void> {
    this.#started ??= this.#find();
    return this.#started;
  }

  async #find(): Promise<void> {
    for (const fact of await this.#look()) this.#note(fact);
    this.#changed.fire(undefined);
    this.#next();
  }

  async #look(): Promise<readonly DatasetFileFacts[]> {
    const { files, isCut } = await this.#sources.find();
    this.#isCut = isCut;
    return (await Promise.all(files.map((file) => this.#sources.stat(file)))).filter((fact) => fact !== undefined);
  }

  /** Looks again: folders joined or left the workspace, or were moved or deleted with all that is in them. */
  async refresh(): Promise<void> {
    await this.#started;
    const found = this.#started ? await this.#look() : [];
    const there = new Set(found.map(({ file }) => file));
    const others = [...this.#entries.keys()].filter((file) => !there.has(file));
    const looked = await Promise.all(others.map(async (file) => ({ file, facts: await this.#sources.stat(file) })));
    for (const { file, facts } of looked) {
      if (facts && (this.#open.has(file) || !this.#started)) this.#note(facts);
      else this.#drop(file);
    }
    for (const facts of found) this.#note(facts);
    this.#changed.fire(undefined);
    this.#next();
  }

  /** Somebody looks at a file, of the workspace or not: it is checked before all others, until the handle is disposed of. */
  async open(file: string): Promise<Disposable> {
    this.#open.set(file, (this.#open.get(file) ?? 0) + 1);
    const facts = await this.#sources.stat(file);
    if (facts && this.#note(facts)) this.#changed.fire(undefined);
    if (this.#entries.get(file)?.state === 'waiting') this.#makeWay();
    this.#next();
    return {
      dispose: () => {
        const others = (this.#open.get(file) ?? 1) - 1;
        if (others > 0) this.#open.set(file, others);
        else this.#open.delete(file);
      },
    };
  }

  /** The inspection that runs for nobody goes on later, where it was. */
  #makeWay(): void {
    const entry = this.#running && this.#entries.get(this.#running.file);
    if (!entry || this.#open.has(entry.file)) return;
    const { file, bytes, modifiedAt } = entry;
    this.#running?.abort.abort();
    this.#set({ file, bytes, modifiedAt, state: 'waiting' });
  }

  /** Ends the check of a file; what was found so far stays. */
  stop(file: string): void {
    const entry = this.#entries.get(file);
    if (entry?.state !== 'inspecting' && entry?.state !== 'waiting') return;
    if (this.#running?.file === file) this.#running.abort.abort();
    const { bytes, modifiedAt } = entry;
    this.#set({ file, bytes, modifiedAt, state: 'stopped', findings: entry.state === 'inspecting' ? entry.findings : [] });
  }

  /** Checks a file again, or goes on with a check that was stopped. */
  check(file: string): void {
    const entry = this.#entries.get(file);
    if (!entry || entry.state === 'inspecting' || entry.state === 'waiting') return;
    const { bytes, modifiedAt } = entry;
    this.#set({ file, bytes, modifiedAt, state: 'waiting' });
    this.#makeWay();
    this.#next();
  }

  /** Says that a file was made, changed or deleted. Before `start` it does not matter, unless somebody looks at it or has checked it. */
  async touch(file: string): Promise<void> {
    if (!this.#started && !this.#open.has(file) && !this.#entries.has(file)) return;
    const facts = await this.#sources.stat(file);
    const isNew = !this.#entries.has(file);
    if (facts) {
      if (!this.#note(facts)) return;
      this.#letRest(file);
      this.#changed.fire(isNew ? undefined : file);
    } else if (this.#drop(file)) this.#changed.fire(undefined);
    this.#next();
  }

  #letRest(file: string): void {
    if (this.#isDisposed) return;
    this.#restless.get(file)?.dispose();
    const wait = Math.min(LONGEST_QUIET_MS, QUIET_MS * 2 ** (this.#cutShort.get(file) ?? 0));
    this.#restless.set(file, this.#clock.after(wait, () => {
      this.#restless.delete(file);
      this.#next();
    }));
  }

  #drop(file: string): boolean {
    if (this.#running?.file === file) this.#running.abort.abort();
    this.#cutShort.delete(file);
    this.#restless.get(file)?.dispose();
    this.#restless.delete(file);
    return this.#entries.delete(file);
  }

  /** @returns whether the file is another than the one known */
  #note(facts: DatasetFileFacts): boolean {
    if (this.#isAsKnown(facts)) return false;
    this.#entries.set(facts.file, { ...facts, state: 'waiting' });
    if (this.#running?.file === facts.file && !this.#running.abort.signal.aborted) {
      this.#running.abort.abort();
      this.#cutShort.set(facts.file, (this.#cutShort.get(facts.file) ?? 0) + 1);
    }
    return true;
  }

  #isAsKnown({ file, bytes, modifiedAt }: DatasetFileFacts): boolean {
    const known = this.#entries.get(file);
    return known !== undefined && known.bytes === bytes && known.modifiedAt === modifiedAt;
  }

  #next(): void {
    if (this.#running || this.#isDisposed) return;
    const all = this.entries.filter(({ file, state }) => state === 'waiting' && !this.#restless.has(file) && !this.#held.has(file));
    const waiting = all.find(({ file }) => this.#open.has(file)) ?? all[0];
    if (!waiting) return;
    const abort = new AbortController();
    this.#running = { file: waiting.file, abort };
    const { file, bytes, modifiedAt } = waiting;
    const say = (findings: readonly Finding[]): void => {
      if (!abort.signal.aborted) this.#set({ file, bytes, modifiedAt, state: 'inspecting', findings });
    };
    say([]);
    void this.#sources
      .inspect(file, abort.signal, (share, rows) => {
        if (!abort.signal.aborted) this.#progressed.fire({ file, share, rows });
      }, say)
      .then(
        (profile) => this.#settle({ file, bytes, modifiedAt, state: 'known', profile }, abort.signal),
        (fault: unknown) => this.#settle({ file, bytes, modifiedAt, state: 'failed', fault }, abort.signal),
      )
      .finally(() => {
        this.#running = undefined;
        this.#next();
      });
  }

  #settle(entry: DatasetEntry, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#cutShort.delete(entry.file);
    this.#set(entry);
  }

  #set(entry: DatasetEntry): void {
    this.#entries.set(entry.file, entry);
    this.#changed.fire(entry.file);
  }

  /**
   * The profile of a file as it is now, from memory if the file has not changed.
   *
   * @throws what the inspection throws, such as UserError "dataset.missing-file"
   */
  async profile(file: string, signal: AbortSignal, onShare?: (share: number) => void): Promise<DatasetProfile> {
    const facts = await this.#sources.stat(file);
    const known = this.#entries.get(file);
    if (facts && known?.state === 'known' && this.#isAsKnown(facts)) return known.profile;
    return this.recheck(file, signal, onShare);
  }

  /**
   * Checks a file whatever is known of it, as when the place to train is another one now, in place of the check that runs.
   *
   * @throws what the inspection throws
   */
  async recheck(file: string, signal: AbortSignal, onShare?: (share: number) => void): Promise<DatasetProfile> {
    const facts = await this.#sources.stat(file);
    const isNew = !this.#entries.has(file);
    this.#held.add(file);
    if (facts) this.#note(facts);
    if (facts && this.#running?.file === file) {
      this.#running.abort.abort();
      this.#set({ ...facts, state: 'waiting' });
    }
    try {
      const profile = await this.#sources.inspect(file, signal, onShare);
      // Of a file that has changed meanwhile it is not true any more.
      if (facts && this.#isAsKnown(facts)) this.#set({ ...facts, state: 'known', profile });
      return profile;
    } catch (fault) {
      if (isNew && !this.#open.has(file) && this.#drop(file)) this.#changed.fire(undefined);
      throw fault;
    } finally {
      this.#held.delete(file);
      this.#next();
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#running?.abort.abort();
    for (const timer of this.#restless.values()) timer.dispose();
    this.#restless.clear();
    this.#changed.dispose();
    this.#progressed.dispose();
  }
}
