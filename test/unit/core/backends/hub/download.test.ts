/** A download brings exactly the needed files into the shared cache, whatever happens on the way. */

import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { findCached, listCached, repositoryFolder } from '../../../../../src/core/backends/local/hub/hubCache.ts';
import { openPretrainedConfig } from '../../../../../src/engine/model/pretrained.ts';
import { loadFolderWeights } from '../../../../../src/engine/model/safetensors.ts';
import { sha256 } from '../../../../stand-ins/hub.ts';
import { COMMIT, MODEL, openHubBench, tinyModel, type HubBench } from '../../../support/hubBench.ts';

const WEIGHTS = 'model.safetensors';
const id = { name: MODEL, revision: 'main' };

const weightsOf = (bench: HubBench): Buffer => bench.hub.models.get(MODEL)!.files.get(WEIGHTS)!;

describe('a download', () => {
  it("leaves the layout that Python's tools read, and only what is needed", async () => {
    await using bench = await openHubBench();
    const { folder, commit } = await bench.download();
    const repository = join(bench.cache, 'models--Acme--Tiny-Llama');
    expect(folder).toBe(join(repository, 'snapshots', COMMIT));
    expect(commit).toBe(COMMIT);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'generation_config.json', WEIGHTS, 'tokenizer.json', 'tokenizer_config.json']);
    expect(await readFile(join(repository, 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(await readlink(join(folder, WEIGHTS))).toBe(`../../blobs/${sha256(weightsOf(bench))}`);
    expect((await readdir(join(repository, 'blobs'))).filter((name) => !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name))).toEqual([]);
    expect((await openPretrainedConfig(folder)).family).toBe('llama');
    expect((await loadFolderWeights(folder)).size).toBeGreaterThan(0);
    expect(bench.hub.violations).toEqual([]);
  });

  it('takes all parts of weights that are in parts, and nothing beside them', async () => {
    await using bench = await openHubBench();
    const model = await tinyModel({ 'consolidated.safetensors': Buffer.from('the same again') });
    const files = new Map(model.files);
    files.delete(WEIGHTS);
    files.set('model-00001-of-00002.safetensors', Buffer.from('one'));
    files.set('model-00002-of-00002.safetensors', Buffer.from('two'));
    files.set('model.safetensors.index.json', Buffer.from(JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' } })));
    bench.hub.models.set(MODEL, { ...model, files });
    const { folder } = await bench.download();
    expect((await readdir(folder)).filter((name) => name.includes('safetensors')).sort()).toEqual([
      'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json',
    ]);
    expect(await findCached(bench.cache, id)).toBeDefined();
  });

  it('tells how far it is, to the last byte', async () => {
    await using bench = await openHubBench();
    await bench.download();
    const total = bench.progress.at(-1)?.totalBytes;
    expect(bench.progress.at(-1)).toMatchObject({ bytes: total, file: WEIGHTS });
    expect(bench.progress.every(({ bytes }, index) => bytes >= (bench.progress[index - 1]?.bytes ?? 0))).toBe(true);
  });

  it('loads no byte twice, and a pinned commit without the network', async () => {
    await using bench = await openHubBench();
    await bench.download();
    bench.hub.requests.length = 0;
    await bench.download();
    expect(bench.hub.requests.filter(({ path }) => path.includes('/resolve/') || path.includes('/cdn/'))).toEqual([]);
    bench.hub.requests.length = 0;
    await bench.download(`${MODEL}@${COMMIT}`);
    expect(bench.hub.requests).toEqual([]);
  });

  it("finds what Python's tools downloaded", async () => {
    await using bench = await openHubBench();
    const folder = join(bench.cache, 'models--Acme--Other', 'snapshots', COMMIT);
    await mkdir(folder, { recursive: true });
    await mkdir(join(bench.cache, 'models--Acme--Other', 'refs'));
    await writeFile(join(bench.cache, 'models--Acme--Other', 'refs', 'main'), COMMIT);
    for (const name of ['config.json', 'tokenizer.json']) await writeFile(join(folder, name), '{}');
    expect(await listCached(bench.cache)).toEqual([]);
    await writeFile(join(folder, WEIGHTS), '');
    expect(await listCached(bench.cache)).toEqual([{ id: { name: 'Acme/Other', revision: 'main' }, commit: COMMIT, folder }]);
  });
});

describe('a download that breaks off', () => {
  it('goes on where it was, and what is there in the end is whole', async () => {
    await using bench = await openHubBench();
    bench.hub.fail(WEIGHTS, { kind: 'cut', after: 100_000 }, { kind: 'cut', after: 50_000 });
    await bench.download();
    const ranges = bench.hub.of(WEIGHTS).map(({ range }) => range);
    expect(ranges[0]).toBeUndefined();
    expect(ranges.length).toBe(3);
    expect(ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? ''))).toBe(true);
    expect(bench.hub.violations).toEqual([]);
    expect(sha256(await readFile(join(repositoryFolder(bench.cache, id), 'snapshots', COMMIT, WEIGHTS)))).toBe(sha256(weightsOf(bench)));
  });

  it('keeps what it has for the next one', async () => {
    await using bench = await openHubBench();
    bench.hub.fail(WEIGHTS, { kind: 'cut', after: 100_000 }, ...Array.from({ length: 5 }, () => ({ kind: 'cut', after: 0 }) as const));
    await expect(bench.download()).rejects.toMatchObject({ code: 'hub.offline' });
    expect(await findCached(bench.cache, id)).toBeUndefined();
    expect(existsSync(join(repositoryFolder(bench.cache, id), 'snapshots', COMMIT, 'config.json'))).toBe(false);
    const [partial] = (await bench.blobs()).filter((name) => name.endsWith('.incomplete'));
    expect(partial).toContain(sha256(weightsOf(bench)));
    // What had come but was not read yet when the connection broke is lost with it.
    const { size: kept } = await stat(join(repositoryFolder(bench.cache, id), 'blobs', partial ?? ''));
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(100_000);
    bench.hub.requests.length = 0;
    await bench.download();
    expect(bench.hub.of(WEIGHTS).map(({ range }) => range)).toEqual([`bytes=${kept}-`]);
    expect(bench.hub.violations).toEqual([]);
    expect((await bench.blobs()).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
  });

  it('starts over when the server sends everything instead of the rest', async () => {
    await using bench = await openHubBench();
    bench.hub.fail(WEIGHTS, { kind: 'cut', after: 100_000 }, { kind: 'ignore-range' });
    const { folder } = await bench.download();
    expect(await readFile(join(folder, WEIGHTS))).toEqual(weightsOf(bench));
  });

  it('starts over when the server sends another part than was asked for', async () => {
    await using bench = await openHubBench();
    bench.hub.fail(WEIGHTS, { kind: 'cut', after: 100_000 }, { kind: 'other-range' });
    const { folder } = await bench.download();
    expect(await readFile(join(folder, WEIGHTS))).toEqual(weightsOf(bench));
    expect(bench.hub.of(WEIGHTS).at(-1)?.range).toBeUndefined();
  });

  it('says so when a transfer ends early each time', async () => {
    await using bench = await openHubBench();
    bench.hub.fail(WEIGHTS, { kind: 'truncate', after: 1000 }, ...Array.from({ length: 5 }, () => ({ kind: 'truncate', after: 0 }) as const));
    await expect(bench.download()).rejects.toMatchObject({ code: 'hub.transfer.truncated', message: 'The transfer of model.safetensors ends at 1.0 kB of 263 kB, again and again.' });
  });
});

describe('damage', () => {
  it.each(['model.safetensors', 'tokenizer_config.json'])('of %s never gets into the cache', async (file) => {
    await using bench = await openHubBench();
    bench.hub.fail(file, { kind: 'damage' });
    await expect(bench.download()).rejects.toMatchObject({ code: 'hub.checksum' });
    expect(await findCached(bench.cache, id)).toBeUndefined();
    expect((await bench.blobs()).filter((name) => name.includes('incomplete'))).toEqual([]);
    await bench.download();
    expect(await findCached(bench.cache, id)).toBeDefined();
  });

  it('is noticed in a body that is too long', async () => {
    await using bench = await openHubBench();
    bench.hub.fail(WEIGHTS, { kind: 'excess' });
    await expect(bench.download()).rejects.toMatchObject({ code: 'hub.checksum' });
  });

  it('of what an earlier attempt left costs one more request', async () => {
    await using bench = await openHubBench();
    const blobs = join(repositoryFolder(bench.cache, id), 'blobs');
    await mkdir(blobs, { recursive: true });
    await writeFile(join(blobs, `${sha256(weightsOf(bench))}.tunesmith.incomplete`), Buffer.alloc(1000, 7));
    const { folder } = await bench.download();
    expect(bench.hub.of(WEIGHTS).map(({ range }) => range)).toEqual(['bytes=1000-', undefined]);
    expect(await readFile(join(folder, WEIGHTS))).toEqual(weightsOf(bench));
  });
});

describe('two at once', () => {
  it('end with one whole model', async () => {
    await using bench = await openHubBench();
    bench.hub.fail(WEIGHTS, { kind: 'cut', after: 1000 }, { kind: 'cut', after: 2000 });
    const [one, other] = await Promise.all([bench.download(), bench.download()]);
    expect(one).toEqual(other);
    expect(await readFile(join(one.folder, WEIGHTS))).toEqual(weightsOf(bench));
    expect((await bench.blobs()).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
  });

  it('leave alone what a living process writes, and take what a dead one left', async () => {
    await using bench = await openHubBench();
    const self = { host: 'here', pid: 1, born: '1' };
    const write = (pid: number): HubBench['download'] => (model, options) => bench.download(model, { ...options, processes: { self: { ...self, pid, born: String(pid) }, isAlive: ({ pid: other }) => other !== 2 } });
    const hash = sha256(weightsOf(bench));
    const blobs = join(repositoryFolder(bench.cache, id), 'blobs');
    await mkdir(blobs, { recursive: true });
    const host = sha256(Buffer.from('here')).slice(0, 8);
    await writeFile(join(blobs, `${hash}.${host}-2-2-aaaaaa.tunesmith.incomplete`), weightsOf(bench).subarray(0, 5000));
    await writeFile(join(blobs, `${hash}.${host}-3-3-bbbbbb.tunesmith.incomplete`), weightsOf(bench).subarray(0, 9000));
    await write(1)(MODEL);
    expect(bench.hub.of(WEIGHTS).map(({ range }) => range)).toEqual(['bytes=5000-']);
    expect(await stat(join(blobs, `${hash}.${host}-3-3-bbbbbb.tunesmith.incomplete`))).toMatchObject({ size: 9000 });
  });
});

it('ends at once when cancelled, and keeps what it has', async () => {
  await using bench = await openHubBench();
  const controller = new AbortController();
  bench.hub.onFile = (file) => {
    if (file === WEIGHTS) controller.abort();
  };
  await expect(bench.download(MODEL, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(await findCached(bench.cache, id)).toBeUndefined();
  expect((await bench.blobs()).filter((name) => name.endsWith('.incomplete')).length).toBe(1);
  expect((await lstat(bench.cache)).isDirectory()).toBe(true);
});
