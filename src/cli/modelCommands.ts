/** The commands about base models: which there are, and bringing one here from the Hugging Face hub. */

import type { DownloadProgress } from '../core/backends/local/hub/downloadProgress.ts';
import { pinnedId } from '../core/backends/local/hub/hubCache.ts';
import { formatHubId } from '../core/backends/local/hub/hubId.ts';
import { thisMachine } from '../core/backends/local/machine.ts';
import type { ModelOffer } from '../core/backends/local/modelOffers.ts';
import { CURATED_AS_OF, CURATED_MODELS } from '../core/recipes/curatedModels.ts';
import { formatBytes } from '../core/wording/numbers.ts';
import { parametersText, speedText } from '../core/wording/offers.ts';
import { EXIT } from './exitCodes.ts';
import type { JsonOption } from './jobCommands.ts';
import { downloadLine } from './progress.ts';
import type { Services } from './services.ts';
import { columns, type Terminal } from './terminal.ts';

/** In a log, one line each so many percent is enough. */
const LOG_PERCENT = 10;

export async function listModels({ client, terminal }: Services, options: JsonOption): Promise<number> {
  const models = await client.models();
  const rate = await client.computeRate();
  // Loaded on first use: no other command needs it.
  const { modelOffers } = await import('../core/backends/local/modelOffers.ts');
  const machine = thisMachine();
  const offers = modelOffers(CURATED_MODELS, models, { ...machine, rate });
  if (options.json) {
    terminal.json({
      asOf: CURATED_AS_OF, machine: { flops: rate?.flops, memoryBytes: machine.totalMemory }, here: models,
      offered: offers.map(({ model: { config: _, ...model }, ...offer }) => ({ ...model, ...offer })),
    });
    return EXIT.ok;
  }
  const here = models.map((model): readonly string[] => [model.ref, model.kind, formatBytes(model.bytes), model.kind === 'tuned' ? model.label : '']);
  terminal.print(columns(['ON THIS MACHINE', 'KIND', 'SIZE', 'NAME'], here, terminal));
  terminal.print('');
  terminal.print(columns(['TO DOWNLOAD', 'SIZE', 'PARAMETERS', 'MEMORY', 'TRAINS AT', 'LICENCE', ''], offers.filter(({ isHere }) => !isHere).map(offerRow), terminal));
  terminal.print('');
  terminal.print(`Any other of a supported kind works too: tunesmith download <owner>/<model>. List of ${CURATED_AS_OF}; memory and speed are estimates for LoRA${
    rate ? ', the speed from a measurement of this machine' : ''}.`);
  return EXIT.ok;
}

export async function downloadBaseModel(services: Services, id: string, options: JsonOption): Promise<number> {
  const { terminal, interrupts, environment } = services;
  const controller = new AbortController();
  const listening = interrupts.on(() => controller.abort());
  // Waiting for a busy hub must not look like having nothing to do.
  const alive = setInterval(() => undefined, 60_000);
  try {
    // Loaded on first use: no other command needs it.
    const { downloadModel } = await import('../core/backends/local/hub/hubDownload.ts');
    const cached = await downloadModel(id, { environment, signal: controller.signal, onProgress: progressTo(terminal, options.json === true) });
    terminal.clearLive();
    if (options.json) terminal.json({ id: formatHubId(cached.id), commit: cached.commit, folder: cached.folder });
    else terminal.print(`${pinnedId(cached)} is on this machine: ${cached.folder}\nUse it in a recipe: baseModel: ${formatHubId(cached.id)}`);
    return EXIT.ok;
  } catch (fault) {
    if (!controller.signal.aborted) throw fault;
    terminal.note('Cancelled. What was downloaded is kept; the same command goes on from there.');
    return EXIT.interrupted;
  } finally {
    clearInterval(alive);
    listening.dispose();
    terminal.clearLive();
  }
}

function progressTo(terminal: Terminal, isQuiet: boolean): (progress: DownloadProgress) => void {
  let logged = -1;
  return (progress) => {
    if (terminal.isLive) return terminal.live(downloadLine(progress, terminal.columns));
    const tenth = Math.floor((100 * progress.bytes) / Math.max(1, progress.totalBytes) / LOG_PERCENT);
    if (!isQuiet && tenth > logged) terminal.note(`${tenth * LOG_PERCENT}% · ${formatBytes(progress.bytes)} of ${formatBytes(progress.totalBytes)}`);
    logged = Math.max(logged, tenth);
  };
}

function offerRow(offer: ModelOffer): readonly string[] {
  const { model, memoryBytes, fits } = offer;
  return [
    model.id, formatBytes(model.downloadBytes), parametersText(model.parameters), `${formatBytes(memoryBytes)}${fits ? '' : ' (too much)'}`,
    speedText(offer), model.licence, model.isGated ? 'gated: needs a token' : '',
  ];
}
