/** Numbers in the words a person reads: counts, bytes, durations, shares. English, the same on every machine. */

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 10003 → "10,003" */
export function formatCount(value: number): string {
  return GROUPED.format(value);
}

/** (1, "row") → "1 row"; (10003, "row") → "10,003 rows"; irregular plurals are given. */
export function formatQuantity(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** 62_914_560 → "62.9 MB"; decimal units, as disks and the editor's explorer use them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return formatQuantity(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = '';
  for (const next of units) {
    // 999.95 would be printed as "1000.0".
    if (unit !== '' && value < 999.95) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}

/**
 * 0.042 → "42 ms"; 1.24 → "1.2 s"; 75 → "1 min 15 s"; 7_260 → "2 h 1 min"; 200_000 → "2 d 8 h".
 *
 * @param seconds 0 or more; unknown durations are the caller's to word
 */
export function formatDuration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1).replace('.0', '')} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoUnits(whole, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h');
}

function twoUnits(total: number, base: number, large: string, small: string): string {
  const rest = total % base;
  const head = `${Math.floor(total / base)} ${large}`;
  return rest === 0 ? head : `${head} ${rest} ${small}`;
}

/** A share as a whole percent: 0.614 → "61%". Never "0%" or "100%" unless it is: 0.999 → "99.9%". */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.5) return percent < 0.1 ? '<0.1%' : `${percent.toFixed(1)}%`;
  if (percent < 100 && percent >= 99.5) return percent > 99.9 ? '>99.9%' : `${percent.toFixed(1)}%`;
  return `${Math.round(percent)}%`;
}

/** A difference of shares in points, with its sign: 0.27 → "+27", -0.004 → "−0.4". */
export function formatPoints(difference: number): string {
  const points = difference * 100;
  const size = Math.abs(points);
  const digits = size > 0 && size < 0.95 ? size.toFixed(1) : size.toFixed(0);
  if (Number(digits) === 0) return '0';
  return `${points < 0 ? '−' : '+'}${digits}`;
}

/** Losses, rates and speeds: enough digits to see a change, no more. 5240.2 → "5,240"; 0.5123 → "0.512"; 0.0027 → "0.0027" */
export function formatMeasure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 99.95) return formatCount(value);
  if (size >= 0.01) return value.toFixed(3);
  if (size >= 1e-4) return value.toPrecision(2);
  return value.toExponential(1);
}
