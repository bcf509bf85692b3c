/** A stand-in hub with a tiny model, an empty cache, and time that does not have to be waited for. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DownloadProgress } from '../../../src/core/backends/local/hub/downloadProgress.ts';
import type { CachedModel } from '../../../src/core/backends/local/hub/hubCache.ts';
import { downloadModel, type HubDownloadOptions } from '../../../src/core/backends/local/hub/hubDownload.ts';
import type { Clock } from '../../../src/core/jobs/clock.ts';
import { StandInHub, type StoredModel } from '../../stand-ins/hub.ts';

export const MODEL = 'Acme/Tiny-Llama';
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** Pauses end at once and are noted; what waits for silence waits for ever. */
export class HastyClock implements Clock {
  readonly pauses: number[] = [];

  now(): number {
    return Date.UTC(2026, 10, 22, 12);
  }

  after(milliseconds: number, run: () => void): { dispose(): void } {
    if (milliseconds === 60_000) return { dispose: () => undefined };
    this.pauses.push(milliseconds);
    const timer = setImmediate(run);
    return { dispose: () => clearImmediate(timer) };
  }
}

export interface HubBench extends AsyncDisposable {
  readonly hub: StandInHub;
  readonly folder: string;
  readonly cache: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: HastyClock;
  readonly progress: DownloadProgress[];
  download(id?: string, options?: HubDownloadOptions): Promise<CachedModel>;
  /** names of the blobs, complete and not */
  blobs(): Promise<readonly string[]>;
}

export async function openHubBench(): Promise<HubBench> {
  const hub = await StandInHub.open();
  const folder = await mkdtemp(join(tmpdir(), 'tunesmith-hub-'));
  const cache = join(folder, 'hub');
  const environment = { HF_HOME: folder, HF_ENDPOINT: `${hub.endpoint}/`, HF_TOKEN_PATH: join(folder, 'token') };
  const clock = new HastyClock();
  const progress: DownloadProgress[] = [];
  hub.models.set(MODEL, await tinyModel());
  return {
    hub, folder, cache, environment, clock, progress,
    download: (id = MODEL, options = {}) => downloadModel(id, { environment, clock, onProgress: (one) => progress.push(one), ...options }),
    blobs: () => readdir(join(cache, `models--${MODEL.replace('/', '--')}`, 'blobs')),
    [Symbol.asyncDispose]: async () => {
      await hub[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The golden Llama with a tokenizer, and beside them what must never be downloaded. */
export async function tinyModel(over: Readonly<Record<string, Buffer>> = {}): Promise<StoredModel> {
  const from = (path: string): Promise<Buffer> => readFile(new URL(`../../${path}`, import.meta.url));
  const golden = 'fixtures/golden/llama';
  return {
    commit: COMMIT,
    files: new Map(Object.entries({
      '.gitattributes': Buffer.from('*.bin filter=lfs'),
      'README.md': Buffer.from('# Tiny'),
      'config.json': await from(`${golden}/config.json`),
      'generation_config.json': await from(`${golden}/generation_config.json`),
      'model.safetensors': await from(`${golden}/model.safetensors`),
      'onnx/model.onnx': Buffer.from('not needed'),
      'pytorch_model.bin': Buffer.from('a pickle'),
      'tokenizer.json': await from('../media/starter/tokenizer.json'),
      'tokenizer_config.json': await from('../media/starter/tokenizer_config.json'),
      ...over,
    })),
  };
}
