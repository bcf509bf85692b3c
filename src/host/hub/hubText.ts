/** What models to download look like in words. Pure. */

import type { DownloadProgress } from '../../core/backends/local/hub/downloadProgress.ts';
import type { ModelOffer } from '../../core/backends/local/modelOffers.ts';
import { formatBytes, formatDuration, formatPercent } from '../../core/wording/numbers.ts';
import { memoryText, parametersText, speedText } from '../../core/wording/offers.ts';
import type { Choice } from '../screen.ts';

export function offerChoice(offer: ModelOffer): Choice<string> {
  const { model, fits, isHere, isMeasured } = offer;
  return {
    label: model.id,
    icon: isHere ? 'check' : fits ? 'cloud-download' : 'warning',
    description: [parametersText(model.parameters), isHere ? 'on this machine' : `${formatBytes(model.downloadBytes)} to download`, model.licence,
      ...(model.isGated ? ['needs accepted terms and a token'] : [])].join(' · '),
    detail: `${capital(model.remark)}; ${memoryText(offer)}, trains at ${speedText(offer)} ${isMeasured ? 'here' : 'on a machine like this (not measured)'}.`,
    value: model.id,
  };
}

/** "42% · 1.4 GB of 3.4 GB · 41.0 MB/s · 50 s left" */
export function progressText({ bytes, totalBytes, bytesPerSecond, secondsLeft }: DownloadProgress): string {
  const parts = [formatPercent(totalBytes === 0 ? 1 : bytes / totalBytes), `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`];
  if (bytesPerSecond !== undefined) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  if (secondsLeft !== undefined) parts.push(`${formatDuration(Math.max(1, Math.round(secondsLeft)))} left`);
  return parts.join(' · ');
}

function capital(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
}
