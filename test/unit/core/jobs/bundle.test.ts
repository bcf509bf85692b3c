/** What the editor loads for jobs: no engine, and no database before the first call. */

import { join } from 'node:path';

import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

import { openJobClient } from '../../../../src/core/jobs/openJobClient.ts';
import { PROGRAMS, REPOSITORY } from '../../support/workshop.ts';

describe('the job client', () => {
  it('brings nothing of the engine that runs models', async () => {
    const { metafile } = await build({
      entryPoints: [join(REPOSITORY, 'src/core/jobs/openJobClient.ts')], bundle: true, splitting: true, format: 'esm', platform: 'node',
      outdir: join(REPOSITORY, 'dist'), write: false, metafile: true, logLevel: 'silent',
    });
    const loaded = Object.keys(metafile.inputs).filter((file) => /onnxruntime|@huggingface|src\/engine\/(graph|train|generate|text)\//.test(file));
    expect(loaded).toEqual([]);
  });

  it('touches no file until it is asked something', () => {
    const client = openJobClient({
      home: '/nowhere/at/all', programs: PROGRAMS, readRecipe: () => Promise.reject(new Error()), inspectDataset: () => Promise.reject(new Error()),
      onFault: () => undefined,
    });
    client.dispose();
    expect(() => client.list()).toThrow('disposed');
  });
});
