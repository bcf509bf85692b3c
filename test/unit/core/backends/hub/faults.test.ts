/** Whatever keeps a model from coming, the user is told what it was and what to do, and nobody is told the token. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { HubConnection, retryAfter } from '../../../../../src/core/backends/local/hub/hubConnection.ts';
import { environmentToken } from '../../../../../src/core/backends/local/hub/hubToken.ts';
import { UserError } from '../../../../../src/core/errors.ts';
import { COMMIT, MODEL, openHubBench, tinyModel, type HubBench } from '../../../support/hubBench.ts';

async function faultOf(work: Promise<unknown>): Promise<UserError> {
  const fault: unknown = await work.then(() => undefined, (thrown: unknown) => thrown);
  if (!(fault instanceof UserError)) throw new Error(`A UserError was expected, not ${inspect(fault)}`);
  return fault;
}

const token = (text: string) => ({ token: () => Promise.resolve(text) });

async function gate(bench: HubBench): Promise<void> {
  bench.hub.models.set(MODEL, { ...(await tinyModel()), gated: true });
}

describe('a gated model', () => {
  it('without a token: accept the terms and sign in', async () => {
    await using bench = await openHubBench();
    await gate(bench);
    const { code, remedy } = await faultOf(bench.download());
    expect(code).toBe('hub.model.gated');
    expect(remedy).toContain(`${bench.hub.endpoint}/${MODEL}`);
    expect(remedy).toContain('Set Hugging Face Token');
  });

  it('with a token that may not: accept the terms', async () => {
    await using bench = await openHubBench();
    await gate(bench);
    const { code, remedy } = await faultOf(bench.download(MODEL, token(bench.hub.visitor)));
    expect(code).toBe('hub.model.gated');
    expect(remedy).not.toContain('Set Hugging Face Token');
  });

  it('comes with a token that may; the token goes to the hub and no further', async () => {
    await using bench = await openHubBench();
    await gate(bench);
    await bench.download(MODEL, token(bench.hub.token));
    const sent = (path: string): unknown => bench.hub.requests.find((one) => one.path.includes(path))?.authorization;
    expect(sent('/tree/')).toBe(`Bearer ${bench.hub.token}`);
    expect(sent('/resolve/')).toBe(`Bearer ${bench.hub.token}`);
    expect(sent('/cdn/')).toBeUndefined();
    expect(bench.hub.violations).toEqual([]);
  });
});

describe('the hub', () => {
  it.each([
    ['a model that does not exist', 'Acme/None', 'hub.model.unknown'],
    ['a revision that does not exist', `${MODEL}@next`, 'hub.revision.unknown'],
    ['what is no name', '../../etc/passwd', 'hub.id.invalid'],
    ['a revision that is a path', `${MODEL}@../../main`, 'hub.id.invalid'],
  ])('knows no %s', async (_, id, code) => {
    await using bench = await openHubBench();
    expect((await faultOf(bench.download(id))).code).toBe(code);
    expect((await faultOf(bench.download(id, token(bench.hub.token)))).code).toBe(code);
  });

  it('refuses a token', async () => {
    await using bench = await openHubBench();
    expect((await faultOf(bench.download(MODEL, token('hf_revokedToken')))).code).toBe('hub.token.refused');
  });

  it('asks to wait, and is waited for', async () => {
    await using bench = await openHubBench();
    bench.hub.fail('api', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, { kind: 'status', status: 503 });
    bench.hub.fail('model.safetensors', { kind: 'status', status: 502 });
    await bench.download();
    expect(bench.clock.pauses).toEqual([7000, 2000, 1000]);
  });

  it('is given up after five attempts', async () => {
    await using bench = await openHubBench();
    bench.hub.fail('api', ...Array.from({ length: 5 }, () => ({ kind: 'status', status: 503 }) as const));
    expect((await faultOf(bench.download())).code).toBe('hub.down');
    expect(bench.clock.pauses).toEqual([1000, 2000, 4000, 8000]);
  });

  it('is not waited for when it wants an hour', async () => {
    await using bench = await openHubBench();
    bench.hub.fail('api', { kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
    expect((await faultOf(bench.download())).code).toBe('hub.busy');
    expect(bench.clock.pauses).toEqual([]);
  });

  it('is a page that wants a password for the network', async () => {
    await using bench = await openHubBench();
    bench.hub.fail('api', { kind: 'status', status: 200 });
    expect((await faultOf(bench.download())).code).toBe('hub.answer.invalid');
  });

  it('has only pickles', async () => {
    await using bench = await openHubBench();
    const { commit, files } = await tinyModel();
    bench.hub.models.set(MODEL, { commit, files: new Map([...files].filter(([name]) => name !== 'model.safetensors')) });
    expect(await faultOf(bench.download())).toMatchObject({ code: 'hub.model.incomplete', message: `${MODEL} has no weights in the safetensors format, which Tunesmith needs.` });
  });

  it('has a model that cannot be trained, which is known before its weights are loaded', async () => {
    await using bench = await openHubBench();
    const model = await tinyModel();
    const config = Buffer.from(model.files.get('config.json')!.toString().replace('"llama"', '"mamba"'));
    bench.hub.models.set(MODEL, await tinyModel({ 'config.json': config }));
    expect((await faultOf(bench.download())).code).toBe('model.config.unsupported');
    expect(bench.hub.of('model.safetensors')).toEqual([]);
  });
});

describe('this machine', () => {
  it('is offline', async () => {
    await using bench = await openHubBench();
    await bench.hub[Symbol.asyncDispose]();
    expect(await faultOf(bench.download())).toMatchObject({ code: 'hub.offline', message: `${bench.hub.endpoint} cannot be reached: nothing answers there.` });
  });

  it('is told to stay offline', async () => {
    await using bench = await openHubBench();
    const environment = { ...bench.environment, HF_HUB_OFFLINE: '1' };
    expect((await faultOf(bench.download(MODEL, { environment }))).code).toBe('hub.offline');
    expect(bench.hub.requests).toEqual([]);
  });

  it('has no room, which is known before anything is loaded', async () => {
    await using bench = await openHubBench();
    const { code, message } = await faultOf(bench.download(MODEL, { freeDisk: () => Promise.resolve(1000) }));
    expect(code).toBe('hub.disk.full');
    expect(message).toContain('1.0 kB are free');
    expect(bench.hub.requests.filter(({ path }) => path.includes('/resolve/'))).toEqual([]);
  });

  it('keeps its cache where nothing can be written', async () => {
    await using bench = await openHubBench();
    await mkdir(join(bench.folder, 'elsewhere'));
    await writeFile(join(bench.folder, 'elsewhere', 'hub'), 'a file');
    const environment = { ...bench.environment, HF_HOME: join(bench.folder, 'elsewhere') };
    expect((await faultOf(bench.download(MODEL, { environment }))).code).toBe('hub.cache.unwritable');
  });

  it.each(['file:///etc', 'https://user:secret@hub.example', 'nonsense'])('has %s as HF_ENDPOINT', async (address) => {
    await using bench = await openHubBench();
    const fault = await faultOf(bench.download(MODEL, { environment: { ...bench.environment, HF_ENDPOINT: address } }));
    expect(fault.code).toBe('hub.endpoint.invalid');
    expect(fault.message).not.toContain('secret');
  });
});

describe('the token', () => {
  const environment = (bench: HubBench, over: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ HF_HOME: bench.folder, ...over });

  it("is HF_TOKEN, else what `hf auth login` wrote", async () => {
    await using bench = await openHubBench();
    expect(await environmentToken(environment(bench))()).toBeUndefined();
    await writeFile(join(bench.folder, 'token'), 'hf_fromTheFile\n');
    expect(await environmentToken(environment(bench))()).toBe('hf_fromTheFile');
    expect(await environmentToken(environment(bench, { HF_TOKEN: ' hf_named ' }))()).toBe('hf_named');
  });

  it('is not sent to another origin that an answer of the hub leads to', async () => {
    await using bench = await openHubBench();
    const { endpoint } = bench.hub;
    const secret = bench.hub.token;
    const { headers } = await fetch(`${endpoint}/${MODEL}/resolve/${COMMIT}/model.safetensors`, { redirect: 'manual' });
    const elsewhere = headers.get('location') ?? '';
    expect(new URL(elsewhere).origin).not.toBe(new URL(endpoint).origin);
    const connection = new HubConnection({ endpoint, token: secret, hasToken: true, model: MODEL, clock: bench.clock, signal: new AbortController().signal });
    const init = { headers: { 'accept-encoding': 'identity' } };
    for (const address of [elsewhere, `${endpoint}/api/models/${MODEL}/revision/main`]) await (await connection.fetch(address, init)).body?.cancel();
    expect(bench.hub.requests.slice(-2).map(({ authorization }) => authorization)).toEqual([undefined, `Bearer ${secret}`]);
  });

  it('appears in no fault, whatever goes wrong', async () => {
    await using bench = await openHubBench();
    await gate(bench);
    const secret = 'hf_verySecretIndeed0123456789';
    bench.hub.visitor = secret;
    const elsewhere = { ...bench.environment, HF_ENDPOINT: 'http://127.0.0.1:9' };
    const attempts = [
      bench.download(MODEL, token(secret)),
      bench.download('Acme/None', token(secret)),
      bench.download(MODEL, { ...token(secret), environment: elsewhere }),
      bench.download(MODEL, token(`${secret}\nx-other: header`)),
      bench.download(MODEL, token(`${secret}€`)),
      bench.download(`${secret}/x y`, token(secret)),
    ];
    const faults = await Promise.all(attempts.map(faultOf));
    const shown = faults.slice(0, 5).map((fault) => inspect(fault, { depth: 10 })).join('\n');
    expect(shown).not.toContain(secret);
    expect(faults[3]?.code).toBe('hub.token.invalid');
  });
});

describe('how long to wait', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [{ 'retry-after': '12' }, 12_000],
    [{ 'retry-after': new Date(now + 5000).toUTCString() }, 5000],
    [{ 'retry-after': new Date(now - 5000).toUTCString() }, 0],
    [{ ratelimit: '"api";r=0;t=55' }, 55_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%o', (headers, expected) => {
    expect(retryAfter(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});
