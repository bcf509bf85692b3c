/** Models to choose from in words: their size, what they need and how fast they train. */

import type { ModelOffer } from '../backends/local/modelOffers.ts';
import { formatBytes, formatCount } from './numbers.ts';

/** "about 150 to 250 tokens/s" */
export function speedText({ tokensPerSecond: { low, high } }: ModelOffer): string {
  const [least, most] = [low, high].map((value) => Number(value.toPrecision(value < 10 ? 1 : 2)));
  return least === most ? `about ${formatCount(most ?? 0)} tokens/s` : `about ${formatCount(least ?? 0)} to ${formatCount(most ?? 0)} tokens/s`;
}

/** "takes about 1.2 GB of memory", or that it is too much. */
export function memoryText({ memoryBytes, fits }: ModelOffer): string {
  return fits ? `takes about ${formatBytes(memoryBytes)} of memory` : `needs at least about ${formatBytes(memoryBytes)} of memory, more than a job may take on this machine`;
}

/** 134_515_008 → "135M", 1_711_376_384 → "1.7B", as model names say it. */
export function parametersText(parameters: number): string {
  return parameters < 999.5e6 ? `${Math.round(parameters / 1e6)}M` : `${(parameters / 1e9).toFixed(1)}B`;
}
