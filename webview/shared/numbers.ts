/** Numbers of pages: as everywhere, and short enough for an axis. Pure. */

import { formatCount, formatMeasure } from '../../src/core/wording/numbers.ts';

export { formatCount, formatMeasure };

export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 10_000) return `${Math.round(value / 100) / 10}k`;
  if (size >= 100) return formatCount(value);
  if (size >= 1) return value.toFixed(2);
  if (size >= 0.01) return value.toFixed(3);
  if (size >= 1e-4) return value.toPrecision(2);
  return value.toExponential(1);
}
