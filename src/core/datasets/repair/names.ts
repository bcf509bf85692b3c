/** How the files of a repair are called. */

import { datasetStem, parseDatasetName } from '../extensions.ts';

/** "tickets.csv" → "tickets.repaired.csv" in the same folder; what cannot be written as it was becomes JSON Lines. */
export function repairedName(file: string): string {
  const name = parseDatasetName(file);
  return `${datasetStem(file)}.repaired${name === undefined || name.kind === 'parquet' ? '.jsonl' : name.extension}`;
}

/** "tickets.repaired.jsonl" → "tickets.repaired.jsonl.manifest.json" */
export function manifestName(out: string): string {
  return `${out}.manifest.json`;
}
