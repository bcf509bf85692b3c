/** A name on the hub never leads out of the cache or to another address, and the cache lies where other tools look. */

import { homedir } from 'node:os';
import { join, sep } from 'node:path';

import { getHFHubCachePath } from '@huggingface/hub';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { hubCacheFolder, repositoryFolder } from '../../../../../src/core/backends/local/hub/hubCache.ts';
import { formatHubId, looksLikePinnedHubId, parseHubId } from '../../../../../src/core/backends/local/hub/hubId.ts';
import { ProgressMeter, type DownloadProgress } from '../../../../../src/core/backends/local/hub/downloadProgress.ts';

describe('a name', () => {
  it.each([
    ['Qwen/Qwen3-0.6B', { name: 'Qwen/Qwen3-0.6B', revision: 'main' }],
    ['HuggingFaceTB/SmolLM2-135M-Instruct@v1.0', { name: 'HuggingFaceTB/SmolLM2-135M-Instruct', revision: 'v1.0' }],
    ['a/b@refs/pr/1', { name: 'a/b', revision: 'refs/pr/1' }],
  ])('%s is one', (text, expected) => {
    expect(parseHubId(text)).toEqual(expected);
    expect(formatHubId(expected)).toBe(text);
  });

  it.each([
    'starter', 'gpt2', '', '/', 'a/', '/a', 'a/b/c', '../x', 'a/..', './a', 'a/b@', 'a/b@../x', 'a/b@/x', 'a/b@x//y', 'a/b@x/.hidden', 'a--b/c', 'a/b..c',
    'a/-b', 'a/b-', 'C:/models', 'a\\b/c', 'a/b c', 'a/b?x', 'a/b#x', 'https://hub/a', `a/${'b'.repeat(96)}`, 'a/b@x y', 'a/b@x.lock',
  ])('%j is none', (text) => {
    expect(parseHubId(text)).toBeUndefined();
  });

  it('stays in the cache and in one part of an address, whatever it is', () => {
    const alphabet = fc.constantFrom('a', 'B', '7', '-', '_', '.', '..', '/', '\\', '@', ':', '%2e', '~', ' ', '\0', 'main');
    fc.assert(fc.property(fc.array(alphabet, { maxLength: 12 }).map((parts) => parts.join('')), (text) => {
      const id = parseHubId(text);
      if (!id) return;
      expect(repositoryFolder('/cache', id).startsWith(join('/cache', 'models--'))).toBe(true);
      expect(repositoryFolder('/cache', id).split(sep)).toHaveLength(3);
      expect(join('/refs', ...id.revision.split('/')).startsWith('/refs/')).toBe(true);
      expect(new URL(`https://hub/${id.name}/resolve/main`).pathname).toBe(`/${id.name}/resolve/main`);
      expect(parseHubId(formatHubId(id))).toEqual(id);
    }), { numRuns: 3000 });
  });

  it('is told from a path when it has a revision', () => {
    expect(['org/name@main', 'org/name@../x'].filter((text) => !looksLikePinnedHubId(text))).toEqual([]);
    expect(['./org/name@1', '../name@1', '/models/x@1', 'name@1', 'models/tiny', 'a/b/c@1'].filter(looksLikePinnedHubId)).toEqual([]);
  });
});

describe('the cache', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    {}, { HF_HOME: '/hf' }, { XDG_CACHE_HOME: '/xdg' }, { HUGGINGFACE_HUB_CACHE: '/old' }, { HF_HUB_CACHE: '/new', HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/hf' },
  ])("with %o lies where Hugging Face's own library has it", (environment: NodeJS.ProcessEnv) => {
    for (const name of ['HF_HOME', 'XDG_CACHE_HOME', 'HUGGINGFACE_HUB_CACHE', 'HF_HUB_CACHE']) vi.stubEnv(name, environment[name]);
    expect(hubCacheFolder(environment)).toBe(getHFHubCachePath());
  });

  it('may be given from the home folder', () => {
    expect(hubCacheFolder({ HF_HOME: '~/models' })).toBe(join(homedir(), 'models', 'hub'));
  });
});

it('progress knows speed and time left of what was loaded now, not of what was there', () => {
  let now = 0;
  const seen: DownloadProgress[] = [];
  const meter = new ProgressMeter(10_000, () => now, (progress) => seen.push(progress));
  const onBytes = meter.file('model.safetensors');
  onBytes(4000);
  expect(seen.at(-1)).toEqual({ file: 'model.safetensors', bytes: 4000, totalBytes: 10_000, bytesPerSecond: undefined, secondsLeft: undefined });
  now = 2000;
  onBytes(6000);
  expect(seen.at(-1)).toMatchObject({ bytes: 6000, bytesPerSecond: 1000, secondsLeft: 4 });
  now = 2050;
  onBytes(6010);
  expect(seen).toHaveLength(2);
  onBytes(10_000);
  expect(seen.at(-1)).toMatchObject({ bytes: 10_000, secondsLeft: 0 });
});
