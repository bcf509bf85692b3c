/** Intervals and tests for proportions, so that no result is shown without its uncertainty. */

/** Two-sided 95% of the standard normal. */
const Z95 = 1.959963984540054;

/** @see evaluation.ts; all 0 to 1 */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson score interval of a proportion, 95%, without continuity correction.
 *
 * @param successes 0 to `rows`
 * @param rows at least 1
 * @see Wilson 1927; method 3 of Newcombe 1998, Statistics in Medicine 17:857
 */
export function wilsonInterval(successes: number, rows: number): Interval {
  const z2 = Z95 * Z95;
  const middle = 2 * successes + z2;
  const reach = Z95 * Math.sqrt(z2 + 4 * successes * (1 - successes / rows));
  const scale = 2 * (rows + z2);
  return {
    low: successes === 0 ? 0 : Math.max(0, (middle - reach) / scale),
    high: successes === rows ? 1 : Math.min(1, (middle + reach) / scale),
  };
}

/** How base and tuned agree over the same rows. The four add up to the number of rows. */
export interface PairedCounts {
  readonly bothCorrect: number;
  readonly onlyTuned: number;
  readonly onlyBase: number;
  readonly neither: number;
}

/**
 * Interval of (tuned − base) over paired rows, 95%: Wilson intervals of both, joined with their correlation.
 *
 * @returns bounds within −1 to 1
 * @see method 10 of Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions
 *   based on paired data", Statistics in Medicine 17:2635
 */
export function pairedDifferenceInterval(counts: PairedCounts): Interval {
  const { bothCorrect, onlyTuned, onlyBase, neither } = counts;
  const rows = bothCorrect + onlyTuned + onlyBase + neither;
  const tunedHits = bothCorrect + onlyTuned;
  const baseHits = bothCorrect + onlyBase;
  const tuned = tunedHits / rows;
  const base = baseHits / rows;
  const tunedInterval = wilsonInterval(tunedHits, rows);
  const baseInterval = wilsonInterval(baseHits, rows);
  const phi = correlation(counts, rows);
  const join = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  return {
    low: Math.max(-1, tuned - base - join(tuned - tunedInterval.low, baseInterval.high - base)),
    high: Math.min(1, tuned - base + join(base - baseInterval.low, tunedInterval.high - tuned)),
  };
}

/** Newcombe's phi: the sample correlation, shrunk towards zero when positive. */
function correlation(counts: PairedCounts, rows: number): number {
  const { bothCorrect: a, onlyTuned: b, onlyBase: c, neither: d } = counts;
  const margins = (a + b) * (c + d) * (a + c) * (b + d);
  if (margins === 0) return 0;
  const product = a * d - b * c;
  const corrected = product > 0 ? Math.max(product - rows / 2, 0) : product;
  return corrected / Math.sqrt(margins);
}

/**
 * Exact McNemar test: how probable a split at least this uneven of the rows where only one model is right, if both were equally good.
 *
 * @returns two-sided p, 0 to 1; 1 when the models never differ
 * @see McNemar 1947; the binomial test of the discordant pairs
 */
export function mcnemarExact(onlyTuned: number, onlyBase: number): number {
  const discordant = onlyTuned + onlyBase;
  const fewer = Math.min(onlyTuned, onlyBase);
  // In logarithms: 2^-1100 is zero in a float64.
  let logTerm = -discordant * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((discordant - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
