/** The file beside the parts of a split that says how it came about and which row is where, so that it can be checked and repeated. */

import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod/mini';
import { UserError } from '../../errors.ts';
import { asFileError } from '../fileFaults.ts';
import type { FrozenPart } from './frozenRows.ts';
import { PARTS } from './options.ts';

/** Ends in one. */
export const MANIFEST_ENDING = '.split.json';

const count = z.int().check(z.gte(0));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
/** Paths from a file never lead out of its folder. */
const plainName = z.string().check(z.regex(/^[^/\\\0]+$/), z.refine((name) => name !== '.' && name !== '..'));

const partSchema = z.object({
  name: z.enum(PARTS),
  file: plainName,
  sha256,
  rows: count,
  labels: z.optional(z.record(z.string(), count)),
  /** "1-3 5 8-12": the rows of the source, in the order of the part */
  rowNumbers: z.string(),
  /** of each of them what it says, 48 bits of a hash in 8 letters of base 64 */
  rowFingerprints: z.string(),
});

const schema = z.object({
  tunesmith: z.literal('split'),
  version: z.literal(1),
  source: z.object({ file: z.string(), bytes: count, sha256, rows: count }),
  options: z.object({
    parts: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
    seed: z.int(),
    by: z.enum(['random', 'label', 'time']),
    group: z.union([z.enum(['none', 'prompt', 'near-duplicates']), z.object({ column: z.string() })]),
    timeColumn: z.optional(z.string()),
    labelColumn: z.optional(z.string()),
  }),
  /** how often the source has grown since the first split; the options alone then do not repeat it */
  updates: count,
  groups: z.object({ count, largest: count, together: count }),
  /** rows that cannot be read and are in no part */
  leftOut: count,
  parts: z.array(partSchema),
});

export type SplitManifest = z.infer<typeof schema>;
export type ManifestPart = SplitManifest['parts'][number];

/** @throws UserError "dataset.split.bad-manifest", "dataset.missing-file", "dataset.unreadable" */
export async function readManifest(file: string): Promise<SplitManifest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw asFileError(cause, file);
  }
  const bad = (why: string): UserError =>
    new UserError('dataset.split.bad-manifest', `${basename(file)} is no manifest of a split: ${why}.`, `Name the ${MANIFEST_ENDING} file that was written beside the parts`, { place: { file } });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('it is not valid JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw bad(describeIssue(parsed.error));
  if (parsed.data.parts.some((part) => frozenPart(part).rows.length !== part.rows)) throw bad('its rows do not add up');
  return parsed.data;
}

function describeIssue(error: z.core.$ZodError): string {
  const path = error.issues[0]?.path.join('.') ?? '';
  return path === '' ? 'it holds something else' : `"${path}" is missing or wrong`;
}

/** One part for each of `PARTS`, as it is frozen; empty where it was not asked for. */
export function frozenParts({ parts }: Pick<SplitManifest, 'parts'>): readonly FrozenPart[] {
  return PARTS.map((name) => {
    const part = parts.find((one) => one.name === name);
    return part ? frozenPart(part) : { rows: new Uint32Array(), fingerprints: new Float64Array() };
  });
}

export function frozenPart({ rowNumbers, rowFingerprints }: Pick<ManifestPart, 'rowNumbers' | 'rowFingerprints'>): FrozenPart {
  const fingerprints = decodeFingerprints(rowFingerprints);
  return { rows: decodeRows(rowNumbers, fingerprints.length), fingerprints };
}

/** A list of all runs would take more memory than all else. */
const RUNS_AT_ONCE = 4096;

/** [1, 2, 3, 5] → "1-3 5" */
export function encodeRows(rows: Uint32Array): string {
  const pieces: string[] = [];
  let runs: string[] = [];
  for (let at = 0; at < rows.length; ) {
    const first = rows[at] ?? 0;
    let last = first;
    while (rows[++at] === last + 1) last++;
    runs.push(last === first ? `${first}` : `${first}-${last}`);
    if (runs.length < RUNS_AT_ONCE && at < rows.length) continue;
    pieces.push(runs.join(' '));
    runs = [];
  }
  return pieces.join(' ');
}

/** @param most no more are made: a damaged manifest must not fill the memory */
function decodeRows(text: string, most: number): Uint32Array {
  const rows = new Uint32Array(most);
  let count = 0;
  for (const [run] of text.matchAll(/[^ ]+/g)) {
    const [first = NaN, last = first] = run.split('-').map(Number);
    for (let row = first; row <= last; row++) {
      if (count === most) return new Uint32Array();
      rows[count++] = row;
    }
  }
  return rows.subarray(0, count);
}

const BYTES = 6;

export function encodeFingerprints(fingerprints: Float64Array): string {
  const bytes = Buffer.alloc(fingerprints.length * BYTES);
  fingerprints.forEach((value, at) => bytes.writeUIntBE(value, at * BYTES, BYTES));
  return bytes.toString('base64');
}

function decodeFingerprints(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  return Float64Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, at) => bytes.readUIntBE(at * BYTES, BYTES));
}
