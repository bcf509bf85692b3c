/** One connection to the job store's SQLite file: opened, migrated, and with transactions that many processes can share. */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

import { UserError } from '../errors.ts';
import { MIGRATIONS } from './jobSchema.ts';

type SqliteModule = ReturnType<typeof process.getBuiltinModule<'node:sqlite'>>;

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** How long a writer waits for another process's transaction, which takes milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

export class JobDatabase {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  /**
   * Opens the file, makes it if need be, and brings its tables up to date.
   *
   * @throws UserError "store.unreadable", "store.damaged", "store.newer" or "node.too-old"
   */
  constructor(file: string, migrations: readonly string[] = MIGRATIONS) {
    this.file = file;
    this.#connection = connect(file);
    try {
      this.#migrate(migrations);
    } catch (fault) {
      this.#connection.close();
      throw explained(fault, file);
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  /** @returns how many rows it changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** All or nothing, and alone: other writers wait. A transaction inside another is part of it. */
  transaction<T>(work: () => T): T {
    return this.#within('BEGIN IMMEDIATE', work);
  }

  /** Several reads of one moment; keeps nobody from writing. */
  reading<T>(work: () => T): T {
    return this.#within('BEGIN', work);
  }

  /** The next number of the sequence that events, metrics and changes of jobs share. Only inside a transaction. */
  nextSeq(): number {
    return number(this.get('UPDATE sequence SET value = value + 1 RETURNING value')?.['value']);
  }

  lastSeq(): number {
    return number(this.get('SELECT value FROM sequence')?.['value']);
  }

  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  #within<T>(begin: string, work: () => T): T {
    if (this.#depth > 0) return work();
    this.#connection.exec(begin);
    this.#depth++;
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (fault) {
      // A full disk may already have rolled it back.
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw fault;
    } finally {
      this.#depth--;
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #migrate(migrations: readonly string[]): void {
    const version = (): number => number(this.#connection.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version() === migrations.length) return;
    this.transaction(() => {
      // Read again: another process may have migrated while this one waited.
      const found = version();
      if (found > migrations.length) {
        throw new UserError('store.newer',
          `${this.file} was written by a newer version of Tunesmith (schema ${found}, this one knows ${migrations.length}).`,
          'Update Tunesmith, or choose another folder in the setting tunesmith.home.', { place: { file: this.file } });
      }
      for (const step of migrations.slice(found)) this.#connection.exec(step);
      this.#connection.exec(`PRAGMA user_version = ${migrations.length}`);
    });
  }
}

function connect(file: string): DatabaseSync {
  // Loaded here and not at the top: the editor's start-up must not pay for it.
  const sqlite = process.getBuiltinModule('node:sqlite') as SqliteModule | undefined;
  if (!sqlite) {
    throw new UserError('node.too-old', `Jobs need Node 22.13 or newer; this is ${process.versions.node}.`,
      'Update VS Code, or run Tunesmith with a newer Node.');
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    const connection = new sqlite.DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    // NORMAL: a crash of the process loses nothing; a power cut may lose the last seconds, which a checkpoint brings back.
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    return connection;
  } catch (fault) {
    throw explained(fault, file);
  }
}

function explained(fault: unknown, file: string): unknown {
  if (fault instanceof UserError) return fault;
  const { message, errcode } = fault as Error & { errcode?: number };
  // https://www.sqlite.org/rescode.html: 11 CORRUPT, 26 NOTADB
  if (errcode === 11 || errcode === 26) {
    return new UserError('store.damaged', `${file} is damaged: ${message}.`,
      'Move the file away; jobs then start from an empty list, and their folders with the trained models stay.',
      { cause: fault, place: { file } });
  }
  return new UserError('store.unreadable', `The job list ${file} could not be opened: ${message}.`,
    'Check that you may write to this folder and that the disk has room, or choose another one in the setting tunesmith.home.',
    { cause: fault, place: { file } });
}

export function number(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw new Error(`A number was expected in the job store, not ${String(value)}.`);
  return value;
}
