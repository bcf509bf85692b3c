/** The most memory that this process has held so far. */

import { resourceUsage } from 'node:process';

export function peakMemoryMB(): number {
  return (resourceUsage().maxRSS * 1024) / 1e6;
}
