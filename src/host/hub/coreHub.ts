/** The hub port over core: the list of models with this machine's estimates, and downloads into the shared cache. */

import type { DownloadProgress } from '../../core/backends/local/hub/downloadProgress.ts';
import { downloadModel } from '../../core/backends/local/hub/hubDownload.ts';
import { environmentToken } from '../../core/backends/local/hub/hubToken.ts';
import { thisMachine } from '../../core/backends/local/machine.ts';
import { modelOffers } from '../../core/backends/local/modelOffers.ts';
import type { JobClient, ModelEntry } from '../../core/jobs/jobClient.ts';
import { CURATED_AS_OF, CURATED_MODELS } from '../../core/recipes/curatedModels.ts';
import type { HubPort } from './hubPort.ts';

export interface CoreHubServices {
  readonly client: () => Promise<Pick<JobClient, 'models' | 'computeRate'>>;
  /** the editor's own token; without one, that of other tools counts */
  readonly token: () => Promise<string | undefined>;
  readonly environment: NodeJS.ProcessEnv;
}

export class CoreHub implements HubPort {
  readonly #services: CoreHubServices;

  constructor(services: CoreHubServices) {
    this.#services = services;
  }

  async offers(): ReturnType<HubPort['offers']> {
    const client = await this.#services.client();
    const [models, rate] = await Promise.all([client.models(), client.computeRate()]);
    return { asOf: CURATED_AS_OF, offers: modelOffers(CURATED_MODELS, models, { ...thisMachine(), rate }) };
  }

  async here(): Promise<readonly ModelEntry[]> {
    return (await (await this.#services.client()).models()).filter(({ kind }) => kind === 'base');
  }

  async download(id: string, signal: AbortSignal, onProgress: (progress: DownloadProgress) => void): Promise<void> {
    const { token, environment } = this.#services;
    const others = environmentToken(environment);
    await downloadModel(id, { environment, signal, onProgress, token: async () => (await token()) ?? others() });
  }
}
