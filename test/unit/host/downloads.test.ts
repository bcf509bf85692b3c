/** "Download Base Model" shows what each costs, downloads only what the user accepted, and leads a gated model to the token. */

import { describe, expect, it } from 'vitest';
import { modelOffers } from '../../../src/core/backends/local/modelOffers.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { ModelEntry } from '../../../src/core/jobs/jobClient.ts';
import { CURATED_AS_OF, CURATED_MODELS } from '../../../src/core/recipes/curatedModels.ts';
import { DownloadManager } from '../../../src/host/hub/downloads.ts';
import type { HubPort } from '../../../src/host/hub/hubPort.ts';
import { offerChoice, progressText } from '../../../src/host/hub/hubText.ts';
import { HubTokens } from '../../../src/host/hub/hubTokens.ts';
import { TrustGate } from '../../../src/host/trust.ts';
import { Commands, type CommandId } from '../../../src/ids.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

const SMALLEST = 'HuggingFaceTB/SmolLM2-135M-Instruct';
const machine = { cores: 4, totalMemory: 8e9, rate: { flops: 200e9 } };

function entry(ref: string): ModelEntry {
  return { ref, label: ref.split('/').at(-1) ?? ref, kind: 'base', folder: `/cache/${ref}`, bytes: 273e6, jobId: undefined, baseModel: undefined, systemPrompt: undefined };
}

function secretStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    get: (key: string) => Promise.resolve(kept.get(key)),
    store: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
    delete: (key: string) => Promise.resolve(void kept.delete(key)),
  };
}

/** @param faults of the first downloads, in order */
function setUp(screen: ScriptedScreen, options: { isTrusted?: boolean; faults?: UserError[] } = {}) {
  const downloaded: { id: string; token: string | undefined }[] = [];
  const faults = [...(options.faults ?? [])];
  const secrets = secretStorage();
  const tokens = new HubTokens(secrets, screen);
  let refreshed = 0;
  const hub: HubPort = {
    offers: () => Promise.resolve({ asOf: CURATED_AS_OF, offers: modelOffers(CURATED_MODELS, [entry('Qwen/Qwen3-0.6B')], machine) }),
    here: () => Promise.resolve([entry('starter'), entry('Qwen/Qwen3-0.6B')]),
    download: async (id, signal) => {
      signal.throwIfAborted();
      const fault = faults.shift();
      if (fault) throw fault;
      downloaded.push({ id, token: await tokens.get() });
    },
  };
  const trust = new TrustGate(() => options.isTrusted ?? true);
  const manager = new DownloadManager({ screen, hub, tokens, requireTrust: () => trust.require(), onDownloaded: () => refreshed++ });
  const handlers = new Map<CommandId, (...args: unknown[]) => unknown>();
  manager.register({ register: (id: CommandId, handler: (...args: never[]) => unknown) => void handlers.set(id, handler as (...args: unknown[]) => unknown) } as never);
  return { manager, downloaded, secrets, tokens, run: (id: CommandId, ...args: unknown[]) => handlers.get(id)?.(...args), refreshed: () => refreshed };
}

describe('the list', () => {
  it('says licence, size, memory, speed, and what is gated or here already', async () => {
    const screen = new ScriptedScreen('');
    await setUp(screen).run(Commands.downloadModel);
    const [asked] = screen.of('asked');
    expect(asked?.labels).toEqual(['Enter a Name…', ...CURATED_MODELS.map(({ id }) => id)]);
    const choice = (id: string) => offerChoice(modelOffers(CURATED_MODELS, [entry('Qwen/Qwen3-0.6B')], machine).find(({ model }) => model.id === id)!);
    expect(choice(SMALLEST)).toMatchObject({
      description: '135M · 273 MB to download · Apache-2.0', icon: 'cloud-download',
      detail: 'The smallest that follows instructions; takes about 3.0 GB of memory, trains at about 200 to 330 tokens/s here.',
    });
    expect(choice('meta-llama/Llama-3.2-1B-Instruct').description).toContain('needs accepted terms and a token');
    expect(choice('Qwen/Qwen3-0.6B').description).toContain('on this machine');
    expect(choice('HuggingFaceTB/SmolLM2-1.7B-Instruct')).toMatchObject({ icon: 'warning', detail: expect.stringContaining('more than a job may take on this machine') as string });
  });

  it('takes any name of the hub', async () => {
    const { run, downloaded, refreshed } = setUp(new ScriptedScreen('Enter a Name…', ' Acme/Tiny@v2 '));
    await run(Commands.downloadModel);
    expect(downloaded.map(({ id }) => id)).toEqual(['Acme/Tiny@v2']);
    expect(refreshed()).toBe(1);
  });

  it('takes nothing that is no name', async () => {
    await expect(setUp(new ScriptedScreen('Enter a Name…', '../x')).run(Commands.downloadModel)).rejects.toThrow('Write it as owner/model.');
  });
});

describe('a download', () => {
  it('that is cancelled leaves no trace', async () => {
    const screen = new ScriptedScreen();
    screen.cancels = true;
    const { manager, refreshed } = setUp(screen);
    expect(await manager.download(SMALLEST)).toBe(false);
    expect(screen.shown).toEqual([]);
    expect(refreshed()).toBe(0);
  });

  it('of the same model is one', async () => {
    const { manager, downloaded } = setUp(new ScriptedScreen());
    expect(await Promise.all([manager.download(SMALLEST), manager.download(SMALLEST)])).toEqual([true, true]);
    expect(downloaded).toHaveLength(1);
  });

  it('does not begin in Restricted Mode, whoever asks', async () => {
    const { manager, run, downloaded } = setUp(new ScriptedScreen('Download Another…'), { isTrusted: false });
    const restricted = { code: 'trust.restricted' };
    await expect(manager.download(SMALLEST)).rejects.toMatchObject(restricted);
    await expect(run(Commands.downloadModel)).rejects.toMatchObject(restricted);
    await expect(manager.chooseBase('starter')).rejects.toMatchObject(restricted);
    expect(downloaded).toEqual([]);
  });

  it('of a gated model asks for the token and goes on with it', async () => {
    const gated = new UserError('hub.model.gated', 'It is gated.', 'Accept the terms.');
    const screen = new ScriptedScreen('Set Token', 'hf_aTokenThatMay');
    const { manager, downloaded } = setUp(screen, { faults: [gated] });
    expect(await manager.download(SMALLEST)).toBe(true);
    expect(downloaded).toEqual([{ id: SMALLEST, token: 'hf_aTokenThatMay' }]);
    expect(screen.of('queried')).toMatchObject([{ isSecret: true }]);
    expect(JSON.stringify(screen.shown)).not.toContain('hf_aTokenThatMay');
  });

  it('that fails says why', async () => {
    const offline = new UserError('hub.offline', 'It cannot be reached.', 'Check the network.');
    await expect(setUp(new ScriptedScreen(), { faults: [offline] }).manager.download(SMALLEST)).rejects.toBe(offline);
  });
});

describe('the choice of a base model', () => {
  it('is among what is here', async () => {
    const screen = new ScriptedScreen('Qwen3-0.6B');
    const { manager, downloaded } = setUp(screen);
    expect(await manager.chooseBase('starter')).toBe('Qwen/Qwen3-0.6B');
    expect(screen.of('asked')[0]?.labels).toEqual(['starter', 'Qwen3-0.6B', 'Download Another…']);
    expect(downloaded).toEqual([]);
  });

  it('or downloads another one first', async () => {
    const { manager, downloaded } = setUp(new ScriptedScreen('Download Another…', SMALLEST));
    expect(await manager.chooseBase('starter')).toBe(SMALLEST);
    expect(downloaded).toHaveLength(1);
  });

  it('of a recipe whose model is not here is offered to be downloaded', async () => {
    expect(await setUp(new ScriptedScreen('Download')).manager.offer(SMALLEST)).toBe(true);
    const refused = setUp(new ScriptedScreen(''));
    expect(await refused.manager.offer(SMALLEST)).toBe(false);
    expect(refused.downloaded).toEqual([]);
  });
});

describe('the token', () => {
  it('is kept in secret storage alone, and taken out on sign-out', async () => {
    const screen = new ScriptedScreen(' hf_aTokenThatMay ');
    const { run, tokens, secrets } = setUp(screen);
    await run(Commands.setHubToken);
    expect(await tokens.get()).toBe('hf_aTokenThatMay');
    await run(Commands.signOutOfHub);
    expect(await tokens.get()).toBeUndefined();
    expect(secrets.kept.size).toBe(0);
    expect(JSON.stringify(screen.shown)).not.toContain('hf_aTokenThatMay');
  });

  it('has the look of one', async () => {
    await expect(setUp(new ScriptedScreen('password 123')).run(Commands.setHubToken)).rejects.toThrow('starts with hf_');
  });
});

it('progress says share, size, rate and time left', () => {
  expect(progressText({ file: 'model.safetensors', bytes: 1.4e9, totalBytes: 3.4e9, bytesPerSecond: 41e6, secondsLeft: 49 })).toBe('41% · 1.4 GB of 3.4 GB · 41.0 MB/s · 49 s left');
  expect(progressText({ file: 'config.json', bytes: 0, totalBytes: 3.4e9, bytesPerSecond: undefined, secondsLeft: undefined })).toBe('0% · 0 bytes of 3.4 GB');
});
