/** A job's measured points, thinned where there are more than a chart can show and than a window can read without stopping. */

import type { MetricPoint } from './job.ts';
import { number, type JobDatabase, type Row } from './jobDatabase.ts';
import { metricFromRow } from './jobRows.ts';

/** Points of a series. A chart is about a thousand pixels wide; two thousand points cost some 10 ms to read. */
const MOST = 2_000;
/** The newest are read one by one, in the page's table. */
const NEWEST = 200;

/** The index is named because SQLite would rather read the whole job by `seq`. */
interface Series {
  readonly index: string;
  readonly condition: string;
}

const ALL: Series = { index: 'metrics_by_step', condition: '' };
/** The condition is that of the partial index. */
const EVALUATIONS: Series = { index: 'evaluations_by_step', condition: `AND instr("values", '"eval_loss"') > 0` };

/**
 * The points after `afterSeq`, oldest first: all while there are at most `MOST`. Of more, what was measured on the way and
 * what on held-out rows are thinned each by itself, evenly over the steps; the newest points always stay.
 */
export function metricHistory(database: JobDatabase, jobId: string, afterSeq: number): readonly MetricPoint[] {
  const points = number(database.get('SELECT count(*) AS n FROM metrics WHERE job_id = ? AND seq > ?', jobId, afterSeq)?.['n']);
  if (points <= MOST) {
    return database.all('SELECT * FROM metrics WHERE job_id = ? AND seq > ? ORDER BY seq', jobId, afterSeq).map(metricFromRow);
  }
  const rows = new Map<number, Row>();
  for (const row of [
    ...evenly(database, jobId, afterSeq, ALL, MOST - NEWEST),
    ...evaluations(database, jobId, afterSeq),
    ...database.all('SELECT * FROM metrics WHERE job_id = ? AND seq > ? ORDER BY seq DESC LIMIT ?', jobId, afterSeq, NEWEST),
  ]) rows.set(number(row['seq']), row);
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => metricFromRow(row));
}

function evaluations(database: JobDatabase, jobId: string, afterSeq: number): Row[] {
  const { index, condition } = EVALUATIONS;
  const all = database.all(
    `SELECT * FROM metrics INDEXED BY ${index} WHERE job_id = ? AND seq > ? ${condition} ORDER BY step LIMIT ?`, jobId, afterSeq, MOST + 1);
  return all.length > MOST ? evenly(database, jobId, afterSeq, EVALUATIONS, MOST) : all;
}

/** One look into an index a point: the time does not grow with the job's length. */
function evenly(database: JobDatabase, jobId: string, afterSeq: number, { index, condition }: Series, most: number): Row[] {
  return database.all(
    `WITH RECURSIVE
       ends AS (SELECT (SELECT step FROM metrics WHERE job_id = ?1 AND seq > ?2 ORDER BY seq LIMIT 1) AS first,
                       (SELECT max(step) FROM metrics WHERE job_id = ?1) AS last),
       places(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM places WHERE n < ?3 - 1)
     SELECT * FROM metrics WHERE +seq > ?2 AND seq IN (
       SELECT (SELECT seq FROM metrics INDEXED BY ${index}
               WHERE job_id = ?1 AND step >= first + (last - first) * n / (?3 - 1) ${condition} ORDER BY step, seq LIMIT 1)
       FROM places, ends)`, jobId, afterSeq, most);
}
