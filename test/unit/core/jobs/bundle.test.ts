/** What the editor loads for jobs: no engine, and no database before the first call. */

import { join } from 'node:path';

import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';

import { openJobClient } from '../../../../src/core/jobs/openJobClient.ts';
import { PROGRAMS, REPOSITORY } from '../../support/workshop.ts';

describe('the job client', () => {
  it('brings nothing of the engine that runs models, and what only plans for it on first use', async () => {
    const { metafile } = await build({
      entryPoints: [join(REPOSITORY, 'src/core/jobs/openJobClient.ts')], bundle: true, splitting: true, format: 'esm', platform: 'node',
      outdir: join(REPOSITORY, 'dist'), write: false, metafile: true, logLevel: 'silent',
    });
    const runs = /onnxruntime|@huggingface|src\/engine\/(generate|text)\/|src\/engine\/graph\/executor|src\/engine\/model\/(runtime|wholeStep|stepGraph)/;
    expect(Object.keys(metafile.inputs).filter((file) => runs.test(file))).toEqual([]);
    const backend = loadedWith(metafile, 'src/core/backends/local/localBackend.ts');
    expect(backend).toContain('src/core/backends/local/baseModels.ts');
    for (const loaded of [loadedWith(metafile, 'src/core/jobs/openJobClient.ts'), backend]) {
      expect(loaded.filter((file) => /src\/engine\/(graph|model\/graphs|train\/(?!machine))/.test(file))).toEqual([]);
    }
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

/** The sources of the chunk that an import of `source` loads, and of all that this chunk loads at once. */
function loadedWith({ outputs }: Metafile, source: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (chunk: string): void => {
    if (seen.has(chunk)) return;
    seen.add(chunk);
    for (const { path, kind } of outputs[chunk]?.imports ?? []) if (kind === 'import-statement' && path in outputs) visit(path);
  };
  const first = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source)?.[0];
  if (first === undefined) throw new Error(`nothing imports ${source} on first use`);
  visit(first);
  return [...seen].flatMap((chunk) => Object.keys(outputs[chunk]?.inputs ?? {}));
}
