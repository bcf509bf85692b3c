/** Reads fields of a model's `config.json` one by one, with errors that name the field. */

import { basename } from 'node:path';

import { UserError } from '../errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object within `config.json`, or the whole. */
export interface FieldSource {
  readonly fields: Fields;
  readonly file: string;
  /** of the field's full name, for example `rope_parameters.` */
  readonly prefix?: string;
}

/** @throws UserError "model.config.invalid" unless the field is a whole number from 1 to `most` */
export function count(source: FieldSource, field: string, otherwise?: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = source.fields[field] ?? otherwise;
  if (value === undefined) throw invalid(source, field, 'is missing');
  if (!isPositive(value) || !Number.isSafeInteger(value)) throw invalid(source, field, `is ${JSON.stringify(value)}, not a positive whole number`);
  if (value > most) throw invalid(source, field, `is ${value.toLocaleString('en-US')}, more than any model has (at most ${most.toLocaleString('en-US')})`);
  return value;
}

export function positive(source: FieldSource, field: string, otherwise?: number): number {
  const value = source.fields[field] ?? otherwise;
  if (value === undefined) throw invalid(source, field, 'is missing');
  if (!isPositive(value)) throw invalid(source, field, `is ${JSON.stringify(value)}, not a positive number`);
  return value;
}

/** For what stretches or is a base: below 1 it is no sound number, and some would turn angles into infinities. */
export function atLeastOne(source: FieldSource, field: string, otherwise?: number): number {
  const value = positive(source, field, otherwise);
  if (value < 1) throw invalid(source, field, `is ${value}, which is less than 1`);
  return value;
}

export function flag(source: FieldSource, field: string, otherwise: boolean): boolean {
  const value = source.fields[field] ?? otherwise;
  if (typeof value !== 'boolean') throw invalid(source, field, `is ${JSON.stringify(value)}, not true or false`);
  return value;
}

/** @returns undefined when the field is missing or null */
export function object(source: FieldSource, field: string): FieldSource | undefined {
  const value = source.fields[field];
  if (!isSet(value)) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(source, field, 'is not an object');
  return { file: source.file, fields: value as Fields, prefix: `${source.prefix ?? ''}${field}.` };
}

export function isSet(value: unknown): value is NonNullable<unknown> {
  return value !== undefined && value !== null;
}

export function invalid(source: Omit<FieldSource, 'fields'>, field: string, what: string): UserError {
  const name = (source.prefix ?? '') + field;
  return new UserError('model.config.invalid', `${basename(source.file)}: ${name} ${what}.`, 'Download the model again, or repair the field.', {
    place: { file: source.file, field: name },
  });
}

export function unsupported(source: Omit<FieldSource, 'fields'>, field: string, what: string, remedy = 'Choose another base model.'): UserError {
  const name = (source.prefix ?? '') + field;
  return new UserError('model.config.unsupported', `${basename(source.file)}: ${name} ${what}.`, remedy, { place: { file: source.file, field: name } });
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
