/** The command that asks a model one question. */

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { parseHubId } from '../core/backends/local/hub/hubId.ts';
import type { JobClient, ModelEntry } from '../core/jobs/jobClient.ts';
import { STARTER } from '../core/recipes/models.ts';
import { EXIT } from './exitCodes.ts';
import { findJob } from './findJob.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';

export interface GenerateOptions extends JsonOption {
  readonly prompt: string;
  readonly system?: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed?: number;
}

export async function generateText(services: Services, model: string, options: GenerateOptions): Promise<number> {
  const { client, terminal, interrupts } = services;
  const ref = await modelRef(client, model);
  const system = options.system ?? (await entryOf(client, ref))?.systemPrompt;
  const controller = new AbortController();
  const listening = interrupts.on(() => controller.abort());
  try {
    const result = await client.generate({
      model: ref,
      messages: [...(system === undefined || system === '' ? [] : [{ role: 'system', content: system } as const]), { role: 'user', content: options.prompt }],
      maxNewTokens: options.maxTokens,
      temperature: options.temperature,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    }, (piece) => {
      if (!options.json) terminal.stream(piece);
    }, controller.signal);
    if (options.json) terminal.json({ model: ref, ...result });
    else terminal.print('');
    return result.finish === 'aborted' ? EXIT.interrupted : EXIT.ok;
  } finally {
    listening.dispose();
  }
}

/** `starter`, a folder, a model of the hub, or a job by its id or a part of it. */
export async function modelRef(client: JobClient, model: string): Promise<string> {
  if (model === STARTER) return model;
  const folder = resolve(model);
  if (await stat(folder).then((found) => found.isDirectory(), () => false)) return folder;
  // No job's id has a slash.
  if (parseHubId(model)) return model;
  return findJob(client, model).id;
}

async function entryOf(client: JobClient, ref: string): Promise<ModelEntry | undefined> {
  return (await client.models()).find((entry) => entry.ref === ref);
}
