/** What the editor needs of core's hub, so that it is loaded on first use and tests can stand in for it. */

import type { DownloadProgress } from '../../core/backends/local/hub/downloadProgress.ts';
import type { ModelOffer } from '../../core/backends/local/modelOffers.ts';
import type { ModelEntry } from '../../core/jobs/jobClient.ts';

export interface HubPort {
  /** the dated list, with what each model costs on this machine */
  offers(): Promise<{ readonly asOf: string; readonly offers: readonly ModelOffer[] }>;
  /** base models of this machine */
  here(): Promise<readonly ModelEntry[]>;
  /** @throws UserError "hub.*", "model.config.*" */
  download(id: string, signal: AbortSignal, onProgress: (progress: DownloadProgress) => void): Promise<void>;
}
